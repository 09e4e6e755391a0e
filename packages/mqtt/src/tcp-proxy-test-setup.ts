import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and cuts. */
export interface TcpProxy {
  readonly port: number
  readonly accepted: number
  cut(): void
  /** From here on nothing passes, and nobody is told. */
  freeze(): void
  stop(): Promise<void>
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((near) => {
    accepted++
    const far = connect(Number(targetPort), '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted
    },
    cut,
    freeze() {
      for (const socket of sockets) {
        socket.unpipe()
        socket.pause()
      }
    },
    stop() {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
