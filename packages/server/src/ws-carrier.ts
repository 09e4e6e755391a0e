import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Carrier } from './carrier.ts'
import type { Connection } from './connection.ts'
import type { Ending, Endpoint, Frame } from './wire.ts'

const TEXT = { binary: false } as const
const BINARY = { binary: true } as const
const LONGEST_REASON_BYTES = 123
/** So much of one turn is written at once. */
const MOST_BYTES = 65_536

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

/** Sockets that got more than one frame in this turn: what follows the first goes out as one write. */
let corked: Duplex[] = []
let turn = 0
let isTurnOver = true

function beginTurn(): void {
  isTurnOver = false
  turn++
  queueMicrotask(() => {
    isTurnOver = true
    const streams = corked
    corked = []
    for (const stream of streams) stream.uncork()
  })
}

/** Knows its connection, so that all sockets share their listeners: there are many. */
export class OwnedSocket extends WebSocket {
  connection: Connection | undefined
}

/** A WebSocket of `ws` as a carrier. */
export class WsCarrier implements Carrier {
  readonly #socket: OwnedSocket
  readonly #stream: Duplex
  #turn = 0

  /** @param stream what the socket writes to */
  constructor(socket: OwnedSocket, stream: Duplex, closing?: Endpoint['closing']) {
    this.#socket = socket
    this.#stream = stream
    // `ws` answers a close frame, and a frame that is forbidden, by this method too.
    if (closing === 'cut') socket.close = () => this.cut()
  }

  get bufferedBytes(): number {
    // What is gathered was not refused by anybody.
    return this.#stream.writableCorked ? 0 : this.#socket.bufferedAmount
  }

  send(frame: Frame): number {
    const isText = typeof frame === 'string'
    const bytes = isText ? encode(frame) : frame
    if (isTurnOver) beginTurn()
    if (this.#turn !== turn) this.#turn = turn
    else if (!this.#stream.writableCorked && !this.#socket.bufferedAmount) {
      this.#stream.cork()
      corked.push(this.#stream)
    }
    this.#socket.send(bytes, isText ? TEXT : BINARY)
    if (this.#stream.writableCorked && this.#socket.bufferedAmount >= MOST_BYTES) this.#stream.uncork()
    return bytes.length
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, shorten(reason))
    // Paused, it would not see the answer.
    this.#socket.resume()
  }

  cut(): void {
    // What was sent has left.
    this.#stream.uncork()
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
