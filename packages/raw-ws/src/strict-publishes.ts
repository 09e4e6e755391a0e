import {
  type Cancel,
  type Clock,
  type LinkEvents,
  type OutgoingMessage,
  RealtimeError,
} from '@org/realtime-core/kit'
import { isDirect } from './direct.ts'
import { LEAST_RETRY_MS } from './envelope.ts'
import { checkSize, toFrame } from './publish-frame.ts'
import type { Handlers } from './strict-link.ts'

/** The publishes of one link. */
export function createPublishes(events: LinkEvents, clock: Clock) {
  /** Those that will be acknowledged. */
  const awaited = new Map<string, OutgoingMessage>()
  const timers = new Set<Cancel>()

  const handlers: Pick<Handlers, 'ack' | 'nack'> = {
    ack({ id }) {
      if (awaited.delete(id)) events.settled(id, 'acknowledged')
    },
    nack({ id, code, message, retryMs, ch = '', ev = '' }) {
      const { key: channel, event } = awaited.get(id) ?? { key: ch, event: ev }
      const details = { channel, event, id, code }
      const refused = new RealtimeError('publish.refused', `Server: ${message}`, details)
      if (!awaited.delete(id)) return events.error(refused)
      if (retryMs === undefined) return events.settled(id, { refused })
      // A refusal that passes is no answer to what is kept until it is acknowledged.
      const cancel = clock.after(Math.max(retryMs, LEAST_RETRY_MS), () => {
        timers.delete(cancel)
        events.settled(id, 'resend')
      })
      timers.add(cancel)
    },
  }

  return {
    handlers,
    /** The frame of a message, of which an answer is expected from here on if one will come. */
    take(message: OutgoingMessage, limitBytes: number) {
      const { id, key, event: ev, payload, delivery } = message
      const ack = delivery === 'at-least-once' || undefined
      const to = isDirect(key) ? { t: 'send', to: key.slice(1) } : { t: 'pub', ch: key }
      const frame = toFrame({ ...to, id, ev, ack }, payload)
      checkSize(frame, limitBytes, message)
      if (ack) awaited.set(id, message)
      return frame
    },
    dispose() {
      for (const cancel of timers) cancel()
    },
  }
}
