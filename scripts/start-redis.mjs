/** A redis-server of its own, which keeps nothing and ends with the process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from './find-free-port.mjs'
import { findProgram, programs } from './programs.mjs'

/** Where it listens, and how it ends: @typedef {{ readonly port: number, close(): Promise<void> }} RunningRedis */

/** @returns {Promise<RunningRedis>} */
export async function startRedis() {
  const program = findProgram('redis')
  const { install, variable } = programs['redis'] ?? {}
  if (!program)
    throw new Error(
      `Two nodes share a Redis, and there is no redis-server on this machine.\nInstall it with: sudo apt-get install ${install}\nOr say where it is: ${variable}=/path/to/redis-server`,
    )
  const folder = mkdtempSync(join(tmpdir(), 'realtime-redis-'))
  const port = await findFreePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', end)
  const over = once(child, 'exit').catch(() => {})
  const close = async () => {
    process.off('exit', end)
    end()
    await over
  }

  let text = ''
  /** @type {Promise<void>} */
  const ready = new Promise((resolve, reject) => {
    child.stdout.on('data', (part) => {
      text += part
      if (text.includes('Ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`redis-server has ended:\n${text}`)))
  })
  try {
    await ready
  } catch (error) {
    await close()
    throw error
  }
  return { port, close }
}
