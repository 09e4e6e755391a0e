import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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
export async function startMosquitto({ config = [], users }: MosquittoOptions = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'))
  const [tcp, ws] = [await freePort(), await freePort()]
  const passwords = join(folder, 'passwords')
  const lines = [
    ...(users ? ['allow_anonymous false', `password_file ${passwords}`] : ['allow_anonymous true']),
    'persistence false',
    'log_type none',
    `listener ${tcp} 127.0.0.1`,
    `listener ${ws} 127.0.0.1`,
    'protocol websockets',
    ...config,
  ]
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`)
  if (users) await writePasswords(passwords, users)
  // As root it would drop its rights and could not read the folder any more.
  const own = process.getuid?.() === 0 ? ['user root'] : []
  if (own.length) writeFileSync(join(folder, 'mosquitto.conf'), `${[...own, ...lines].join('\n')}\n`)
  const child = spawn(program('mosquitto'), ['-c', join(folder, 'mosquitto.conf')], {
    stdio: 'ignore',
    env: searched,
  })
  await Promise.all([accepts(tcp, child), accepts(ws, child)])
  return {
    tcp: `mqtt://127.0.0.1:${tcp}`,
    ws: `ws://127.0.0.1:${ws}`,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null) {
        child.kill('SIGKILL')
        await gone
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
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

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`)
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
