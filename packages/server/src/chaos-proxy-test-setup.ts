import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ChaosProxy {
  readonly port: number
  /** How often it has cut so far. */
  readonly cuts: number
  close(): Promise<void>
}

export interface ChaosOptions {
  readonly to: number
  readonly cuts: number
  /** Bytes, of both ways together, that pass before the next cut. */
  readonly nextBytes: () => number
  readonly random: () => number
}

/** Passes bytes on, and cuts one of its connections at moments that bytes decide: in the middle of frames too. */
export async function startChaosProxy({
  to,
  cuts: most,
  nextBytes,
  random,
}: ChaosOptions): Promise<ChaosProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let cuts = 0
  let left = nextBytes()

  const pass = (bytes: Buffer, into: Socket): void => {
    const part = cuts < most && bytes.length >= left ? bytes.subarray(0, left) : bytes
    left -= part.length
    into.write(part)
    if (left > 0 || cuts >= most) return
    left = nextBytes()
    cuts++
    const pair = [...pairs][Math.floor(random() * pairs.size)]
    for (const socket of pair ?? []) socket.destroy()
    if (part.length < bytes.length) pass(bytes.subarray(part.length), into)
  }

  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, into] of [pair, [far, near] as const]) {
      from.setNoDelay()
      from.on('data', (bytes) => pass(bytes, into))
      from.on('error', () => {})
      from.on('close', () => {
        pairs.delete(pair)
        into.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts
    },
    async close() {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      await once(server, 'close')
    },
  }
}
