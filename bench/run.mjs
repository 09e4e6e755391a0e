/**
 * Runs all benchmarks, or the named ones: `npm run bench -- herd heap`. Each is a process of its own that prints
 * tables and fails when a budget is missed that does not depend on the machine; CPU ratios only say so.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const benchmarks = [
  'size',
  'types',
  'heap',
  'herd',
  'dispatch',
  'ui',
  'mqtt',
  'raw-ws',
  'pusher',
  'server',
  'server-mqtt',
  'server-cluster',
]

/** Sizes have a command of their own, which also runs them here. */
const programs = { size: join(import.meta.dirname, '../scripts/size.mjs') }

const names = process.argv.slice(2)
const unknown = names.filter((name) => !benchmarks.includes(name))
if (unknown.length) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${benchmarks.join(', ')}`)
  process.exit(2)
}

const failed = []
for (const name of benchmarks.filter((each) => !names.length || names.includes(each))) {
  console.log(`\n── ${name}`)
  const startedAt = performance.now()
  if (await run(name)) failed.push(name)
  console.log(`(${((performance.now() - startedAt) / 1000).toFixed(0)} s)`)
}
if (failed.length) console.error(`\nFAILED: ${failed.join(', ')}`)
process.exitCode = failed.length ? 1 : 0

/** @param {string} name */
function run(name) {
  const file = name === 'size' ? programs.size : join(import.meta.dirname, name, 'run.mjs')
  return new Promise((resolve) => {
    spawn(process.execPath, [file], { stdio: 'inherit' }).on('exit', (code) => resolve(code !== 0))
  })
}
