import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TransportRig } from '@org/realtime-testing'
import { transportConformance } from '@org/realtime-testing'
import { describe, it } from 'vitest'
import { findFreePort } from '../../../scripts/find-free-port.mjs'
import { tcpTransport } from './tcp-node.ts'

transportConformance('TCP', startRig, { describe, it })

type Accepted = TransportRig['accepted'][number]

async function startRig(): Promise<TransportRig> {
  const accepted: Accepted[] = []
  const sockets = new Set<Socket>()
  const nobody = await findFreePort()
  let answer: 'accept' | 'refuse' | 'hang' = 'accept'
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (answer === 'accept') accepted.push(toFarSession(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = tcpTransport(undefined)
  return {
    // A port refuses by not being there, not by a word.
    transport: (target, events) =>
      transport(
        target.url.startsWith('mqtt://127') && answer === 'refuse'
          ? { ...target, url: `mqtt://127.0.0.1:${nobody}` }
          : target,
        events,
      ),
    url: `mqtt://127.0.0.1:${port}`,
    carries: 'stream',
    accepted,
    answer(how) {
      answer = how
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function toFarSession(socket: Socket): Accepted {
  const received: Uint8Array[] = []
  let over: Accepted['over']
  socket.on('data', (bytes) => received.push(new Uint8Array(bytes)))
  socket.on('close', () => {
    over = {}
  })
  return {
    received,
    get over() {
      return over
    },
    send: (frame) => void socket.write(frame),
    end: () => void socket.end(),
    drop: () => void socket.destroy(),
    halfOpen: () => void socket.pause(),
  }
}
