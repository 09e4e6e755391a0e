import {
  type AckedServer,
  createAckedProtocol,
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  settled,
} from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import * as core from './index.ts'
import * as kit from './kit.ts'

type Options = core.ClientOptions<core.Channels, core.Capabilities, core.Meta, string>

export interface Setup extends Partial<Omit<Options, 'protocol'>> {
  readonly can?: Partial<core.Capabilities>
  readonly protocol?: Partial<kit.Protocol>
  readonly ready?: kit.Ready
  readonly joins?: 'by hand' | 'at once'
  readonly server?: AckedServer
}

/** The far end of one session: what arrived, and what its link is to report. */
export interface Far extends kit.LinkEvents {
  readonly requests: kit.SubscribeRequest[]
  readonly published: kit.OutgoingMessage[]
  /** Settles the first publish with this payload. */
  settle(payload: string, settlement: kit.Settlement): void
  refuse(key: string, retry?: Parameters<kit.LinkEvents['refused']>[2]): void
}

/**
 * A client over a protocol of plain words: `sub a b*` (the star: recover), `unsub a`, `pub a 1`, `pub! a 1`
 * (sent again). The far end is ready at once; all else it does is a call of `far()`.
 * Whatever a test leaves behind, or is reported to it without being asked for, fails it.
 */
export function setup({ can, protocol, server, ready = {}, joins = 'by hand', ...options }: Setup = {}) {
  const clock = createFakeClock()
  const transport = createMemoryTransport({ clock, autoAccept: true })
  const signals = createFakeSignals()
  const fars: Far[] = []
  const readiness = { ready }
  const words: kit.Protocol = {
    name: 'words',
    capabilities: { presence: true, publish: 'anyone', ack: 'exactly-once', history: true, ...can },
    separator: '.',
    outbox: kit.createOutbox,
    presence: kit.createPresence,
    open(session, events) {
      const far: Far = {
        ...{ ...events, published: [], requests: [] },
        settle(payload, settlement) {
          const { id } = far.published.find((message) => message.payload === payload) as kit.OutgoingMessage
          events.settled(id, settlement)
        },
        refuse: (channel, retry) =>
          events.refused(channel, new core.RealtimeError('channel.rejected', 'No', { channel }), retry),
      }
      fars.push(far)
      queueMicrotask(() => events.ready(readiness.ready))
      return {
        receive: (frame) => events.message('a', 'bytes', frame, undefined, toText),
        subscribe(requests) {
          far.requests.push(...requests)
          session.send(['sub', ...requests.map(({ key, recover }) => (recover ? `${key}*` : key))].join(' '))
          if (joins === 'at once') for (const { key } of requests) events.joined(key)
        },
        unsubscribe: (key) => session.send(`unsub ${key}`),
        update: (key, how) => session.send(`update ${key} ${JSON.stringify(how)}`),
        publish(message) {
          const { key, payload, resent, delivery, options } = message
          far.published.push(message)
          session.send(`pub${resent ? '!' : ''} ${key} ${payload}`)
          return options['pending'] || /least|exactly/.test(delivery) ? 'pending' : 'sent'
        },
      }
    },
    ...protocol,
  }
  server?.attach(transport)
  const client = core.createClient<core.Capabilities, core.Meta, string, core.Channels>({
    ...{ url: 'memory://far', backoff: { jitter: 0 }, transport, clock, signals, ...options },
    protocol: server ? createAckedProtocol() : words,
  })
  const errors: core.RealtimeError[] = []
  client.onError((error) => errors.push(error))
  onTestFinished(async () => {
    await client.close()
    await settled()
    const left = { timers: clock.pending, sessions: transport.open.length, listeners: signals.listeners }
    expect({ errors, ...left }).toEqual({ errors: [], timers: [], sessions: 0, listeners: 0 })
  })
  return {
    ...{ client, clock, transport, fars, readiness },
    far: (): Far => fars.at(-1) as Far,
    drop: (): Promise<void> => Promise.resolve(transport.last.drop()).then(settled),
    /** A drop, and the reconnect that follows it after a second at most. */
    async blink(next: kit.Ready = readiness.ready): Promise<void> {
      readiness.ready = next
      transport.last.drop()
      await clock.advance(1000)
    },
    frames: (): kit.Frame[] => [...transport.last.sent],
    /** The errors reported so far, which are then expected. */
    takeErrors: (): core.RealtimeError[] => errors.splice(0),
  }
}

export async function connected(options: Setup = {}) {
  const parts = setup(options)
  return parts.client.connect().then(() => parts)
}

/** Every state from now on, a joined one with its continuity. */
export function statesOf(status: core.Store<core.ChannelStatus>): string[] {
  const log: string[] = []
  status.subscribe((now) => log.push(now.state === 'joined' ? `joined ${now.continuity}` : now.state))
  return log
}

const toText = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array)
