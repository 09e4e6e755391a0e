/** A broker in a process of its own: says its port, and on every question the CPU that it has used. */
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { createServer } from '@org/realtime-server'
import { Aedes } from 'aedes'

const start: Readonly<Record<string, () => Promise<number>>> = {
  async ours() {
    // aedes has no bounds, so that nothing is left out there.
    const rate = { perSecond: 1_000_000, burst: 1_000_000 }
    const unbounded = { queuedMessages: 10_000_000, queuedBytes: 1_073_741_824, ...rate }
    const server = createServer({
      mode: 'development',
      port: 0,
      inspect: false,
      limits: { bufferBytes: 1_073_741_824 },
      mqtt: { tcp: 'on', port: 0, ...unbounded },
    })
    return (await server.listen()).mqtt?.port ?? 0
  },
  async aedes() {
    const broker = await Aedes.createBroker()
    const server = createTcpServer((socket) => {
      socket.setNoDelay()
      broker.handle(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  },
}

const port = await start[process.argv[2] ?? '']?.()
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000 })
})
process.on('disconnect', () => process.exit())
process.send?.({ port })
