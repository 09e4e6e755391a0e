import { type Cancel, type Clock, type Frame, sizeOf, type Transport } from '@org/realtime-core/kit'

/** How long a server has to read what was written before more is. */
const WINDOW_MS = 50

/**
 * Writes no more than so many bytes at once, headers of frames included: frames that reach a Rakit server
 * together and are longer than its buffer stop it for everybody until their sender sends again.
 */
export function pace(transport: Transport, clock: Clock, windowBytes: number): Transport {
  return (target, events) => {
    const queue: Frame[] = []
    let left = windowBytes
    let cancel: Cancel | undefined

    const stop = (): void => {
      cancel?.()
      queue.length = 0
    }
    const write = (): void => {
      for (;;) {
        const [frame] = queue
        if (frame === undefined) break
        const bytes = toWireBytes(frame)
        if (bytes > left && left < windowBytes) break
        left -= bytes
        queue.shift()
        session.send(frame)
      }
      if (left < windowBytes) cancel ??= clock.after(WINDOW_MS, openWindow)
    }
    const openWindow = (): void => {
      cancel = undefined
      left = windowBytes
      try {
        write()
      } catch (error) {
        stop()
        session.close()
        events.end({ error })
      }
    }
    const session = transport(target, {
      ...events,
      end(end) {
        stop()
        events.end(end)
      },
    })
    return {
      send(frame) {
        queue.push(frame)
        write()
      },
      close(code, reason) {
        const unsent = queue.splice(0)
        stop()
        try {
          // They were taken over as sent, and the end of the socket makes the server read all of them.
          if (code !== undefined) for (const frame of unsent) session.send(frame)
        } catch {
          // The socket was lost, and nobody has been told yet.
        }
        session.close(code, reason)
      },
      get bufferedBytes() {
        return session.bufferedBytes + queue.reduce((bytes, frame) => bytes + toWireBytes(frame), 0)
      },
    }
  }
}

/** With its header, and masked as every frame of a client is. */
function toWireBytes(frame: Frame): number {
  const bytes = sizeOf(frame)
  return bytes + (bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14)
}
