import { createRawWs } from '@org/realtime-raw-ws'
import { expect, it, onTestFinished } from 'vitest'
import { startChaosProxy } from './chaos-proxy-test-setup.ts'
import type { ServerOptions } from './index.ts'
import { startServer } from './socket-test-setup.ts'

const IN_FLIGHT = 200

/** The same moments in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Cuts the connections of a publisher and a subscriber while one message after the other goes through. */
async function publishThroughCuts(messages: number, cuts: number, options: ServerOptions) {
  const fast = { perSecond: 1_000_000, burst: 1_000_000 }
  const { port, server } = await startServer({ publishRate: fast, subscribeRate: fast, ...options })
  const random = createRandom(3)
  const nextBytes = (): number => 1 + Math.floor((random() * 4 * messages * 100) / cuts)
  const proxy = await startChaosProxy({ to: port, cuts, nextBytes, random })
  onTestFinished(proxy.close)
  const connect = () => {
    const client = createRawWs({
      url: `ws://127.0.0.1:${proxy.port}/raw`,
      backoff: { baseMs: 5, firstMs: 5, floorMs: 1, capMs: 50 },
      connection: { minDialGapMs: 0 },
      outbox: { messages: IN_FLIGHT },
    })
    onTestFinished(() => client.close())
    return client
  }

  const received: number[] = []
  const gaps: string[] = []
  const numbers = connect().untyped('numbers')
  numbers.onAny(({ payload }) => received.push(payload as number))
  numbers.onGap(({ continuity }) => gaps.push(continuity))
  await expect.poll(() => numbers.status.get().state).toBe('joined')

  const recording = server.faults.record()
  const publisher = connect().untyped('numbers')
  const outcomes = new Set<string>()
  let next = 0
  const publishOn = async (): Promise<void> => {
    while (next < messages)
      outcomes.add((await publisher.publish('n', next++, { delivery: 'at-least-once' })).outcome)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, publishOn))
  await expect.poll(() => received.at(-1), { timeout: 20_000 }).toBe(messages - 1)
  const repeats = recording.received.filter(({ isRepeat }) => isRepeat).length
  return { received, gaps, outcomes: [...outcomes], cuts: proxy.cuts, repeats }
}

it('brings 10,000 messages to a subscriber once and in order while TCP is cut 100 times', async () => {
  const messages = 10_000
  const history = { messages, bytes: 100_000_000 }
  const done = await publishThroughCuts(messages, 100, { history, dedupe: { ids: messages } })
  expect([done.cuts, done.outcomes, done.gaps]).toEqual([100, ['acknowledged'], []])
  expect(done.received).toEqual(Array.from({ length: messages }, (_, n) => n))
  expect(done.repeats).toBeGreaterThan(0)
}, 60_000)

it('tells a gap, and never doubles or turns around, when history is too short for a cut', async () => {
  const done = await publishThroughCuts(2000, 50, { history: { messages: 10 } })
  expect([done.cuts, done.outcomes, new Set(done.gaps)]).toEqual([50, ['acknowledged'], new Set(['unknown'])])
  expect(done.received).toEqual([...new Set(done.received)].sort((a, b) => a - b))
  expect(done.received.length).toBeLessThan(2000)
}, 60_000)
