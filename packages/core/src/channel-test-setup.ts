import { createFakeClock, createFakeSignals, createMemoryTransport, settled } from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import type { Client } from './api.ts'
import { type ClientOptions, createClient } from './client.ts'
import { RealtimeError } from './errors.ts'
import { createOutbox } from './outbox.ts'
import { createPresence } from './presence.ts'
import type { Capabilities, LinkEvents, Meta, OutgoingMessage, Protocol, Ready, SubscribeRequest } from './protocol.ts'
import type { Channels } from './registry.ts'
import type { Store } from './store.ts'
import type { ChannelStatus } from './subscription.ts'
import type { Frame } from './transport.ts'

type Options = Partial<Omit<ClientOptions<Channels, Capabilities, Meta, string>, 'protocol'>>

export interface Setup extends Options {
  readonly can?: Partial<Capabilities>
  readonly protocol?: Partial<Protocol>
  readonly ready?: Ready
  /** What the far end does with joins. @default 'by hand' */
  readonly joins?: 'by hand' | 'at once'
}

/** The far end of one session, played by calling what its link reports. */
export interface Far extends LinkEvents {
  readonly requests: SubscribeRequest[]
  readonly published: OutgoingMessage[]
  /** Settles the first publish with this payload. */
  settle(payload: string, settlement: Parameters<LinkEvents['settled']>[1]): void
  refuse(key: string, retry?: Parameters<LinkEvents['refused']>[2]): void
}

/**
 * A client over a protocol of plain words: `sub a b*` (the star: recover), `unsub a`, `pub a 1`, `pub! a 1`
 * (sent again). The far end says one word, its readiness; all else it does is a call of `far()`.
 * Whatever is left behind by a test, or reported without being asked for, fails it.
 */
export function setup({ can, protocol, ready = {}, joins = 'by hand', ...options }: Setup = {}) {
  const clock = createFakeClock()
  const transport = createMemoryTransport()
  const signals = createFakeSignals()
  const fars: Far[] = []
  const readiness = { ready }
  transport.onDial((peer) => {
    peer.accept()
    peer.send('ready')
  })
  const words: Protocol = {
    name: 'words',
    capabilities: { presence: true, publish: 'anyone', ack: 'exactly-once', history: true, ...can },
    separator: '.',
    outbox: createOutbox,
    presence: createPresence,
    open(session, events) {
      const far = play(events)
      fars.push(far)
      return {
        receive(frame) {
          if (frame === 'ready') events.ready(readiness.ready)
          else events.message(...toMessage(frame))
        },
        subscribe(requests) {
          far.requests.push(...requests)
          session.send(['sub', ...requests.map(({ key, recover }) => (recover ? `${key}*` : key))].join(' '))
          if (joins === 'at once') for (const { key } of requests) events.joined(key)
        },
        unsubscribe: (key) => session.send(`unsub ${key}`),
        publish(message) {
          const { key, payload, resent, delivery, options } = message
          far.published.push(message)
          session.send(`pub${resent ? '!' : ''} ${key} ${payload}`)
          return delivery.startsWith('at-most') && !options['pending'] ? 'sent' : 'pending'
        },
      }
    },
    ...protocol,
  }
  const client: Client<Channels, Capabilities> = createClient({
    url: 'memory://far',
    backoff: { jitter: 0 },
    ...{ transport, clock, signals },
    ...options,
    protocol: words,
  })
  const errors: RealtimeError[] = []
  client.onError((error) => errors.push(error))
  const far = (): Far => fars.at(-1) as Far
  const drop = async (): Promise<void> => {
    transport.last.drop()
    await settled()
  }
  /** A drop, and the reconnect that follows it after a second at most. */
  const blink = async (next: Ready = readiness.ready): Promise<void> => {
    readiness.ready = next
    await drop()
    await clock.advance(1000)
  }
  onTestFinished(async () => {
    await client.close()
    await settled()
    const left = { timers: clock.pending, sessions: transport.open.length, listeners: signals.listeners }
    expect({ errors: errors.splice(0), ...left }).toEqual({ errors: [], timers: [], sessions: 0, listeners: 0 })
  })
  return {
    ...{ client, clock, transport, signals, fars, far, drop, blink, readiness },
    /** What the client sent over the newest session. */
    frames: (): Frame[] => [...transport.last.sent],
    /** The errors reported so far, which are then expected. */
    takeErrors: (): RealtimeError[] => errors.splice(0),
  }
}

export async function connected(options: Setup = {}) {
  const kit = setup(options)
  await kit.client.connect()
  return kit
}

/** Every state from now on, a joined one with its continuity. */
export function statesOf(status: Store<ChannelStatus>): string[] {
  const log: string[] = []
  status.subscribe((now) => log.push(now.state === 'joined' ? `joined ${now.continuity}` : now.state))
  return log
}

function play(events: LinkEvents): Far {
  const published: OutgoingMessage[] = []
  return {
    ...{ ...events, published, requests: [] },
    settle(payload, settlement) {
      const { id = '' } = published.find((message) => message.payload === payload) ?? {}
      events.settled(id, settlement)
    },
    refuse: (channel, retry) =>
      events.refused(channel, new RealtimeError('channel.rejected', 'No', { channel }), retry),
  }
}

/** Bytes are a message of event `bytes` to channel `a`, decoded as text. */
function toMessage(frame: Frame): Parameters<LinkEvents['message']> {
  return ['a', 'bytes', frame, undefined, (bytes) => new TextDecoder().decode(bytes as Uint8Array)]
}
