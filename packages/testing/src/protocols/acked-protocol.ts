import {
  createOutbox,
  createPresence,
  type Failure,
  type LinkEvents,
  type LinkSession,
  type Meta,
  type OutgoingMessage,
  type Protocol,
  RealtimeError,
  type SessionEnd,
} from '@org/realtime-core/kit'
import {
  type ClientFrame,
  type Position,
  parseServerFrame,
  type ServerFrame,
  type Stored,
} from './acked-frames.ts'

export interface AckedMeta extends Meta {
  offset?: number
  id?: string
}

export type AckedCapabilities = typeof capabilities

const capabilities = { presence: true, publish: 'members', ack: 'at-least-once', history: true } as const

/**
 * A protocol that can prove everything: JSON frames, a handshake, acknowledged joins and publishes, an
 * epoch and offset per channel. One object serves one client, because it remembers positions.
 */
export function createAckedProtocol(): Protocol<AckedCapabilities, AckedMeta, '.'> {
  const positions = new Map<string, Position>()
  return {
    name: 'acked',
    capabilities,
    separator: '.',
    subprotocols: ['acked.v1'],
    outbox: createOutbox,
    presence: createPresence,
    encode: (payload) => JSON.stringify(payload) ?? 'null',
    open(session, events, { credentials }) {
      const inFlight = new Map<string, OutgoingMessage>()
      let isOver = false
      const memory: Memory = { positions, inFlight, isOver: () => isOver }
      const send = (frame: ClientFrame): void => session.send(JSON.stringify(frame))
      send({ t: 'hello', token: toToken(credentials) })
      return {
        receive(frame) {
          handle(parseServerFrame(frame), events, memory)
        },
        ping: () => send({ t: 'ping' }),
        subscribe(requests) {
          const chs = requests.map(({ key: ch, recover }) => {
            if (!recover) positions.delete(ch)
            const from = positions.get(ch)
            return from ? { ch, from } : { ch }
          })
          send({ t: 'sub', chs })
        },
        unsubscribe(key) {
          positions.delete(key)
          send({ t: 'unsub', ch: key })
        },
        publish(message) {
          publish(session, message)
          if (message.delivery !== 'at-least-once') return 'sent'
          inFlight.set(message.id, message)
          return 'pending'
        },
        refresh: (fresh) => send({ t: 'auth', token: toToken(fresh) }),
        goodbye: () => send({ t: 'bye' }),
        ended: toFailure,
        dispose() {
          isOver = true
        },
      }
    },
  }
}

const toToken = (credentials: unknown): string | undefined =>
  typeof credentials === 'string' ? credentials : undefined

function publish(session: LinkSession, message: OutgoingMessage): void {
  const { id, key, event, delivery, resent, payload } = message
  const ack = delivery === 'at-least-once'
  const head = JSON.stringify({ t: 'pub', id, ch: key, ev: event, ack, again: resent })
  // The payload is JSON already: encoding it again with the rest would cost as much as the first time.
  session.send(`${head.slice(0, -1)},"data":${payload}}`)
}

interface Memory {
  readonly positions: Map<string, Position>
  readonly inFlight: Map<string, OutgoingMessage>
  /** A listener may end the link in the middle of a replay: what follows was not delivered. */
  readonly isOver: () => boolean
}

function handle(frame: ServerFrame, events: LinkEvents, memory: Memory): void {
  const { inFlight } = memory
  switch (frame.t) {
    case 'welcome': {
      const { idleMs: receiveIdleMs, answerMs } = frame
      return events.ready({
        positions: true,
        heartbeat: { receiveIdleMs, answerMs },
        limits: { joins: Infinity },
      })
    }
    case 'denied': {
      const error = new RealtimeError('auth.failed', `Server refused the token: ${frame.reason}`, {
        retry: !frame.final,
      })
      return events.fail(frame.final ? 'stop' : 'retry', error)
    }
    case 'subbed':
      return joined(frame, events, memory)
    case 'refused': {
      const { ch: channel, code, retryMs } = frame
      const error = new RealtimeError('channel.rejected', `Server refused ${channel}: ${code}`, {
        channel,
        code,
      })
      return events.refused(channel, error, retryMs === undefined ? false : { afterMs: retryMs })
    }
    case 'msg':
      return deliver(frame.ch, frame.ep, frame, events, memory)
    case 'ack':
      inFlight.delete(frame.id)
      return events.settled(frame.id, 'acknowledged')
    case 'nack': {
      const { id, code } = frame
      const { key: channel = '', event = '' } = inFlight.get(id) ?? {}
      inFlight.delete(id)
      const details = { channel, event, id, code }
      const refused = new RealtimeError(
        'publish.refused',
        `Server refused ${event} to ${channel}: ${code}`,
        details,
      )
      return events.settled(id, { refused })
    }
    case 'in':
      return events.members(frame.ch, { joined: frame.member })
    case 'out':
      return events.members(frame.ch, { left: frame.id })
    case 'drain':
      return events.advice({ drainMs: frame.ms })
    case 'later':
      return events.advice({ retryAfterMs: frame.ms })
    case 'expiring':
      return events.advice({ reauthenticate: true })
    case 'pong':
      return events.pong()
    default:
      return frame satisfies never
  }
}

function joined(
  { ch, recovered, at, replay, members, me }: ServerFrame & { t: 'subbed' },
  events: LinkEvents,
  memory: Memory,
): void {
  if (!recovered) memory.positions.set(ch, at)
  events.joined(ch, { continuity: recovered ? 'complete' : 'unknown' })
  if (members) events.members(ch, { all: members, ...(me !== undefined && { me }) })
  for (const stored of replay) deliver(ch, at.epoch, stored, events, memory)
}

/** Drops what was delivered before, on this link or another, and tells of holes. */
function deliver(
  ch: string,
  epoch: string,
  stored: Stored,
  events: LinkEvents,
  { positions, isOver }: Memory,
): void {
  if (isOver()) return
  const { ev, data, off: offset, id } = stored
  const last = positions.get(ch)
  if (last?.epoch === epoch && offset <= last.offset) return
  positions.set(ch, { epoch, offset })
  if (last && (last.epoch !== epoch || offset > last.offset + 1)) events.gap(ch, 'unknown')
  const meta: AckedMeta = { offset, ...(id !== undefined && { id }) }
  events.message(ch, ev, data, meta)
}

const closeCodes: Readonly<Record<number, (end: SessionEnd) => Failure>> = {
  4000: (end) => ({
    verdict: 'retry',
    error: new RealtimeError('protocol.violation', 'Server did not understand us', toDetails(end)),
  }),
  4001: () => ({ verdict: 'stop', error: new RealtimeError('auth.failed', 'Server refused the token', {}) }),
  4002: (end) => ({
    verdict: 'stop',
    error: new RealtimeError('connection.refused', 'Server does not want this client', toDetails(end)),
  }),
  4003: (end) => ({
    verdict: 'stop',
    error: new RealtimeError('connection.replaced', 'Another client took the identity', toDetails(end)),
  }),
  4100: (end) => ({
    verdict: 'retry-now',
    error: new RealtimeError('connection.lost', 'Server asked to come again', toDetails(end)),
  }),
}

const toFailure = (end: SessionEnd): Failure | undefined => closeCodes[end.code ?? 0]?.(end)

const toDetails = ({ code, reason }: SessionEnd): { code?: number; reason?: string } => ({
  ...(code !== undefined && { code }),
  ...(reason && { reason }),
})
