import {
  type Frame,
  type Link,
  type LinkEvents,
  type LinkSession,
  type OutgoingMessage,
  RealtimeError,
} from '@org/realtime-core/kit'
import { checkSize } from '../publish-frame.ts'
import type { Dialect, Incoming } from './dialect.ts'

/** One connection that speaks a dialect. */
export function openCodecLink(
  session: LinkSession,
  events: LinkEvents,
  dialect: Dialect,
  credentials: unknown,
): Link {
  const { heartbeat, maxOutgoingBytes } = dialect
  const answers = new Set(dialect.answers)
  /** The channels that the server has let us into, or counts as if. */
  const channels = new Set<string>()
  const awaited = new Map<string, OutgoingMessage>()
  let isOver = false

  const send = (frame: Frame | undefined): void => {
    if (frame !== undefined) session.send(frame)
  }
  const ready = (): void => {
    const { everyMs, answerMs } = heartbeat ?? {}
    const isAnswered = answerMs !== undefined
    events.ready({
      heartbeat: {
        ...(everyMs !== undefined && { sendIdleMs: everyMs }),
        ...(everyMs !== undefined && isAnswered && { receiveIdleMs: everyMs, answerMs }),
      },
    })
  }
  const joined = (channel: string): void => {
    channels.add(channel)
    events.joined(channel)
  }
  const beat = (): void => send(heartbeat?.frame instanceof Function ? heartbeat.frame() : heartbeat?.frame)

  const take = (incoming: Incoming): void => {
    switch (incoming.type) {
      case 'message': {
        const { channel, event, payload, meta } = incoming
        return events.message(channel, event, payload, meta)
      }
      case 'ready':
        return ready()
      case 'denied': {
        const { message = 'Server refused the credentials', final = true } = incoming
        const error = new RealtimeError('auth.failed', message, { retry: !final })
        return events.fail(final ? 'stop' : 'retry', error)
      }
      case 'joined':
        return joined(incoming.channel)
      case 'refused': {
        const { channel, code, retryMs } = incoming
        channels.delete(channel)
        const details = { channel, ...(code !== undefined && { code }) }
        const error = new RealtimeError('channel.rejected', `Server refused ${channel}`, details)
        return events.refused(channel, error, retryMs !== undefined && { afterMs: retryMs })
      }
      case 'ack':
        return awaited.delete(incoming.id) ? events.settled(incoming.id, 'acknowledged') : undefined
      case 'nack':
        return nack(incoming)
      case 'pong':
        return events.pong()
      default:
        incoming satisfies never
        // A promise, perhaps.
        throw new TypeError(`decode() returned what has no type of the table: ${Object(incoming).type}`)
    }
  }

  const nack = ({ id, code }: Incoming & { readonly type: 'nack' }): void => {
    const { key: channel = '', event = '' } = awaited.get(id) ?? {}
    const details = { channel, event, id, ...(code !== undefined && { code }) }
    const refused = new RealtimeError('publish.refused', `Server refused ${event || id}`, details)
    if (awaited.delete(id)) events.settled(id, { refused })
    else events.error(refused)
  }

  const publish = (message: OutgoingMessage): 'sent' | 'pending' => {
    const { key: channel, event, id, payload: encoded, delivery } = message
    const ack = answers.has('publish') && delivery === 'at-least-once'
    const isJson = typeof encoded === 'string' && !dialect.encode
    const payload: unknown = isJson ? JSON.parse(encoded) : encoded
    const frame = dialect.publish?.({ channel, event, payload, id, ack }) as Frame
    checkSize(frame, maxOutgoingBytes, message)
    session.send(frame)
    if (!ack) return 'sent'
    awaited.set(id, message)
    return 'pending'
  }

  const link: Link = {
    receive(frame) {
      try {
        // A dialect may keep what it is given; the bytes of a transport are not to be kept.
        const read = dialect.decode(typeof frame === 'string' ? frame : new Uint8Array(frame))
        for (const incoming of Array.isArray(read) ? read : read ? [read] : []) if (!isOver) take(incoming)
      } catch (error) {
        throw RealtimeError.from(error, 'message.malformed', 'Frame cannot be read', {})
      }
    },
    subscribe(requests) {
      for (const { key } of requests) {
        if (channels.has(key)) joined(key)
        else {
          send(dialect.subscribe?.(key))
          if (!answers.has('subscribe')) joined(key)
        }
      }
    },
    ...(dialect.unsubscribe && {
      unsubscribe(channel) {
        channels.delete(channel)
        send(dialect.unsubscribe?.(channel))
      },
    }),
    ...(dialect.publish && { publish }),
    ...(heartbeat && { beat }),
    ...(heartbeat?.answerMs !== undefined && { ping: beat }),
    goodbye: () => send(dialect.goodbye?.()),
    ended(end) {
      const verdict = dialect.ended?.(end)
      const { code = 0, reason = '' } = end
      const ending = verdict === 'stop' ? 'connection.refused' : 'connection.lost'
      const sentence = `Server ended the connection with ${code}`
      return verdict && { verdict, error: new RealtimeError(ending, sentence, { code, reason }) }
    },
    dispose() {
      isOver = true
    },
  }

  send(dialect.hello?.(typeof credentials === 'string' ? credentials : undefined))
  if (!answers.has('hello')) ready()
  return link
}
