import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTENING = '0A'

/** The program that listens on a port, where the system shows it: on Linux, among one's own. */
export function ownerOf(port: number): string | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => inodesOf(path, port))
  if (inodes.length === 0) return undefined
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  const pid = list('/proc').find((name) => /^\d+$/.test(name) && holds(name, sockets))
  return pid && `${read(`/proc/${pid}/comm`).trim()}, process ${pid}`
}

function inodesOf(path: string, port: number): readonly string[] {
  return read(path)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = '', , state]) =>
        state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port,
    )
    .map((columns) => columns[9] ?? '')
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => sockets.has(target(`/proc/${pid}/fd/${fd}`)))
}

// Processes of others cannot be looked into, and any may be gone meanwhile.
const attempt = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch {
    return otherwise
  }
}
const read = (path: string): string => attempt(() => readFileSync(path, 'utf8'), '')
const list = (path: string): readonly string[] => attempt(() => readdirSync(path), [])
const target = (path: string): string => attempt(() => readlinkSync(path), '')
