import {
  type Link,
  type OutgoingMessage,
  RealtimeError,
  type Settlement,
  type SubscribeRequest,
} from '@org/realtime-core/kit'
import { toMatched } from '../codec/topics.ts'
import type { Names } from '../names.ts'
import type { TopicTrie } from '../topic-trie.ts'
import type { ForeignMqtt } from './foreign.ts'

/** What a link tells, over whatever line is up by then. */
export interface Reports {
  joined(channel: string): void
  refused(channel: string, error: RealtimeError): void
  settled(id: string, settlement: Settlement): void
}

const levels = { volatile: 0, 'at-most-once': 0, 'at-least-once': 1, 'exactly-once': 2 } as const

/** The foreign client at work for us. It keeps what is in flight over lost connections by itself. */
export function createForeignLink(
  foreign: ForeignMqtt,
  names: Names,
  routes: TopicTrie,
  /** Filters that nobody had before us, by channel: they are ours across reconnects. */
  ours: Map<string, string>,
  reports: Reports,
): Link {
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
    foreign.subscribe(filter, { qos }, (error, granted = []) => {
      const code = granted[0]?.qos
      if (error || (code !== undefined && code > 2)) return refuse(code ?? 0x80, error ?? undefined)
      // Without an answer of the server somebody had it already.
      if (code !== undefined) ours.set(key, filter)
      reports.joined(key)
    })
  }

  return {
    receive() {},
    subscribe(requests) {
      for (const request of requests) subscribe(request)
    },
    unsubscribe(channel) {
      const filter = names.toFilter(channel) ?? ''
      if (known.delete(channel)) routes.remove(toMatched(filter), channel)
      if (ours.delete(channel)) foreign.unsubscribe(filter)
    },
    publish(message) {
      const topic = names.toTopic(message.key, message.event)
      if (topic === undefined) throw refused(message)
      const qos = levels[message.delivery]
      const { retain = false, properties } = message.options as { retain?: boolean; properties?: object }
      const options = { qos, retain, ...(properties && { properties }) }
      foreign.publish(topic, message.payload as never, options, (error) => {
        if (qos) reports.settled(message.id, error ? { refused: refused(message, error) } : 'acknowledged')
      })
      return qos ? 'pending' : 'sent'
    },
    dispose() {
      for (const channel of known) routes.remove(toMatched(names.toFilter(channel) ?? ''), channel)
      known.clear()
    },
  }
}

function refused({ key: channel, event, id }: OutgoingMessage, cause?: unknown): RealtimeError {
  const details = { channel, event, id }
  return new RealtimeError('publish.refused', `Cannot publish ${event} to ${channel}`, details, cause)
}
