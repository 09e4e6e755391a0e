import { createFakeClock, createFakeSignals, createMemoryTransport, settled } from '@org/realtime-testing'
import { rawWs } from '@org/realtime-testing/msw'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createRawWs, type Receipt } from './index.ts'

vi.setConfig({ testTimeout: 60_000 })

const RUNS = { seed: 20261126, numRuns: 150 }

/** What may go wrong, as words: those that count more come more often. */
const FAULTS = [
  ...['wait 0', 'wait 5', 'wait 150', 'wait 150', 'wait 400', 'wait 400', 'wait 3000', 'wait 40000'],
  ...['drop', 'drop', 'outage', 'restore', 'restore', 'stall', 'break-send', 'reconnect', 'pause', 'resume'],
  ...['withhold ack', 'withhold subbed', 'withhold msg', 'withhold welcome', 'withhold unsubbed', 'release'],
  ...[
    'drain 0',
    'drain 0',
    'drain 0',
    'drain 0',
    'drain 500',
    'refuse',
    'allow',
    'expire',
    'forget-sessions',
  ],
]

const runOf = (...subjects: string[]): fc.Arbitrary<string[]> =>
  fc.array(fc.oneof(fc.constantFrom(...subjects), fc.constantFrom(...FAULTS)), { maxLength: 60, size: 'max' })

/** The longer, the more is under way when something happens. */
const latency = fc.constantFrom(0, 7, 200, 200)

function setup(seed: number, latencyMs: number) {
  const clock = createFakeClock({ seed })
  const transport = createMemoryTransport({ clock, latencyMs })
  const { server } = rawWs.link('wss://example.org', { historyLimit: 12 })
  server.attach(transport)
  let tokens = 0
  const client = createRawWs({
    url: 'memory://far',
    token: () => `token-${++tokens}`,
    backoff: { capMs: 2000 },
    ...{ transport, clock, signals: createFakeSignals() },
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
    refuse: () => server.refuse('room', { retryMs: 700 }),
    allow: () => server.allow('room'),
    expire: () => server.expireTokens(),
    'forget-sessions': () => server.forgetSessions(),
  }
  return {
    client,
    clock,
    server,
    async take(step: string, own: typeof verbs) {
      const [verb = '', value = ''] = step.split(' ')
      await { ...verbs, ...own }[verb]?.(value)
      await settled()
    },
    /** All works again, for long enough; the drop brings out what a half-open or mute session has kept. */
    async heal() {
      server.restore()
      server.release()
      server.allow('room')
      client.resume()
      await clock.advance(1000)
      for (const peer of transport.open) if (peer.state === 'open') peer.drop()
      await clock.advance(120_000)
      await settled()
    },
  }
}

describe('createRawWs under faults', () => {
  it('delivers every message once and in order, or tells of the hole before what is behind it', async () => {
    const steps = runOf('say', 'say', 'say', 'say', 'move', 'move', 'lose', 'evict', 'reset', 'leave')
    const property = fc.asyncProperty(steps, latency, fc.integer(), async (run, latencyMs, seed) => {
      const { client, clock, server, take, heal } = setup(seed, latencyMs)
      const log: (number | 'hole')[] = []
      const room = client.untyped('room')
      const listen = (): void => {
        room.on('said', (value) => log.push(value as number))
        room.onGap(() => log.push('hole'))
      }
      listen()
      let said = 0
      const own = {
        say: () => server.publish('room', 'said', ++said),
        lose: () => server.lose('room', 'said', ++said),
        /** The server goes on talking while the client moves to another connection. */
        async move() {
          server.drain(0)
          for (let step = 0; step < 20; step++) {
            await clock.advance(100)
            own.say()
          }
        },
        evict: () => server.evict('room'),
        reset: () => server.resetEpoch('room'),
        leave() {
          room.leave({ now: true })
          // Who comes back later has missed what was said meanwhile, and knows.
          log.push('hole')
          listen()
        },
      }
      for (const step of run) await take(step, own)
      await heal()
      await take('say', own)
      await take('wait 1000', own)
      let last = 0
      let isHole = true
      for (const entry of log) {
        if (entry === 'hole') {
          isHole = true
          continue
        }
        expect(entry).toBeGreaterThan(last)
        if (!isHole) expect(entry).toBe(last + 1)
        last = entry
        isHole = false
      }
      expect(last).toBe(said)
      await client.close()
    })
    await fc.assert(property, RUNS)
  })

  it('settles every publish once, and the server has those that it acknowledged exactly once', async () => {
    const steps = runOf('publish', 'publish', 'publish', 'nack', 'take')
    const property = fc.asyncProperty(steps, latency, fc.integer(), async (run, latencyMs, seed) => {
      const { client, server, take, heal } = setup(seed, latencyMs)
      client.connect().catch(() => {})
      const receipts: Promise<Receipt | Error>[] = []
      const own = {
        publish() {
          const receipt = client
            .untyped('room')
            .publish('said', receipts.length, { delivery: 'at-least-once' })
          receipts.push(receipt.catch((error: Error) => error))
        },
        nack: () => server.refusePublish('room', 'forbidden'),
        take: () => server.refusePublish('room'),
      }
      for (const step of run) await take(step, own)
      await take('take', own)
      await heal()
      const taken = server.received.filter(({ duplicate }) => !duplicate).map(({ payload }) => payload)
      for (const [payload, receipt] of receipts.entries()) {
        const settledAs = await receipt
        const isTaken = taken.includes(payload)
        if (settledAs instanceof Error) expect(settledAs).toMatchObject({ code: 'publish.refused' })
        else expect([settledAs.outcome, isTaken]).toEqual(['acknowledged', true])
      }
      expect(new Set(taken).size).toBe(taken.length)
      await client.close()
    })
    await fc.assert(property, RUNS)
  })
})
