import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP connection whose bytes are in the hands of the test. */
export interface TcpClient {
  readonly socket: Socket
  /** Everything received so far, one character per byte. */
  readonly text: string
  write(bytes: string | Uint8Array): void
  /** Waits until something has been received. */
  until(part: string): Promise<void>
  /** The other end has closed it. */
  readonly closed: Promise<unknown>
}

export async function dialTcp(port: number): Promise<TcpClient> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
  })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  return {
    socket,
    closed,
    get text() {
      return text
    },
    write: (bytes) => void socket.write(bytes),
    async until(part) {
      while (!text.includes(part))
        await Promise.race([once(socket, 'data'), closed.then(() => fail(part, text))])
    },
  }
}

function fail(part: string, text: string): never {
  throw new Error(`Closed before ${part}; received ${JSON.stringify(text)}`)
}

export const upgradeRequest = (more: readonly string[] = []): string =>
  [
    'GET /raw HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: realtime.v1',
    ...more,
    '\r\n',
  ].join('\r\n')

const FIN = 0x80
const MASK = 0x80

/** A frame of WebSocket as a client sends it, for payloads below 64 kB. */
export function toWsFrame(
  payload: string | Uint8Array,
  { opcode = 1, fin = true, isMasked = true, lengthBytes = undefined as number | undefined } = {},
): Uint8Array {
  const bytes = Buffer.from(payload as string)
  const length = lengthBytes ?? bytes.length
  const head = [(fin ? FIN : 0) | opcode]
  const mask = isMasked ? MASK : 0
  if (length < 126) head.push(mask | length)
  else head.push(mask | 126, length >> 8, length & 0xff)
  const key = isMasked ? [1, 2, 3, 4] : []
  return Uint8Array.from([...head, ...key, ...bytes.map((byte, index) => byte ^ (key[index % 4] ?? 0))])
}
