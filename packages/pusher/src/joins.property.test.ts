import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from './far-end-test-setup.ts'
import { createPusherFarEnd } from './far-end-test-setup.ts'
import { authorizer, setup } from './pusher-test-setup.ts'

const names = ['open', 'private-a', 'private-b', 'presence-c', 'cache-d']

type Step =
  | { readonly do: 'join' | 'leave'; readonly channel: number }
  | { readonly do: 'drop' | 'restart' | 'outage' | 'handover' | 'withhold' | 'release' }
  | { readonly do: 'fail'; readonly statuses: readonly number[] }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('join', 'leave'), channel: fc.nat(names.length - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('drop', 'restart', 'outage', 'handover', 'withhold', 'release'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      statuses: fc.array(fc.constantFrom(401, 429, 500, 0), { maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 100, 1500, 9000) }),
  },
)

/** Runs the steps, lets everything settle, and sends one message to each channel. */
async function run(dialect: Dialect, batch: boolean, steps: readonly Step[]) {
  const failures: number[] = []
  const signer = createPusherFarEnd()
  const sign = authorizer(signer)
  const status = (): void => {
    const code = failures.shift()
    if (code !== undefined) throw Object.assign(new Error(`Status ${code}`), code ? { status: code } : {})
  }
  const fake = setup({
    farEnd: { dialect },
    auth: batch
      ? {
          authorizeAll: async ({ socketId, channels }) => {
            status()
            return Object.fromEntries(channels.map((channel) => [channel, sign({ socketId, channel })]))
          },
        }
      : {
          authorize: async (request) => {
            status()
            return sign(request)
          },
        },
  })
  const { client, clock, server } = fake
  const heard: string[] = []
  const stops = new Map<number, () => void>()
  fake.client.connect().catch(() => {})
  for (const each of steps) {
    if (each.do === 'join') {
      const name = names[each.channel] as string
      if (stops.has(each.channel)) continue
      const channel = client.untyped(name)
      channel.on('said', () => void heard.push(name))
      stops.set(each.channel, () => channel.leave({ now: true }))
    } else if (each.do === 'leave') {
      stops.get(each.channel)?.()
      stops.delete(each.channel)
    } else if (each.do === 'drop') server.dropAll()
    else if (each.do === 'restart') server.error(4200, 'Restarting', 'close')
    else if (each.do === 'outage') {
      server.outage()
      await clock.advance(2000)
      server.restore()
    } else if (each.do === 'handover') client.reauthenticate()
    else if (each.do === 'withhold') server.withhold('pusher_internal:subscription_succeeded', 'pusher:error')
    else if (each.do === 'release') server.release()
    else if (each.do === 'fail') failures.push(...each.statuses)
    else if ('ms' in each) await clock.advance(each.ms)
  }
  failures.length = 0
  server.release()
  await clock.advance(120_000)
  const wanted = [...stops.keys()].map((index) => names[index] as string).sort()
  for (const index of stops.keys()) {
    // A second 401 is final until it is asked for.
    const channel = client.untyped(names[index] as string)
    if (channel.status.get().state === 'rejected') channel.retry()
  }
  await clock.advance(30_000)
  for (const name of names) server.publish(name, 'said', 1)
  await clock.advance(1000)
  for (const { code } of fake.errors) fake.expectError(code)
  const joined = names.filter((name) => server.joined(name) > 0).sort()
  const sockets = fake.transport.open.length
  await fake.finish()
  return { wanted, joined, heard: heard.sort(), sockets }
}

describe('joins under any sequence of faults', () => {
  it.each([
    ['soketi', false],
    ['soketi', true],
    ['reverb', false],
    ['pusher', true],
  ] as const)('end with what is wanted, each heard once: %s, batch %s', async (dialect, batch) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { wanted, joined, heard, sockets } = await run(dialect, batch, steps)
        expect(joined).toEqual(wanted)
        expect(heard).toEqual(wanted)
        expect(sockets).toBe(1)
      }),
      { numRuns: 150 },
    )
  })
})
