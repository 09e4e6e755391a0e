import type { Frame, Target, Transport } from '@org/realtime-core/kit'

/** One session as its client saw it. */
export interface TappedSession {
  readonly target: Target
  readonly state: 'dialing' | 'open' | 'over'
  readonly sent: readonly Frame[]
  readonly received: readonly Frame[]
  /** The code that the client closed it with: `dead` when it did not wait for the far end. */
  readonly closedBy: 'dead' | number | undefined
}

export interface Tap {
  readonly transport: Transport
  /** Every session ever dialled, the oldest first. */
  readonly sessions: readonly TappedSession[]
  /** Those that neither end has ended. */
  readonly open: readonly TappedSession[]
  /** Grows with everything that is dialled, sent, received or ended. */
  readonly events: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Wraps a transport so that everything that passes it is seen. */
export function tapTransport(transport: Transport): Tap {
  const sessions: TappedSession[] = []
  let events = 0
  return {
    sessions,
    get open() {
      return sessions.filter(({ state }) => state !== 'over')
    },
    get events() {
      return events
    },
    transport(target, to) {
      const sent: Frame[] = []
      const received: Frame[] = []
      const seen: Writable<TappedSession> = { target, state: 'dialing', sent, received, closedBy: undefined }
      const enter = (state: TappedSession['state'], closedBy?: TappedSession['closedBy']): void => {
        events++
        if (seen.state !== 'over') Object.assign(seen, { state, closedBy })
      }
      const note = (frames: Frame[], frame: Frame): void => {
        events++
        frames.push(typeof frame === 'string' ? frame : frame.slice())
      }
      const session = transport(target, {
        open(subprotocol) {
          enter('open')
          to.open(subprotocol)
        },
        frame(frame) {
          note(received, frame)
          to.frame(frame)
        },
        end(end) {
          enter('over')
          to.end(end)
        },
      })
      events++
      sessions.push(seen)
      return {
        send(frame) {
          session.send(frame)
          note(sent, frame)
        },
        close(code, reason) {
          enter('over', code ?? 'dead')
          session.close(code, reason)
        },
        get bufferedBytes() {
          return session.bufferedBytes
        },
      }
    },
  }
}
