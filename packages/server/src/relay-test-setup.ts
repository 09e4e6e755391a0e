import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Passes bytes on between those who connect to its port and somebody else. */
export interface Relay {
  readonly port: number
  /** Ends what is connected. */
  cut(): void
  /** Nothing passes any more, and nothing ends: what comes waits. */
  stall(): void
  /** Passes on what has waited, and what comes. */
  flow(): void
}

/** @param next the port that the next connection goes to; undefined ends the connection */
export async function startRelay(
  next: () => number | undefined | Promise<number | undefined>,
): Promise<Relay> {
  const sockets = new Set<Socket>()
  const ways = new Set<readonly [from: Socket, into: Socket]>()
  let isStalled = false
  const server = createServer({ pauseOnConnect: true }, async (near) => {
    keep(near)
    const port = await next()
    if (port === undefined) near.destroy()
    if (port === undefined || near.destroyed) return
    const far = connect(port, '127.0.0.1')
    keep(far)
    for (const way of [[near, far] as const, [far, near] as const]) {
      const [from, into] = way
      from.setNoDelay()
      ways.add(way)
      if (!isStalled) from.pipe(into)
      from.on('close', () => {
        ways.delete(way)
        into.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
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
    stall() {
      isStalled = true
      for (const [from, into] of ways) from.unpipe(into)
    },
    flow() {
      isStalled = false
      for (const [from, into] of ways) from.pipe(into)
    },
  }
}
