import { WebSocket } from 'ws'
import type { Carrier } from './carrier.ts'
import type { Connection } from './connection.ts'
import type { Ending, Endpoint, Frame } from './wire.ts'

const TEXT = { binary: false } as const
const BINARY = { binary: true } as const
const LONGEST_REASON_BYTES = 123

/** Of a fan-out every socket gets the same string, one after the other: it is encoded for the first. */
let lastText = ''
let lastBytes: Uint8Array = Buffer.alloc(0)

function encode(text: string): Uint8Array {
  if (text !== lastText) {
    lastText = text
    lastBytes = Buffer.from(text)
  }
  return lastBytes
}

/** Knows its connection, so that all sockets share their listeners: there are many. */
export class OwnedSocket extends WebSocket {
  connection: Connection | undefined
}

/** A WebSocket of `ws` as a carrier. */
export class WsCarrier implements Carrier {
  readonly #socket: OwnedSocket

  constructor(socket: OwnedSocket, closing?: Endpoint['closing']) {
    this.#socket = socket
    // `ws` answers a close frame, and a frame that is forbidden, by this method too.
    if (closing === 'cut') socket.close = () => socket.terminate()
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frame: Frame): number {
    const isText = typeof frame === 'string'
    const bytes = isText ? encode(frame) : frame
    this.#socket.send(bytes, isText ? TEXT : BINARY)
    return bytes.length
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, shorten(reason))
    // Paused, it would not see the answer.
    this.#socket.resume()
  }

  cut(): void {
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Accepted only to be told why not. */
  turnAway({ code, reason }: Ending): void {
    this.#socket.on('error', ignore)
    this.close(code, reason)
  }

  /** Reports what happens on the socket to its connection. */
  report(connection: Connection): void {
    this.#socket.connection = connection
    this.#socket.on('message', onMessage).on('close', onClose).on('error', ignore)
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  const bytes = data as Buffer
  ;(this as OwnedSocket).connection?.frame(isBinary ? bytes : bytes.toString(), bytes.length)
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ;(this as OwnedSocket).connection?.ended(code, reason.toString())
}

/** A frame that WebSocket forbids: `ws` closes with the fitting code, and `close` follows. */
function ignore(): void {}

function shorten(reason: string): string {
  const bytes = Buffer.from(reason)
  if (bytes.length <= LONGEST_REASON_BYTES) return reason
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_REASON_BYTES)).replace(/\uFFFD+$/, '')
}
