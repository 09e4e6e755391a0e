import type { Frame, Session, SessionEnd } from '@org/realtime-core/kit'
import type { MemoryTransport } from './memory-transport.ts'

/** A socket that somebody has opened to here, as far as this end can use it. */
export interface OuterSocket {
  readonly subprotocols: readonly string[]
  send(frame: Frame): void
  close(code: number, reason: string): void
  /** Ends it as a lost network does. */
  cut(): void
}

/** What is to be told of an outer socket. */
export interface Carried {
  frame(frame: Frame): void
  over(code?: number, reason?: string): void
}

/** Makes a session of a memory transport out of a socket, so that its far end serves whoever is at the other end. */
export function carry(transport: MemoryTransport, socket: OuterSocket): Carried {
  /** What came before the session was open. */
  let early: Frame[] | undefined = []
  let session: Session | undefined
  const forget = (): void => {
    session = undefined
    early = undefined
  }
  const end = ({ code, reason = '' }: SessionEnd): void => {
    forget()
    // No close frame may say 1006: that is what one hears who has heard nothing.
    if (code === undefined || code === 1006) socket.cut()
    else socket.close(code, reason)
  }
  const dialled = transport(
    { url: 'memory://server', subprotocols: socket.subprotocols },
    {
      open() {
        session = dialled
        for (const frame of early ?? []) dialled.send(frame)
        early = undefined
      },
      frame: (frame) => socket.send(typeof frame === 'string' ? frame : frame.slice()),
      end,
    },
  )
  return {
    frame(frame) {
      if (early) early.push(frame)
      else session?.send(frame)
    },
    over(code, reason) {
      forget()
      dialled.close(code, reason)
    },
  }
}
