import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../../scripts/find-free-port.mjs'

/** A broker as the interop tests need it, whoever it is. */
export interface Broker {
  readonly tcp: string
  readonly ws: string
  stop(): Promise<void>
}

export interface MosquittoOptions {
  /** Further lines of its configuration. */
  readonly config?: readonly string[]
  /** Lets only these in. */
  readonly users?: Readonly<Record<string, string>>
}

/** A mosquitto of its own, with nothing kept from earlier ones. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'))
  const passwords = join(folder, 'passwords')
  if (options.users) await writePasswords(passwords, options.users)
  for (;;) {
    const [tcp, ws] = [await findFreePort(), await findFreePort()]
    writeFileSync(join(folder, 'mosquitto.conf'), toConfig(options, { tcp, ws, passwords }))
    const child = spawn(program('mosquitto'), ['-c', join(folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: searched,
    })
    const said = await hasBegun(child)
    // Somebody else was faster: whoever answers at these ports is another one.
    if (/Address already in use|Unable to create websockets listener/.test(said)) continue
    if (hasEnded(child))
      throw new Error(`mosquitto has ended with ${child.exitCode ?? child.signalCode}:\n${said}`)
    return {
      tcp: `mqtt://127.0.0.1:${tcp}`,
      ws: `ws://127.0.0.1:${ws}`,
      async stop() {
        const gone = new Promise((resolve) => child.once('exit', resolve))
        if (!hasEnded(child)) {
          child.kill('SIGKILL')
          await gone
        }
        rmSync(folder, { recursive: true, force: true })
      },
    }
  }
}

interface Places {
  readonly tcp: number
  readonly ws: number
  readonly passwords: string
}

function toConfig({ config = [], users }: MosquittoOptions, { tcp, ws, passwords }: Places): string {
  const lines = [
    // As root it would drop its rights and could not read the folder any more.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...(users ? ['allow_anonymous false', `password_file ${passwords}`] : ['allow_anonymous true']),
    'persistence false',
    'log_dest stderr',
    'log_type information',
    'log_type error',
    'connection_messages false',
    `listener ${tcp} 127.0.0.1`,
    `listener ${ws} 127.0.0.1`,
    'protocol websockets',
    ...config,
  ]
  return `${lines.join('\n')}\n`
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** What it says until it listens, or has ended. */
function hasBegun(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (part) => {
      said += part
      if (/ running$/m.test(said)) resolve(said)
    })
    child.once('error', reject)
    // What it has said last comes before this.
    child.once('close', () => resolve(said))
  })
}

/** Debian keeps servers where not every user looks for programs. */
function program(name: string): string {
  return (name === 'mosquitto' && process.env['MOSQUITTO_PATH']) || name
}

const searched = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }

async function writePasswords(file: string, users: Readonly<Record<string, string>>): Promise<void> {
  writeFileSync(file, '', { mode: 0o600 })
  for (const [user, password] of Object.entries(users)) {
    const child = spawn('mosquitto_passwd', ['-b', file, user, password], { stdio: 'ignore', env: searched })
    await new Promise((resolve) => child.once('exit', resolve))
  }
}
