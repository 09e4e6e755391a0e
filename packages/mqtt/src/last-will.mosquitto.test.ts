import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificateFiles } from './certificate-test-setup.ts'
import { eventually, join as joinChannel, openClient } from './interop-test-setup.ts'
import { type Broker, startMosquitto } from './mosquitto-test-setup.ts'
import { startReference } from './reference-test-setup.ts'

const home = dirname(fileURLToPath(import.meta.url))
// Where the dependencies of the package are found.
const program = join(home, '..', '.cache', 'mortal-client.mjs')

beforeAll(async () => {
  await build({
    entryPoints: [join(home, 'mortal-client-test-setup.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['ws'],
    conditions: ['@org/source'],
  })
})
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

/** A broker behind `wss:`. */
interface Secure {
  readonly name: string
  start(files: { readonly key: string; readonly cert: string }): Promise<Broker>
}

const brokers: readonly Secure[] = [
  {
    name: 'mosquitto',
    start: ({ key, cert }) => startMosquitto({ config: [`keyfile ${key}`, `certfile ${cert}`] }),
  },
  {
    name: 'the reference server',
    start: ({ key, cert }) =>
      startReference({ tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } }),
  },
]

/** A keep-alive that no test outlives: a will that comes, comes because the server saw the end. */
const FOREVER_MS = 3_600_000

describe.each(brokers)('the will of a client over wss at $name', ({ start }) => {
  describe.each([5, '3.1.1'] as const)('with %s (scenario 16)', (version) => {
    async function setup() {
      const files = makeCertificateFiles()
      const broker = await start(files)
      onTestFinished(() => broker.stop())
      const ca = readFileSync(files.cert, 'utf8')
      const url = broker.ws.replace('ws:', 'wss:')
      const watcher = openClient({ url, tls: { ca }, payload: 'text' })
      const log = await joinChannel(watcher, 'willtopic', { qos: 1 })
      return {
        log,
        /** A client in a process of its own, connected. */
        async born(keepAliveMs: number): Promise<ChildProcess> {
          const will = { topic: 'willtopic', payload: 'exactly this ä€😀', qos: 1 }
          const options = JSON.stringify({ url, version, tls: { ca }, keepAliveMs, will })
          const child = spawn(process.execPath, [program, options], { stdio: ['pipe', 'pipe', 'inherit'] })
          onTestFinished(() => void child.kill('SIGKILL'))
          await once(child.stdout, 'data')
          return child
        },
        /** All that has come to the topic up to here. */
        async arrived(): Promise<unknown[]> {
          await watcher.mqtt.publish('willtopic', 'end', { qos: 1 })
          await eventually(() => log.includes('end'))
          return log.slice(0, log.indexOf('end'))
        },
      }
    }

    it('comes once and as it was given when its process is killed', async () => {
      const { born, log, arrived } = await setup()
      const child = await born(FOREVER_MS)
      child.kill('SIGKILL')
      await eventually(() => log.length > 0)
      expect(await arrived()).toEqual(['exactly this ä€😀'])
    })

    it('does not come when it has left', async () => {
      const { born, arrived } = await setup()
      const child = await born(FOREVER_MS)
      child.stdin?.write('leave')
      expect(await once(child, 'exit')).toEqual([0, null])
      expect(await arrived()).toEqual([])
    })

    it('comes once when its process is frozen for more than its keep-alive', async () => {
      const { born, log, arrived } = await setup()
      const child = await born(1000)
      child.kill('SIGSTOP')
      await eventually(() => log.length > 0)
      expect(await arrived()).toEqual(['exactly this ä€😀'])
    })
  })
})
