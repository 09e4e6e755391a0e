import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { findFreePort } from '../../../../scripts/find-free-port.mjs'
import { type Relay, startRelay } from '../relay-test-setup.ts'

const PROGRAM = process.env['REDIS_SERVER_PATH'] || 'redis-server'
/** Debian keeps it where not every user looks. */
const PATH = `${process.env['PATH']}${delimiter}/usr/sbin`

/** A Redis of this test alone. */
export interface RealRedis {
  readonly port: number
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what is on its disk. */
  start(): Promise<void>
  /** It stands still, and its connections stay. */
  freeze(): void
  thaw(): void
}

export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always']

/** @param args options, or a function that gives all of them; the default keeps nothing on disk */
export async function startRedis(
  args: readonly string[] | ((at: { folder: string; port: number }) => readonly string[]) = ['--save', ''],
): Promise<RealRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await findFreePort()
  let child: ChildProcess | undefined

  const kill = async (): Promise<void> => {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill('SIGKILL')
    await once(ending, 'exit')
  }
  const start = async (): Promise<void> => {
    const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
    const started = spawn(PROGRAM, typeof args === 'function' ? args({ folder, port }) : [...own, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH },
    })
    child = started
    await new Promise<void>((resolve, reject) => {
      let text = ''
      started.stdout.on('data', (part) => {
        text += part
        if (/Ready to accept connections|\+monitor/.test(text)) resolve()
      })
      started.once('exit', () => reject(new Error(`redis-server has ended:\n${text}`)))
    })
  }

  await start()
  onTestFinished(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    port,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}

/** Passes bytes on to a Redis, until it is cut. */
export interface Wire extends Relay {
  /** Ends what is connected, and lets nobody in. */
  cut(): void
  join(): void
}

export async function startWire(to: number): Promise<Wire> {
  let isCut = false
  const relay = await startRelay(() => (isCut ? undefined : to))
  return {
    ...relay,
    cut() {
      isCut = true
      relay.cut()
    },
    join() {
      isCut = false
    },
  }
}
