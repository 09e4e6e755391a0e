import {
  createOutbox,
  type LinkEvents,
  type Meta,
  type Protocol,
  RealtimeError,
} from '@org/realtime-core/kit'

export type SendOnlyCapabilities = typeof capabilities

const capabilities = { presence: false, publish: 'anyone', ack: false, history: false } as const

/** How often the client shows that it is there; the server never answers that. */
const BEAT_MS = 20_000

/**
 * A protocol that can prove nothing: lines of text, no acknowledgement of anything, no way to leave a
 * channel and no answer to a heartbeat. The first line from the server is its greeting.
 */
export function createSendOnlyProtocol(): Protocol<SendOnlyCapabilities, Meta, '/'> {
  return {
    name: 'send-only',
    capabilities,
    separator: '/',
    outbox: createOutbox,
    encode: (payload) => JSON.stringify(payload) ?? 'null',
    open(session, events) {
      let isGreeted = false
      return {
        receive(frame) {
          if (typeof frame !== 'string') throw malformed()
          if (isGreeted) return handle(frame, events)
          if (!frame.startsWith('hello')) throw malformed()
          isGreeted = true
          events.ready({ heartbeat: { sendIdleMs: BEAT_MS } })
        },
        beat: () => session.send('beat'),
        subscribe(requests) {
          for (const { key } of requests) {
            session.send(`join ${toWire(key)}`)
            events.joined(key)
          }
        },
        publish({ key, event, payload }) {
          session.send(`say ${toWire(key)} ${encodeURIComponent(event)} ${payload}`)
          return 'sent'
        },
      }
    },
  }
}

/** The name map: `room/1` is `#room%2F1` on the wire, so that no name can hold a space. */
export const toWire = (channel: string): string => `#${encodeURIComponent(channel)}`

export function fromWire(name: string): string {
  if (!name.startsWith('#')) throw malformed()
  return decode(name.slice(1))
}

function handle(frame: string, events: LinkEvents): void {
  const [verb = '', name = '', ...rest] = frame.split(' ', 4)
  if (verb === 'denied') {
    const [code = '', retryMs] = rest
    const channel = fromWire(name)
    const error = new RealtimeError('channel.rejected', `Server refused ${channel}: ${code}`, {
      channel,
      code,
    })
    return events.refused(channel, error, retryMs === undefined ? false : { afterMs: Number(retryMs) })
  }
  const [event] = rest
  if (verb !== 'said' || event === undefined) throw malformed()
  const payload = frame.slice(verb.length + name.length + event.length + 3)
  events.message(fromWire(name), decode(event), payload, undefined, parse)
}

const parse = (payload: unknown): unknown => JSON.parse(payload as string)

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed()
  }
}

const malformed = (): RealtimeError =>
  new RealtimeError('message.malformed', 'Frame is not one of this protocol', {})
