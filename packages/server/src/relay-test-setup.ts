import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform, type Writable } from 'node:stream'
import { onTestFinished } from 'vitest'

/** Passes bytes on between those who connect to its port and somebody else. */
export interface Relay {
  readonly port: number
  /** Ends what is connected. */
  cut(): void
  /** Nothing passes any more, and nothing ends: what comes waits. */
  stall(): void
  /** The same from the first bytes on that hold this text and go to where it passes on; resolves when it has happened. */
  stallAt(text: string): Promise<void>
  /** Passes on what has waited, and what comes. */
  flow(): void
}

/** @param next the port that the next connection goes to; undefined ends the connection */
export async function startRelay(
  next: () => number | undefined | Promise<number | undefined>,
): Promise<Relay> {
  const sockets = new Set<Socket>()
  const ways = new Set<readonly [from: Socket, into: Writable]>()
  let isStalled = false
  let stop: { readonly at: string; readonly stopped: () => void } | undefined
  let passHeld = (): void => {}
  const server = createServer({ pauseOnConnect: true }, async (near) => {
    keep(near)
    const port = await next()
    if (port === undefined) near.destroy()
    if (port === undefined || near.destroyed) return
    const far = connect(port, '127.0.0.1')
    keep(far)
    const gate = createGate()
    gate.pipe(far)
    for (const [from, into, to] of [[near, gate, far] as const, [far, near, near] as const]) {
      const way = [from, into] as const
      from.setNoDelay()
      ways.add(way)
      if (!isStalled) from.pipe(into)
      from.on('close', () => {
        ways.delete(way)
        to.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const stall = (): void => {
    isStalled = true
    for (const [from, into] of ways) from.unpipe(into)
  }
  const createGate = (): Transform =>
    new Transform({
      transform(part: Buffer, _, pass) {
        if (!stop || !part.includes(stop.at)) return pass(null, part)
        stall()
        passHeld = () => pass(null, part)
        stop.stopped()
        stop = undefined
      },
    })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    server.close()
    cut()
  })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall,
    stallAt: (text) =>
      new Promise((stopped) => {
        stop = { at: text, stopped }
      }),
    flow() {
      isStalled = false
      passHeld()
      passHeld = () => {}
      for (const [from, into] of ways) from.pipe(into)
    },
  }
}
