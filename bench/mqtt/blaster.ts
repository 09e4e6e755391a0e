/**
 * A server in a process of its own that sends as fast as the client takes it: what a client can receive at most.
 * Prints its ports, and serves until it is killed.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createDecoder, encode, type Packet } from '@org/realtime-mqtt/codec'
import { type WebSocket, WebSocketServer } from 'ws'

const CHUNK_MESSAGES = 500
const COUNT_TOPIC = /^count\/(\d+)$/

const toChunk = (payloadBytes: number): Buffer =>
  Buffer.concat(
    Array.from({ length: CHUNK_MESSAGES }, (_, index) =>
      encode(
        {
          type: 'publish',
          topic: `sensors/hall-${index & 15}/temperature`,
          payload: new Uint8Array(payloadBytes).fill(49),
          qos: 0,
          retain: false,
          dup: false,
          id: 0,
        },
        4,
      ),
    ),
  )
const chunks = new Map([100, 1000].map((bytes) => [bytes, toChunk(bytes)]))

interface Peer {
  send(bytes: Uint8Array, sent: () => void): void
}

/** Answers what a client has to have answered; the filter `count/N` at QoS 0 or 1 asks for N messages of 100 B or 1 kB. */
function serve(peer: Peer): (bytes: Uint8Array) => void {
  const answer = (packet: Packet): void => peer.send(encode(packet, 4), () => {})
  const blast = (left: number, chunk: Buffer): void => {
    if (left > 0) peer.send(chunk, () => blast(left - CHUNK_MESSAGES, chunk))
  }
  const decoder = createDecoder({
    role: 'server',
    packet(packet) {
      if (packet.type === 'connect') answer({ type: 'connack', level: 4, sessionPresent: false, code: 0 })
      else if (packet.type === 'pingreq') answer({ type: 'pingresp' })
      else if (packet.type === 'subscribe') {
        answer({ type: 'suback', id: packet.id, codes: packet.filters.map(() => 0) })
        for (const { filter, qos } of packet.filters) {
          const [, count] = COUNT_TOPIC.exec(filter) ?? []
          if (count !== undefined) blast(Number(count), chunks.get(qos ? 1000 : 100) as Buffer)
        }
      }
    },
  })
  return (bytes) => decoder.push(bytes)
}

const tcp = createServer((socket: Socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', serve({ send: (bytes, sent) => socket.write(bytes, sent) }))
})
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'mqtt' })
sockets.on('connection', (socket: WebSocket) => {
  const receive = serve({ send: (bytes, sent) => socket.send(bytes, sent) })
  socket.on('message', (bytes: Buffer) => receive(bytes))
})
tcp.listen(0, '127.0.0.1', () => {
  const { port } = tcp.address() as AddressInfo
  console.log(JSON.stringify({ tcp: port, ws: (sockets.address() as AddressInfo).port }))
})
