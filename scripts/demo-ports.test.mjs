import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root } from './bootstrap.mjs'
import { findOthers, toCommand } from './demo-ports.mjs'

async function listen() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port
}

/**
 * What `npm run demo` says in a clone where nothing is installed, and nothing could be.
 * @param {readonly string[]} args @param {Record<string, string>} [env]
 */
function runDemo(args, env) {
  const clone = mkdtempSync(join(tmpdir(), 'demo-'))
  onTestFinished(() => rmSync(clone, { recursive: true }))
  for (const name of ['demo', 'demo-ports', 'example-names', 'bootstrap', 'is-main'])
    cpSync(join(root, `scripts/${name}.mjs`), join(clone, `scripts/${name}.mjs`))
  mkdirSync(join(clone, 'examples/hello'), { recursive: true })
  writeFileSync(join(clone, 'examples/hello/index.html'), '')
  const program = join(clone, 'scripts/demo.mjs')
  const { PORT: _, SERVER_PORT: __, SECOND_PORT: ___, MQTT_PORT: ____, ...rest } = process.env
  const options = /** @type {const} */ ({ encoding: 'utf8', env: { ...rest, ...env } })
  return spawnSync(process.execPath, [program, ...args], options)
}

describe('npm run demo', () => {
  it('finds all ports that are busy at once, and keeps what was chosen', async () => {
    const [page, server] = [await listen(), await listen()]
    const { status, stderr } = runDemo(['hello'], {
      PORT: `${page}`,
      SERVER_PORT: `${server}`,
      MQTT_PORT: '1999',
    })
    const [, PORT, SERVER_PORT, rest] = /: PORT=(\d+) SERVER_PORT=(\d+) (.*)\n/.exec(stderr) ?? []
    expect(status).toBe(1)
    expect(stderr).toContain(`Ports ${page} and ${server} are busy`)
    expect(rest).toBe('MQTT_PORT=1999 npm run demo -- hello')
    const chosen = { PORT: Number(PORT), SERVER_PORT: Number(SERVER_PORT) }
    expect(await findOthers(chosen, { isCluster: false })).toEqual({ busy: [], choice: chosen })
  })

  it('gives no port to two, and the second node one that is free', async () => {
    const second = await listen()
    const { choice } = await findOthers({ PORT: second - 1, SERVER_PORT: second - 1 }, { isCluster: true })
    const { PORT, SERVER_PORT, SECOND_PORT = (SERVER_PORT ?? 0) + 1 } = choice
    expect(new Set([PORT, SERVER_PORT, SECOND_PORT, second]).size).toBe(4)
  })

  it('takes for busy what was found so, whatever it sees itself', async () => {
    const port = await listen()
    const { busy, choice } = await findOthers({ PORT: port + 1 }, { isCluster: false, known: port + 1 })
    expect(busy).toContain(port + 1)
    expect(toCommand(choice, [])).toMatch(/^PORT=\d+ .*npm run demo$/)
  })

  it('says what there is before it installs anything', () => {
    const { status, stdout } = runDemo(['--help'])
    expect(status).toBe(0)
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows).toContainEqual(['pages', 'hello'])
    const words = ['--cluster', 'PORT', 'SERVER_PORT', 'SECOND_PORT', 'MQTT_PORT']
    expect(rows.map(([word]) => word)).toEqual(expect.arrayContaining(words))
    expect(runDemo(['helo']).stderr).toBe('There is no example "helo". There are: hello\n')
  })
})
