/** Runs a tool of this repository after making the clone ready: `node scripts/run.mjs biome check`. */
import { spawn } from 'node:child_process'
import { bootstrap } from './bootstrap.mjs'

await bootstrap()
const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
child.on('error', (error) => {
  console.error(`${command}: ${error.message}`)
  process.exitCode = 1
})
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => child.kill(signal))
