import {
  type Link,
  type LinkEvents,
  type LinkSession,
  type Opening,
  RealtimeError,
} from '@org/realtime-core/kit'
import { type ClientFrame, type ServerFrame, SUBPROTOCOL, type Welcome } from './envelope.ts'
import { parseServerFrame } from './parse.ts'
import { createChannels, type Places } from './strict-channels.ts'
import { createPublishes } from './strict-publishes.ts'
import { toDenial, toFailure } from './verdicts.ts'

/** What is done about each type of frame. */
export type Handlers = {
  readonly [T in ServerFrame['t']]: (frame: Extract<ServerFrame, { readonly t: T }>) => void
}

/** What outlives a connection. */
export interface Memory {
  readonly places: Places
  /** Secret that keeps the client id and the place in presence channels. */
  session: string | undefined
  /** The newest link that has the session. */
  owner: Link | undefined
  /** Tells the public id of this client. */
  identify(clientId: string | undefined): void
}

/** One connection that speaks the profile `strict`. */
export function openStrictLink(
  session: LinkSession,
  events: LinkEvents,
  { credentials, clock, subprotocol }: Opening,
  memory: Memory,
): Link {
  const send = (frame: ClientFrame): void => session.send(JSON.stringify(frame))
  const channels = createChannels(memory.places, events, send)
  const publishes = createPublishes(events, clock)
  let limits: Welcome['limits'] | undefined

  const handlers: Handlers = {
    ...channels.handlers,
    ...publishes.handlers,
    welcome(frame) {
      const { idleMs, answerMs } = frame
      limits = frame.limits
      memory.session = frame.session
      memory.owner = link
      memory.identify(frame.client)
      events.ready({
        positions: true,
        heartbeat: { receiveIdleMs: idleMs, sendIdleMs: idleMs, answerMs },
        limits: { joins: Infinity },
      })
    },
    denied(frame) {
      const { verdict, error } = toDenial(frame)
      // In the middle of a connection new credentials change nothing: it goes on until the old ones end.
      if (limits && !frame.final) return events.error(error)
      if (frame.retryMs) events.advice({ retryAfterMs: frame.retryMs })
      events.fail(verdict, error)
    },
    authed() {},
    pong: () => events.pong(),
    expiring: () => events.advice({ reauthenticate: true }),
    drain: ({ ms }) => events.advice({ drainMs: ms }),
    later: ({ ms }) => events.advice({ retryAfterMs: ms }),
    error: ({ code, message }) =>
      events.error(new RealtimeError('protocol.violation', `Server: ${message}`, { reason: code })),
  }

  const link: Link = {
    receive(frame) {
      const read = parseServerFrame(frame)
      if (!('t' in read)) throw new RealtimeError('message.malformed', read.message, {})
      const handle = handlers[read.t] as (read: ServerFrame) => void
      handle(read)
    },
    ping: () => send({ t: 'ping' }),
    subscribe: (requests) => channels.subscribe(requests, limits?.joins ?? 1),
    unsubscribe: channels.unsubscribe,
    publish(message) {
      session.send(publishes.take(message, limits?.frameBytes ?? Infinity))
      return message.delivery === 'at-least-once' ? 'pending' : 'sent'
    },
    refresh(fresh) {
      if (typeof fresh === 'string') send({ t: 'auth', token: fresh })
    },
    goodbye() {
      // The session goes on with the newer link of a handover.
      if (memory.owner && memory.owner !== link) return
      send({ t: 'bye' })
      memory.session = undefined
      memory.identify(undefined)
    },
    ended: toFailure,
    dispose() {
      if (memory.owner === link) memory.owner = undefined
      channels.dispose()
      publishes.dispose()
    },
  }

  if (subprotocol !== SUBPROTOCOL)
    events.fail('stop', new RealtimeError('connection.refused', `Server does not speak ${SUBPROTOCOL}`, {}))
  const token = typeof credentials === 'string' ? credentials : undefined
  send({ t: 'hello', v: 1, token, session: memory.session })
  return link
}
