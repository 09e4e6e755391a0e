import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  type MemoryPeer,
  settled,
} from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import { createClient } from './client.ts'
import { type ErrorCode, RealtimeError } from './errors.ts'
import { createOutbox } from './outbox.ts'
import type { Link, LinkEvents, Protocol, Ready, Verdict } from './protocol.ts'

const endings: Readonly<Record<number, readonly [Verdict, ErrorCode]>> = {
  4001: ['stop', 'auth.failed'],
  4002: ['stop', 'connection.refused'],
  4100: ['retry-now', 'connection.lost'],
}

export const toError = (code: ErrorCode) => new RealtimeError(code, 'Said by the peer', {} as never)

/**
 * A protocol whose frames are the reports of a link: the name, then what it is called with; an error is
 * its code. What the client says is a frame of words. `change` edits each link before it is used.
 */
export function testProtocol(change?: (link: Link, events: LinkEvents) => void): Protocol {
  return {
    name: 'test',
    capabilities: { presence: false, publish: 'anyone', ack: 'at-least-once', history: true },
    separator: '.',
    subprotocols: ['test.v1'],
    outbox: createOutbox,
    open(session, events, { credentials }) {
      const say = (...words: unknown[]): void => session.send(JSON.stringify(words))
      const link: Link = {
        receive(frame) {
          const [name, ...values] = JSON.parse(String(frame))
          if (name === 'fail') events.fail(values[0], toError(values[1]))
          else Reflect.get(events, name)?.(...values)
        },
        ping: () => say('ping'),
        subscribe: (requests) => say('subscribe', ...requests.map(({ key }) => key)),
        unsubscribe: (key) => say('unsubscribe', key),
        publish({ id, key, payload, delivery }) {
          say('publish', key, JSON.parse(String(payload)), id)
          return delivery === 'at-least-once' ? 'pending' : 'sent'
        },
        refresh: (fresh) => say('refresh', fresh),
        goodbye: () => say('goodbye'),
        ended({ code = 0 }) {
          const [verdict, error] = endings[code] ?? []
          return verdict && error && { verdict, error: toError(error) }
        },
      }
      change?.(link, events)
      say('hello', credentials ?? null)
      return link
    },
  }
}

/** What a peer says: `tell(peer, 'joined', 'room')`. */
export const tell = (peer: MemoryPeer, ...report: [keyof LinkEvents, ...unknown[]]): void =>
  peer.send(JSON.stringify(report))

/** What the client said to a peer, word by word. */
export const said = (peer: MemoryPeer): unknown[][] => peer.sent.map((frame) => JSON.parse(String(frame)))

/** Accepts a dial and the handshake. */
export async function accept(peer: MemoryPeer, ready: Ready = {}): Promise<MemoryPeer> {
  peer.accept()
  tell(peer, 'ready', ready)
  await settled()
  return peer
}

/** Plays a healthy server on one session: whatever the client asks is answered. */
export function serve(peer: MemoryPeer, ready: Ready = {}): void {
  peer.accept()
  peer.onFrame((frame) => {
    const [word, ...rest] = JSON.parse(String(frame)) as string[]
    if (word === 'hello') tell(peer, 'ready', ready)
    if (word === 'ping') tell(peer, 'pong')
    if (word === 'subscribe') for (const key of rest) tell(peer, 'joined', key)
    if (word === 'publish') tell(peer, 'settled', rest[2], 'acknowledged')
  })
}

export const CLEAN = { timers: [], open: [], listeners: 0 }

type Options = Partial<Parameters<typeof createClient>[0]> & { readonly seed?: number }

/** A client with everything around it in the hands of the test. At its end nothing may be left, nor any error. */
export function setup({ seed = 1, ...options }: Options = {}) {
  const clock = createFakeClock({ seed })
  const transport = createMemoryTransport({ clock })
  const signals = createFakeSignals()
  const base = { protocol: testProtocol(), url: 'wss://far.example/socket', clock, transport, signals }
  const client = createClient({ ...base, ...options })
  const statuses: string[] = []
  const errors: string[] = []
  let last = 'idle'
  client.status.subscribe(({ status }) => {
    if (status !== last) statuses.push(status)
    last = status
  })
  client.onError(({ code }) => errors.push(code))
  const left = () => ({ timers: clock.pending, open: transport.open, listeners: signals.listeners })
  onTestFinished(async () => {
    await Promise.race([client.close(), settled()])
    expect({ ...left(), errors }, 'left behind').toEqual({ ...CLEAN, errors: [] })
  })
  const dial = async (): Promise<MemoryPeer> => {
    client.connect().catch(() => {})
    await settled()
    return transport.last
  }
  const connect = async (ready?: Ready): Promise<MemoryPeer> => accept(await dial(), ready)
  return { client, clock, transport, signals, statuses, errors, left, dial, connect }
}
