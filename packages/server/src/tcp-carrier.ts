import type { Socket } from 'node:net'
import type { Carrier } from './carrier.ts'
import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Frame } from './wire.ts'

/** A TCP or TLS stream as a carrier. */
export class TcpCarrier implements Carrier {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #closeMs: number

  /** @param closeMs how long the other end may take to close as well */
  constructor(socket: Socket, clock: Clock, closeMs: number) {
    this.#socket = socket
    this.#clock = clock
    this.#closeMs = closeMs
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  send(frame: Frame): number {
    this.#socket.write(frame)
    return frame.length
  }

  close(): void {
    const socket = this.#socket
    // Paused, it would not see the end of the other side.
    socket.end().resume()
    const cancel = this.#clock.after(this.#closeMs, () => socket.destroy())
    socket.once('close', cancel)
  }

  cut(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Reports what happens on the stream to its connection. */
  report(connection: Connection): void {
    this.#socket.on('data', (bytes) => connection.frame(bytes, bytes.length))
    this.#socket.on('close', () => connection.ended(1006, ''))
  }
}
