import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createMqtt } from '@org/realtime-mqtt'
import { createServer } from '@org/realtime-server'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { root } from './bootstrap.mjs'
import { readPage, toCode } from './docs-page.mjs'
import { createPrograms, readRecipe } from './docs-programs.mjs'

// Compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** Programs are slow to start on a busy machine. */
const PATIENCE = { timeout: 20_000 }
const programs = createPrograms()
afterAll(programs.remove)

/**
 * Runs the blocks of a page as a program, which begins with the one that has no name; returns the lines it prints.
 * @param {string} text
 */
async function run(text) {
  const files = readPage(text)
    .blocks.map(toCode)
    .map((code) => [/^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? 'main.ts', code])
  const file = await programs.make({ 'main.ts': '', ...Object.fromEntries(files) })
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  return stdout.trim().split('\n')
}

describe('the pages', () => {
  it('README.md prints what it says', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const said = /^It prints (.*?)\. /m.exec(text)?.[1]?.matchAll(/`([^`]+)`/g) ?? []
    expect(await run(text)).toEqual([...said].map(([, line]) => line))
  })

  it('docs/tutorial.md prints what it says', async () => {
    const text = readFileSync(join(root, 'docs/tutorial.md'), 'utf8')
    const said = /## All of it\n\n```\n([^`]*)\n```/.exec(text)?.[1]?.split('\n')
    expect(await run(text)).toEqual(said)
  })

  it('the worker of docs/recipes.md ends after the job at hand, and leaves the next one to whoever comes', async () => {
    const server = createServer({ mode: 'development', port: 0, mqtt: { tcp: 'off' } })
    const { port } = await server.listen()
    const url = `ws://127.0.0.1:${port}/mqtt`
    const program = await programs.make({
      'main.ts': `import './work.ts'\nimport './worker.ts'`,
      // What it is about to do it says, and does when it is told.
      'work.ts': `globalThis.work = async (job) => {
        console.log('begins', job)
        await new Promise((resolve) => process.once('SIGTERM', resolve))
        console.log('ends', job)
      }`,
      'worker.ts': readRecipe('A worker that ends well').replace('mqtt://broker.local', url),
    })
    /** @param {string} last the line before it is told to end */
    const work = async (last) => {
      const worker = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void worker.kill('SIGKILL'))
      let printed = ''
      worker.stdout.on('data', (chunk) => {
        printed += chunk
      })
      await expect.poll(() => printed, PATIENCE).toContain(last)
      worker.kill('SIGTERM')
      const [code] = await once(worker, 'exit')
      return [...printed.trim().split('\n'), code]
    }
    const giver = createMqtt({ url })
    onTestFinished(async () => {
      await giver.close()
      await server.close()
    })
    const first = work('begins 1')
    await expect
      .poll(() => server.connections().flatMap(({ channels }) => channels), PATIENCE)
      .toContain('jobs/resize')
    for (const job of [1, 2]) await giver.mqtt.publish('jobs/resize', JSON.stringify(job), { qos: 1 })
    expect(await first).toEqual(['begins 1', 'ends 1', 0])
    expect(await work('begins 2')).toEqual(['begins 2', 'ends 2', 0])
  })
})
