import {
  type Link,
  type OutgoingMessage,
  RealtimeError,
  type Settlement,
  type SubscribeRequest,
} from '@org/realtime-core/kit'
import { toMatched } from '../codec/topics.ts'
import type { Names } from '../names.ts'
import { toPacket } from '../outgoing.ts'
import type { TopicTrie } from '../topic-trie.ts'
import type { ForeignMqtt } from './foreign.ts'
import type { Share } from './share.ts'

/** What a link tells, over whatever line is up by then. */
export interface Reports {
  joined(channel: string): void
  refused(channel: string, error: RealtimeError): void
  settled(id: string, settlement: Settlement): void
  lost(channel: string): void
}

export interface ForeignLink extends Link {
  /** The owner of the foreign client has unsubscribed its filter. */
  lose(channel: string): void
}

/** The foreign client at work for us. It keeps what is in flight over lost connections by itself. */
export function createForeignLink(
  foreign: ForeignMqtt,
  names: Names,
  routes: TopicTrie,
  share: Share,
  reports: Reports,
): ForeignLink {
  const known = new Set<string>()

  const subscribe = ({ key, options }: SubscribeRequest): void => {
    const filter = names.toFilter(key)
    const refuse = (code: number, cause?: unknown): void =>
      reports.refused(
        key,
        new RealtimeError('channel.rejected', `Cannot subscribe to ${key}`, { channel: key, code }, cause),
      )
    if (filter === undefined) return refuse(0x8f)
    if (!known.has(key)) routes.add(toMatched(filter), key)
    known.add(key)
    const { qos = 0 } = options as { qos?: 0 | 1 | 2 }
    share.subscribe(key, filter, qos, (error, granted = []) => {
      const code = granted[0]?.qos
      if (error || (code !== undefined && code > 2)) return refuse(code ?? 0x80, error ?? undefined)
      reports.joined(key)
    })
  }

  const forget = (channel: string): boolean => {
    const isKnown = known.delete(channel)
    if (isKnown) routes.remove(toMatched(names.toFilter(channel) ?? ''), channel)
    return isKnown
  }

  return {
    receive() {},
    subscribe(requests) {
      for (const request of requests) subscribe(request)
    },
    unsubscribe(channel) {
      forget(channel)
      share.release(channel)
    },
    lose(channel) {
      if (forget(channel)) reports.lost(channel)
    },
    publish(message) {
      const { topic, qos, retain, properties } = toPacket(message, names)
      const options = { qos, retain, ...(properties && { properties }) }
      foreign.publish(topic, message.payload as never, options, (error) => {
        if (qos) reports.settled(message.id, error ? { refused: refused(message, error) } : 'acknowledged')
      })
      return qos ? 'pending' : 'sent'
    },
    dispose() {
      for (const channel of known) forget(channel)
    },
  }
}

function refused({ key: channel, event, id }: OutgoingMessage, cause?: unknown): RealtimeError {
  const details = { channel, event, id }
  return new RealtimeError('publish.refused', `Cannot publish ${event} to ${channel}`, details, cause)
}
