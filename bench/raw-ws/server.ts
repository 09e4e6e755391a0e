/**
 * Sends messages of the raw-ws envelope to whoever asks for so many, as fast as the socket takes them. It answers
 * just enough for a client to connect and to join, so that next to nothing but messages is measured.
 */
import type { AddressInfo } from 'node:net'
import { SUBPROTOCOL } from '@org/realtime-raw-ws/codec'
import { type WebSocket, WebSocketServer } from 'ws'

const CHUNK = 500
const MOST_BUFFERED_BYTES = 1_000_000

const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: false,
  handleProtocols: () => SUBPROTOCOL,
})

server.on('connection', (socket) => {
  let off = 0

  const flood = (count: number, data: string): void => {
    if (socket.readyState !== socket.OPEN) return
    const isFull = socket.bufferedAmount > MOST_BUFFERED_BYTES
    const now = isFull ? 0 : Math.min(count, CHUNK)
    for (let sent = 0; sent < now; sent++)
      socket.send(`{"t":"msg","ch":"room","off":${++off},"ev":"said","data":${data}}`)
    if (count > now) setImmediate(flood, count - now, data)
  }

  socket.on('message', (raw) => {
    const { t, ch, data } = JSON.parse(`${raw}`)
    if (t === 'hello') welcome(socket)
    else if (t === 'sub')
      socket.send(JSON.stringify({ t: 'subbed', ch: 'room', epoch: 'e', off, recovered: false }))
    else if (t === 'ping') socket.send('{"t":"pong"}')
    else if (ch === 'flood') flood(data.count, JSON.stringify(toPayload(data.bytes)))
  })
})

server.on('listening', () => console.log((server.address() as AddressInfo).port))

function welcome(socket: WebSocket): void {
  const limits = { frameBytes: 65_536, channels: 100, joins: 100 }
  const times = { idleMs: 25_000, answerMs: 5000 }
  socket.send(
    JSON.stringify({ t: 'welcome', v: 1, session: 's', client: 'c', resumed: false, ...times, limits }),
  )
}

/** Readings as a plant might send them, of about so many bytes of JSON. */
function toPayload(bytes: number): readonly object[] {
  const readings: object[] = []
  while (JSON.stringify(readings).length < bytes)
    readings.push({ tag: `pump-${readings.length}`, value: 20.5 + readings.length, ok: true })
  return readings
}
