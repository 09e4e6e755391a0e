import {
  createAckedProtocol,
  createAckedServer,
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  settled,
} from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClient, type DeliveryOf, RealtimeError } from './index.ts'

type Delivery = DeliveryOf<'at-least-once'>

const RUNS = { seed: 20261121, numRuns: 300 }
const CHANNELS = ['a', 'b'] as const

/** What may go wrong between client and server, as words: those that count more come more often. */
const FAULTS = [
  ...['wait 0', 'wait 1', 'wait 30', 'wait 400', 'wait 400', 'wait 3000', 'wait 3000', 'wait 40000'],
  ...['drop', 'drop', 'outage', 'restore', 'restore', 'stall', 'break-send', 'reconnect', 'pause', 'resume'],
  ...['withhold ack', 'withhold subbed', 'withhold msg', 'withhold welcome', 'withhold pong', 'release'],
  ...['drain 0', 'drain 500', 'refuse a', 'refuse b'],
  ...['buffered 0', 'buffered 2000000'],
]

/** Steps of a run: what it is about, and faults. */
const runOf = (subjects: readonly string[], maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(fc.oneof(fc.constantFrom(...subjects), fc.constantFrom(...FAULTS)), { maxLength, size: 'max' })

const latency = fc.constantFrom(0, 0, 7, 200)

function setup(seed: number, latencyMs: number) {
  const clock = createFakeClock({ seed })
  const transport = createMemoryTransport({ clock, latencyMs })
  const signals = createFakeSignals()
  const server = createAckedServer({ historyLimit: 8 })
  server.attach(transport)
  const client = createClient({
    protocol: createAckedProtocol(),
    url: 'memory://far',
    backoff: { capMs: 2000 },
    ...{ transport, clock, signals },
  })

  const verbs: Readonly<Record<string, (value: string) => unknown>> = {
    wait: (ms) => clock.advance(Number(ms)),
    drop: () => server.dropAll(),
    outage: () => server.outage(),
    restore: () => server.restore(),
    stall: () => transport.open.map((peer) => peer.stall()),
    'break-send': () => transport.sessions.at(-1)?.failSend(),
    reconnect: () => client.reconnectNow(),
    pause: () => client.pause(),
    resume: () => client.resume(),
    withhold: (type) => server.withhold(type),
    release: () => server.release(),
    drain: (ms) => server.drain(Number(ms)),
    refuse: (channel) => server.refuse(channel, { retryMs: 700 }),
    buffered(bytes) {
      for (const peer of transport.open) peer.bufferedBytes = Number(bytes)
    },
  }

  /** Does one step: one of `own`, or a fault. */
  const take = async (step: string, own: typeof verbs): Promise<void> => {
    const [verb = '', ...values] = step.split(' ')
    await { ...verbs, ...own }[verb]?.(values.join(' '))
    await settled()
  }

  /** All works again, for long enough; the drop brings out what a half-open or mute session has kept. */
  const heal = async (): Promise<void> => {
    server.restore()
    server.release()
    for (const name of CHANNELS) server.allow(name)
    client.resume()
    await clock.advance(1000)
    for (const peer of transport.open) if (peer.state === 'open') peer.drop()
    await clock.advance(120_000)
  }

  const finish = async (): Promise<void> => {
    await client.close()
    // What is still on the wire arrives.
    transport.latencyMs = 0
    await clock.advance(1000)
    const left = { timers: clock.pending, sessions: transport.open.length, listeners: signals.listeners }
    expect(left).toEqual({ timers: [], sessions: 0, listeners: 0 })
  }
  return { clock, server, client, take, heal, finish }
}

describe('publishes over any faults', () => {
  const publishes = CHANNELS.flatMap((channel) =>
    ['at-least-once', 'at-least-once', 'at-most-once', 'volatile'].map((how) => `publish ${channel} ${how}`),
  )

  it('at least once arrive exactly once and in order per channel, and all receipts tell the truth', () =>
    fc.assert(
      fc.asyncProperty(runOf(publishes, 40), fc.nat(), latency, async (run, seed, latencyMs) => {
        const { server, client, take, heal, finish } = setup(seed, latencyMs)
        const made: { readonly channel: string; readonly delivery: string; end: string }[] = []
        const publish = (value: string): void => {
          const [channel = '', delivery = ''] = value.split(' ')
          const entry = { channel, delivery, end: 'none' }
          const options = { delivery: delivery as Delivery }
          client
            .untyped(channel)
            .publish('said', made.push(entry) - 1, options)
            .then(
              ({ outcome }) => {
                entry.end = outcome
              },
              (error) => {
                entry.end = RealtimeError.is(error) ? error.code : String(error)
              },
            )
        }
        for (const step of run) await take(step, { publish })
        await heal()

        const first = server.received.filter(({ duplicate }) => !duplicate)
        const times = (payload: number): number => first.filter((entry) => entry.payload === payload).length
        for (const [payload, { delivery, end }] of made.entries()) {
          if (delivery === 'at-least-once')
            expect([payload, end, times(payload)]).toEqual([payload, 'acknowledged', 1])
          else {
            expect(delivery === 'volatile' ? ['sent', 'dropped'] : ['sent', 'dropped', 'unknown']).toContain(
              end,
            )
            expect(times(payload)).toBeLessThanOrEqual(end === 'dropped' ? 0 : 1)
          }
        }
        for (const channel of CHANNELS) {
          const arrived = first.flatMap((entry) => (entry.channel === channel ? [Number(entry.payload)] : []))
          expect(arrived).toEqual([...arrived].sort((a, b) => a - b))
        }
        for (const { id } of first) {
          const same = server.received.filter((entry) => entry.id === id)
          expect(same.filter(({ resent }) => !resent).length).toBeLessThanOrEqual(1)
        }
        await finish()
      }),
      RUNS,
    ))

  it('all settle at close(), whatever state they are in', () =>
    fc.assert(
      fc.asyncProperty(runOf(publishes, 30), fc.nat(), latency, async (run, seed, latencyMs) => {
        const { client, take, finish } = setup(seed, latencyMs)
        let open = 0
        const over = (): void => void open--
        const publish = (value: string): void => {
          const [channel = '', delivery = ''] = value.split(' ')
          open++
          client
            .untyped(channel)
            .publish('said', 1, { delivery: delivery as Delivery })
            .then(over, over)
        }
        for (const step of run) await take(step, { publish })
        void client.close()
        await settled()
        expect(open).toBe(0)
        await finish()
      }),
      RUNS,
    ))
})

describe('a subscriber over any faults', () => {
  const said = ['say', 'say', 'say', 'say', 'say', 'lose', 'evict', 'reset-epoch', 'rejoin']

  it('gets each message once and in order, or is told of the gap before it', () =>
    fc.assert(
      fc.asyncProperty(runOf(said, 40), fc.nat(), latency, async (run, seed, latencyMs) => {
        const { server, client, clock, take, heal, finish } = setup(seed, latencyMs)
        const plain: unknown[] = []
        const held: unknown[] = []
        const room = client.untyped('a')
        const other = client.untyped('a')
        const listen = (): void => {
          room.on('said', (payload) => plain.push(payload))
          room.onGap(() => plain.push('gap'))
        }
        listen()
        other.on('said', (payload) => held.push(payload))
        other.onGap(() => {
          held.push('gap')
          return new Promise<void>((resolve) => clock.after(50, resolve))
        })
        let count = 0
        const own = {
          say: () => server.publish('a', 'said', count++),
          lose: () => server.lose('a', 'said', count++),
          evict: () => server.evict('a'),
          'reset-epoch': () => server.resetEpoch('a'),
          rejoin() {
            room.leave({ now: true })
            plain.push('gap')
            listen()
          },
        }
        for (const step of run) await take(step, own)
        await heal()
        server.publish('a', 'said', count)
        await clock.advance(1000)

        for (const log of [plain, held]) {
          const payloads = log.filter((entry) => entry !== 'gap').map(Number)
          expect(payloads.at(-1)).toBe(count)
          expect(payloads).toEqual([...new Set(payloads)].sort((a, b) => a - b))
          let gaps = 0
          let last: number | undefined
          for (const entry of log) {
            if (entry === 'gap') gaps++
            else {
              const isHole = last !== undefined && entry !== last + 1
              if (isHole) expect([log, entry, gaps]).not.toEqual([log, entry, 0])
              // While a handler is at work, gaps are told before what was held: there they add up.
              if (log === plain) gaps = 0
              else if (isHole) gaps--
              last = Number(entry)
            }
          }
        }
        await finish()
      }),
      RUNS,
    ))
})
