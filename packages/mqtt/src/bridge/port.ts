import {
  type Clock,
  type ConnectionPort,
  createStore,
  type Line,
  type PortEvents,
  type Status,
  type StatusSnapshot,
} from '@org/realtime-core/kit'
import type { MqttMeta } from '../incoming.ts'
import type { Names } from '../names.ts'
import { type PayloadFormat, toCodec } from '../payloads.ts'
import { createTopicTrie } from '../topic-trie.ts'
import type { ForeignMqtt, ForeignPacket } from './foreign.ts'
import { createForeignLink, type ForeignLink } from './link.ts'
import { createShare, type Share } from './share.ts'

const nothing = (): void => {}

export interface ForeignPortOptions {
  readonly names: Names
  readonly formatOf: (topic: string) => PayloadFormat
  /** `close()` ends the foreign client too. */
  readonly own: boolean
  readonly clock: Clock
}

/** A connection port over a client that somebody else owns. */
export function createForeignPort(
  foreign: ForeignMqtt,
  { names, formatOf, own, clock }: ForeignPortOptions,
): ConnectionPort {
  const routes = createTopicTrie()
  let share: Share
  let consumer: PortEvents
  let current: { readonly line: Line; readonly link: ForeignLink; end(): void } | undefined
  /** Settlements that came while no line was up. */
  let owed: ((line: Line) => void)[] = []
  let isOpen = false
  let everConnected = false

  const toSnapshot = (status: Status): StatusSnapshot =>
    Object.freeze({
      ...{ status, attempt: 0, nextRetryAt: undefined, since: clock.date(), everConnected },
      ...({ health: 'ok', rttMs: undefined, lastError: undefined } as const),
    })
  const status = createStore<StatusSnapshot>(toSnapshot('idle'), nothing)

  const show = (): void => {
    const trying = everConnected ? 'reconnecting' : 'connecting'
    const now = !isOpen ? 'closed' : foreign.connected ? 'connected' : trying
    if (now !== status.get().status) status.set(toSnapshot(now))
  }

  /** On the line of the report as long as that is up. */
  const up = (): void => {
    let phase: Line['phase'] = 'ready'
    const link = createForeignLink(foreign, names, routes, share, {
      joined: (channel) => phase === 'ready' && consumer.joined(line, channel),
      refused: (channel, error) => phase === 'ready' && consumer.refused(line, channel, error),
      lost: (channel) => phase === 'ready' && consumer.lost(line, channel),
      // What was in flight stays so: the foreign client sends it again, and answers over the next line.
      settled(id, settlement) {
        if (current) consumer.settled(current.line, id, settlement)
        else owed.push((next) => consumer.settled(next, id, settlement))
      },
    })
    const line: Line = {
      get phase() {
        return phase
      },
      link,
      ready: { resumed: everConnected, subscriptions: 'lost', limits: { joins: Infinity } },
      bufferedBytes: 0,
      probe: nothing,
      leave: nothing,
      bye: async () => {},
    }
    current = {
      line,
      link,
      end() {
        phase = 'ended'
        current = undefined
        link.dispose?.()
        consumer.down(line)
      },
    }
    everConnected = true
    show()
    consumer.up(line, false)
    const late = owed
    owed = []
    for (const settle of late) settle(line)
  }

  const connected = (): void => {
    current?.end()
    up()
  }

  const lost = (): void => {
    current?.end()
    show()
  }

  const heard = (topic: string, payload: Uint8Array, packet: ForeignPacket): void => {
    const keys = routes.match(topic)
    if (!current || !keys.length) return
    const { qos, retain, dup, properties } = packet
    const meta: MqttMeta = {
      channel: '',
      event: '',
      topic,
      qos,
      retain,
      dup,
      properties: properties as never,
    }
    const decode = (bytes: unknown): unknown => toCodec(formatOf(topic)).decode(bytes as Uint8Array, topic)
    consumer.message(current.line, keys, names.toEvent(topic), payload, meta, decode)
  }

  const open = (): void => {
    if (isOpen) return
    isOpen = true
    share = createShare(foreign, (channel) => current?.link.lose(channel))
    foreign.on('connect', connected)
    foreign.on('close', lost)
    foreign.on('message', heard)
    if (foreign.connected) up()
    else show()
  }

  return {
    status,
    attach(events) {
      consumer = events
      open()
    },
    hold: () => nothing,
    open() {
      open()
      if (foreign.disconnecting) foreign.reconnect()
    },
    reconnectNow: nothing,
    reauthenticate: nothing,
    pause: nothing,
    resume: nothing,
    retire: nothing,
    async close() {
      if (!isOpen) return
      isOpen = false
      foreign.removeListener('connect', connected)
      foreign.removeListener('close', lost)
      foreign.removeListener('message', heard)
      owed = []
      current?.end()
      share.end()
      show()
      if (own) foreign.end()
    },
  }
}
