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
import { createClient, type Delivery, RealtimeError } from './index.ts'

const RUNS = { numRuns: 300 }
const CHANNELS = ['a', 'b'] as const

/** What may go wrong between client and server. */
type Fault =
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'drop' | 'outage' | 'restore' | 'stall' | 'breakSend' | 'reconnect' | 'pause' | 'resume' }
  | { readonly type: 'withhold'; readonly frames: string }
  | { readonly type: 'release' }
  | { readonly type: 'drain'; readonly ms: number }
  | { readonly type: 'refuse'; readonly channel: string; readonly retryMs: number }
  | { readonly type: 'latency'; readonly ms: number }
  | { readonly type: 'buffered'; readonly bytes: number }

const channel = fc.constantFrom(...CHANNELS)

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('wait'), ms: fc.constantFrom(0, 1, 30, 400, 3000, 40_000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('drop', 'outage', 'restore', 'restore', 'stall') }) },
  fc.record({ type: fc.constantFrom('breakSend', 'reconnect', 'pause', 'resume', 'release') }),
  fc.record({ type: fc.constant('withhold'), frames: fc.constantFrom('ack', 'subbed', 'msg', 'welcome', 'pong') }),
  fc.record({ type: fc.constant('drain'), ms: fc.constantFrom(0, 500) }),
  fc.record({ type: fc.constant('refuse'), channel, retryMs: fc.constantFrom(1, 700) }),
  fc.record({ type: fc.constant('latency'), ms: fc.constantFrom(0, 0, 7, 200) }),
  fc.record({ type: fc.constant('buffered'), bytes: fc.constantFrom(0, 2_000_000) }),
)

function setup(seed: number) {
  const clock = createFakeClock({ seed })
  const transport = createMemoryTransport({ clock })
  const signals = createFakeSignals()
  const server = createAckedServer({ historyLimit: 8 })
  server.attach(transport)
  const client = createClient({
    protocol: createAckedProtocol(),
    url: 'memory://far',
    backoff: { capMs: 2000 },
    ...{ transport, clock, signals },
  })
  const errors: string[] = []
  client.onError(({ code }) => errors.push(code))

  const suffer = async (given: Fault): Promise<void> => {
    const last = transport.sessions.at(-1)
    if (given.type === 'wait') await clock.advance(given.ms)
    else if (given.type === 'drop') server.dropAll()
    else if (given.type === 'outage') server.outage()
    else if (given.type === 'restore') server.restore()
    else if (given.type === 'stall') for (const peer of transport.open) peer.stall()
    else if (given.type === 'breakSend') last?.failSend()
    else if (given.type === 'reconnect') client.reconnectNow()
    else if (given.type === 'pause') client.pause()
    else if (given.type === 'resume') client.resume()
    else if (given.type === 'withhold') server.withhold(given.frames)
    else if (given.type === 'release') server.release()
    else if (given.type === 'drain') server.drain(given.ms)
    else if (given.type === 'refuse') server.refuse(given.channel, { retryMs: given.retryMs })
    else if (given.type === 'latency') transport.latencyMs = given.ms
    else if (last) last.bufferedBytes = given.bytes
    await settled()
  }

  /** Everything works again, for long enough; the drop tells what a half-open or mute session has kept. */
  const heal = async (): Promise<void> => {
    server.restore()
    server.release()
    for (const name of CHANNELS) server.allow(name)
    transport.latencyMs = 0
    client.resume()
    await clock.advance(1000)
    server.dropAll()
    for (const peer of transport.open) peer.drop()
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
  return { clock, server, client, errors, suffer, heal, finish }
}

describe('publishes over any faults', () => {
  type Publish = { readonly type: 'publish'; readonly channel: string; readonly delivery: Delivery }
  const publish: fc.Arbitrary<Publish> = fc.record({
    type: fc.constant('publish'),
    channel,
    delivery: fc.constantFrom('at-least-once', 'at-least-once', 'at-most-once', 'volatile'),
  })
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: publish }, { weight: 4, arbitrary: fault }), { maxLength: 40 })

  it('at least once arrive exactly once and in order per channel, and every receipt settles truly', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
        const { server, client, suffer, heal, finish } = setup(seed)
        const ends = new Map<number, string>()
        const publishes: (Publish & { readonly payload: number })[] = []
        for (const step of run) {
          if (step.type !== 'publish') {
            await suffer(step)
            continue
          }
          const payload = publishes.length
          publishes.push({ ...step, payload })
          const { delivery } = step
          client.untyped(step.channel).publish('said', payload, { delivery }).then(
            ({ outcome }) => ends.set(payload, outcome),
            (error) => ends.set(payload, RealtimeError.is(error) ? error.code : 'not ours'),
          )
        }
        await heal()

        const first = server.received.filter(({ duplicate }) => !duplicate)
        const arrived = (of: string): unknown[] =>
          first.filter((entry) => entry.channel === of).map(({ payload }) => payload)
        for (const { payload, channel: of, delivery } of publishes) {
          const times = arrived(of).filter((other) => other === payload).length
          const end = ends.get(payload)
          if (delivery === 'at-least-once') expect([payload, end, times]).toEqual([payload, 'acknowledged', 1])
          else {
            const possible = delivery === 'volatile' ? ['sent', 'dropped'] : ['sent', 'dropped', 'unknown']
            expect(possible).toContain(end)
            if (end === 'dropped') expect(times).toBe(0)
            expect(times).toBeLessThanOrEqual(1)
          }
        }
        for (const of of CHANNELS)
          expect(arrived(of)).toEqual([...arrived(of)].sort((a, b) => Number(a) - Number(b)))
        for (const { duplicate, resent } of server.received) if (duplicate) expect(resent).toBe(true)
        await finish()
      }),
      RUNS,
    ))

  it('all settle at close(), whatever state they are in', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
        const { client, suffer, finish } = setup(seed)
        let open = 0
        const over = (): void => void open--
        for (const step of run) {
          if (step.type !== 'publish') await suffer(step)
          else {
            open++
            const { delivery } = step
            client.untyped(step.channel).publish('said', 1, { delivery }).then(over, over)
          }
        }
        void client.close()
        await settled()
        expect(open).toBe(0)
        await finish()
      }),
      RUNS,
    ))
})

describe('a subscriber over any faults', () => {
  type Said = { readonly type: 'say' | 'lose' | 'evict' | 'newEpoch' | 'rejoin' }
  const said: fc.Arbitrary<Said> = fc.record({
    type: fc.constantFrom('say', 'say', 'say', 'say', 'say', 'lose', 'evict', 'newEpoch', 'rejoin'),
  })
  const steps = fc.array(fc.oneof({ weight: 4, arbitrary: said }, { weight: 3, arbitrary: fault }), { maxLength: 50 })

  it('gets each message once and in order, or is told of the gap before it', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (run, seed) => {
        const { server, client, clock, suffer, heal, finish } = setup(seed)
        const logs = { plain: [] as unknown[], held: [] as unknown[] }
        const room = client.untyped('a')
        const other = client.untyped('a')
        const listen = (): void => {
          room.on('said', (payload) => logs.plain.push(payload))
          room.onGap(() => logs.plain.push('gap'))
        }
        listen()
        other.on('said', (payload) => logs.held.push(payload))
        // What was held came after the gap, and comes after it to the listener too.
        other.onGap(() => {
          logs.held.push('gap')
          return new Promise<void>((resolve) => clock.after(50, resolve))
        })
        let count = 0
        for (const step of run) {
          if (step.type === 'say') server.publish('a', 'said', count++)
          else if (step.type === 'lose') server.lose('a', 'said', count++)
          else if (step.type === 'evict') server.evict('a')
          else if (step.type === 'newEpoch') server.resetEpoch('a')
          else if (step.type === 'rejoin') {
            room.leave({ now: true })
            logs.plain.push('gap')
            listen()
          } else await suffer(step)
          await settled()
        }
        await heal()
        server.publish('a', 'said', count)
        await clock.advance(100)

        for (const log of [logs.plain, logs.held]) {
          expect(log.at(-1)).toBe(count)
          const payloads = log.filter((entry) => entry !== 'gap').map(Number)
          expect(payloads).toEqual([...new Set(payloads)].sort((a, b) => a - b))
          let gaps = 0
          let last: number | undefined
          for (const entry of log) {
            if (entry === 'gap') gaps++
            else {
              const isHole = last !== undefined && entry !== last + 1
              if (isHole) expect([log, entry, gaps]).not.toEqual([log, entry, 0])
              // While a handler is at work, gaps are told before what was held: there they only add up.
              if (log === logs.plain) gaps = 0
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
