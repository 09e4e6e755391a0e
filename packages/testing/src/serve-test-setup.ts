import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Listens on a port of its own, on this machine alone; `stop` cuts all that are connected. */
export async function serve(server: Server): Promise<{ readonly host: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
