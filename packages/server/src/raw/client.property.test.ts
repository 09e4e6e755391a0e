import { createRawWs } from '@org/realtime-raw-ws'
import { createFakeClock, createMemoryTransport, type FakeClock, settled } from '@org/realtime-testing'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import type { Core } from '../core.ts'
import { admit, createMemoryCore } from '../memory-test-setup.ts'
import { createVerbs } from '../verbs.ts'

vi.setConfig({ testTimeout: 120_000 })

const RUNS = { seed: 20261126, numRuns: 150 }
const CHANNEL = 'presence-room'

/** What may go wrong, as words: those that count more come more often. */
const STEPS = [
  ...['wait 0', 'wait 5', 'wait 60', 'wait 150', 'wait 150', 'wait 400', 'wait 1500', 'wait 12000'],
  ...['wait 40000', 'publish', 'publish', 'publish', 'publish', 'server', 'server', 'server'],
  ...['cut a', 'cut b', 'cut a', 'cut b', 'drain 0', 'drain 0', 'drain 0', 'drain 300', 'reconnect'],
  ...['forget-session', 'split-session', 'freeze a 300', 'freeze b 9000', 'expire 0', 'expire 200'],
  ...['evict', 'restart', 'lose', 'twice', 'refuse-upgrade', 'refuse-join', 'refuse-publish'],
  ...['revoke a', 'revoke b', 'leave', 'again'],
]

/** Code of the program takes its time, and not always the same. */
function createSlowCore(clock: FakeClock, hookMs: number): Core {
  const answer = <T>(value: T): Promise<T> =>
    new Promise((resolve) =>
      hookMs ? clock.after(hookMs * clock.random(), () => resolve(value)) : resolve(value),
    )
  const core = createMemoryCore(
    { authenticate: (token) => answer({ id: `${token}` }), history: { messages: 8 } },
    clock,
  )
  core.rules.add('*', () => answer({ publish: true, presence: true }))
  return core
}

/** Positions of all that the channel ever had. */
function observe({ hub }: Core): readonly string[] {
  const truth: string[] = []
  const nothing = (): void => {}
  hub.attach(CHANNEL, {
    holder: 'observer',
    user: 'observer',
    message: ({ epoch, off }) => truth.push(`${epoch} ${off}`),
    ...{ moved: nothing, joined: nothing, left: nothing, putOut: nothing },
  })
  return truth
}

/** A client and what it heard: positions, and `?` wherever it was told that something may be missing. */
function enter(core: Core, user: string, clock: FakeClock, latencyMs: number) {
  const transport = createMemoryTransport({ clock, latencyMs })
  transport.onDial((peer) => {
    if (core.faults.strike('upgrade', {})) peer.refuse()
    else admit(core, peer)
  })
  const url = 'memory://far'
  const client = createRawWs({ url, token: user, transport, clock, backoff: { capMs: 2000 } })
  const channel = client.untyped(CHANNEL)
  const heard: string[] = []
  let stop: (() => void) | undefined
  const listen = (): void => {
    if (stop) return
    heard.push('?')
    const ends = [
      channel.onAny(({ meta: { epoch, offset } }) => heard.push(`${epoch} ${offset}`)),
      channel.onGap(() => void heard.push('?')),
    ]
    stop = () => {
      stop = undefined
      for (const end of ends) end()
    }
  }
  listen()
  return { client, channel, heard, listen, leave: () => stop?.() }
}

/** In the order of the channel, nothing twice, and nothing left out that it was not told of. */
function checkHeard(heard: readonly string[], truth: readonly string[]): void {
  let at = -1
  let isWhole = true
  for (const position of heard) {
    if (position === '?') isWhole = false
    else {
      const index = truth.indexOf(position)
      expect(isWhole ? index === at + 1 : index > at, `${position} in ${heard}, of ${truth}`).toBe(true)
      at = index
      isWhole = true
    }
  }
  expect(at).toBe(truth.length - 1)
}

async function play(seed: number, latencyMs: number, hookMs: number, steps: readonly string[]) {
  const clock = createFakeClock({ seed })
  const core = createSlowCore(clock, hookMs)
  const crashes: unknown[] = []
  core.hooks.on('crash', (error) => crashes.push(error))
  const truth = observe(core)
  const { faults, publish, revoke } = createVerbs(core)
  const [a, b] = [enter(core, 'a', clock, latencyMs), enter(core, 'b', clock, latencyMs)]
  const outcomes: string[] = []
  const later = { code: 'unavailable', retryMs: 300, nth: 1 } as const
  const verbs: Readonly<Record<string, (one: string, two: string) => unknown>> = {
    wait: (ms) => clock.advance(Number(ms)),
    publish() {
      const sent = a.channel.publish('said', 1, { delivery: 'at-least-once' })
      sent.then(
        ({ outcome }) => outcomes.push(outcome),
        ({ code }) => outcomes.push(code),
      )
    },
    server: () => publish(CHANNEL, 'said', 2),
    cut: (user) => faults.add({ at: 'now', do: 'cut', user }),
    drain: (ms) => faults.add({ at: 'now', do: 'drain', windowMs: Number(ms) }),
    reconnect: () => b.client.reconnectNow(),
    'forget-session': () => faults.add({ at: 'hello', do: 'forget-session', nth: 1 }),
    'split-session': () => faults.add({ at: 'hello', do: 'split-session', nth: 1 }),
    freeze: (user, ms) => faults.add({ at: 'now', do: 'freeze', user, forMs: Number(ms) }),
    expire: (ms) => faults.add({ at: 'now', do: 'expire', inMs: Number(ms) }),
    evict: () => faults.add({ at: 'now', do: 'evict', channel: CHANNEL }),
    restart: () => faults.add({ at: 'now', do: 'restart', channel: CHANNEL }),
    lose: () => faults.add({ at: 'frame', do: 'drop', direction: 'out', type: 'msg', nth: 1 }),
    twice: () => faults.add({ at: 'frame', do: 'duplicate', direction: 'out', type: 'msg', nth: 1 }),
    'refuse-upgrade': () => faults.add({ at: 'upgrade', do: 'refuse', nth: 1, times: 2 }),
    'refuse-join': () => faults.add({ at: 'join', do: 'refuse', ...later }),
    'refuse-publish': () => faults.add({ at: 'publish', do: 'refuse', ...later }),
    revoke: (user) => revoke(CHANNEL, { user, refuse: 'unavailable', retryMs: 200 }),
    leave: () => b.leave(),
    again: () => b.listen(),
  }
  for (const step of steps) {
    const [verb = '', one = '', two = ''] = step.split(' ')
    await verbs[verb]?.(one, two)
    await settled()
  }
  faults.clear()
  b.listen()
  await clock.advance(90_000)
  await publish(CHANNEL, 'said', 'the last')
  await clock.advance(2000)

  for (const { channel, heard } of [a, b]) {
    checkHeard(heard, truth)
    const members = channel.members.get().list.map(({ id }) => id)
    expect(members.sort()).toEqual(['a', 'b'])
  }
  const published = steps.filter((step) => step === 'publish')
  expect(outcomes).toEqual(published.map(() => 'acknowledged'))

  await Promise.all([a.client.close(), b.client.close()])
  await clock.advance(2000)
  expect([await core.adapter.members(CHANNEL), core.connections.size, crashes]).toEqual([[], 0, []])
  await core.stop()
  expect(clock.pending).toEqual([])
}

it('loses nothing silently, and nobody, whatever happens between clients and server', async () => {
  const latency = fc.constantFrom(0, 7, 150)
  const hook = fc.constantFrom(0, 100, 900)
  const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 50, size: 'max' })
  await fc.assert(fc.asyncProperty(fc.nat(), latency, hook, steps, play), RUNS)
})
