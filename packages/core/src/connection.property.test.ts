import {
  createFakeClock,
  createFakeSignals,
  createMemoryTransport,
  type MemoryPeer,
  settled,
} from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClient } from './client.ts'
import { RealtimeError } from './errors.ts'
import type { HiddenPolicy } from './lifecycle.ts'
import type { Signal } from './signals.ts'
import type { StatusSnapshot } from './status.ts'
import { serve, tell, testProtocol } from './test-setup.ts'
import type { Transport } from './transport.ts'

const connection = { dialMs: 1000, handshakeMs: 1000, probeMs: 200, minDialGapMs: 500, idleCloseMs: 300 }
const backoff = { baseMs: 100, capMs: 2000, firstMs: 300, stableMs: 1000 }
const heartbeat = { receiveIdleMs: 2000, answerMs: 400 }
/** A handover may take a dial and a handshake, and then its deadline. */
const HANDOVER_MS = connection.dialMs + 2 * connection.handshakeMs

const verbs = [
  'connect',
  'close',
  'drainingClose',
  'pause',
  'resume',
  'reconnectNow',
  'reauthenticate',
  'newIdentity',
] as const
const common = ['connect', 'connect', 'connect', 'resume', 'resume', ...verbs] as const
const signals: readonly Signal[] = [
  'online',
  'offline',
  'visible',
  'hidden',
  'freeze',
  'resume',
  'pagehide',
  'pageshow',
  'wake',
]
const servers = ['up', 'up', 'up', 'up', 'refusing', 'mute', 'unready', 'rejecting', 'dropping'] as const
const codes = [1000, 1006, 1011, 4001, 4002, 4100]
const providers = ['good', 'good', 'slow', 'failing', 'denied', 'hanging'] as const
const advice = [
  { drainMs: 0 },
  { drainMs: 800 },
  { retryAfterMs: 700 },
  { retryAfterMs: -1 },
  { reauthenticate: true },
]
const garbage = [
  '',
  'garbage',
  '[]',
  '["ready",{}]',
  '["joined","nowhere"]',
  '["pong"]',
  '["settled","x","acknowledged"]',
]

type PeerStep =
  | { readonly peer: number; readonly act: 'drop' | 'stall' | 'unstall' | 'lateOpen' | 'failSend' }
  | { readonly peer: number; readonly end: number }
  | { readonly peer: number; readonly advice: (typeof advice)[number] }
  | { readonly peer: number; readonly frame: string }
  | { readonly peer: number; readonly fail: 'retry' | 'retry-now' | 'stop' }

type Step =
  | { readonly do: (typeof verbs)[number] }
  /** Does it from inside the next listener that is called: of the status, of a channel, or of the trace. */
  | { readonly do: (typeof verbs)[number]; readonly inside: 'status' | 'channel' | 'trace' }
  | { readonly signal: Signal }
  | { readonly server: (typeof servers)[number] }
  | { readonly provider: (typeof providers)[number] }
  | { readonly channel: 'a' | 'b'; readonly on: boolean }
  | { readonly publish: 'at-most-once' | 'at-least-once' | 'volatile' }
  | PeerStep
  | { readonly wait: number }
  | { readonly sleep: number }
  | { readonly jump: number }

const peer = fc.nat(2)
const wait = fc.record({ wait: fc.constantFrom(0, 1, 30, 150, 500, 1200, 1200, 4000) })
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: wait },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom(...common) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(...verbs),
      inside: fc.constantFrom('status', 'channel', 'trace'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ signal: fc.constantFrom(...signals) }) },
  { weight: 2, arbitrary: fc.record({ server: fc.constantFrom(...servers) }) },
  { weight: 1, arbitrary: fc.record({ provider: fc.constantFrom(...providers) }) },
  { weight: 2, arbitrary: fc.record({ channel: fc.constantFrom('a', 'b'), on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ publish: fc.constantFrom('at-most-once', 'at-least-once', 'volatile') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ peer, act: fc.constantFrom('drop', 'stall', 'unstall', 'lateOpen', 'failSend') }),
  },
  { weight: 1, arbitrary: fc.record({ peer, end: fc.constantFrom(...codes) }) },
  { weight: 3, arbitrary: fc.record({ peer, advice: fc.constantFrom(...advice) }) },
  { weight: 1, arbitrary: fc.record({ peer, frame: fc.constantFrom(...garbage) }) },
  { weight: 1, arbitrary: fc.record({ peer, fail: fc.constantFrom('retry', 'retry-now', 'stop') }) },
  { weight: 1, arbitrary: fc.record({ sleep: fc.constantFrom(900, 5000) }) },
  { weight: 1, arbitrary: fc.record({ jump: fc.constantFrom(-3_600_000, 3_600_000) }) },
) as fc.Arbitrary<Step>

interface Setting {
  readonly seed: number
  readonly hidden: HiddenPolicy
  readonly refresh: boolean
  readonly goodbye: 'none' | 'said' | 'hanging'
  readonly maxAttempts: number
  readonly latencyMs: number
}

const setting: fc.Arbitrary<Setting> = fc.record({
  seed: fc.nat(1000),
  hidden: fc.constantFrom<HiddenPolicy>('keep', { pauseAfterMs: 300 }, { closeAfterMs: 300 }),
  refresh: fc.boolean(),
  goodbye: fc.constantFrom('none', 'said', 'hanging'),
  maxAttempts: fc.constantFrom(Infinity, Infinity, 4),
  latencyMs: fc.constantFrom(0, 0, 40),
})

/** A client in a world that is out to break it, and the rules it must keep whatever happens. */
function createWorld({ seed, hidden, refresh, goodbye, maxAttempts, latencyMs }: Setting) {
  const clock = createFakeClock({ seed })
  const memory = createMemoryTransport({ clock, latencyMs })
  const page = createFakeSignals()
  const faults: string[] = []
  const unsettled = new Set<string>()
  const leaves = new Map<string, () => void>()
  const dialledAt = new Map<MemoryPeer, number>()
  const stalled = new Set<MemoryPeer>()
  const log: string[] = []
  let server: (typeof servers)[number] = 'up'
  let provider: (typeof providers)[number] = 'good'
  let lastDialAt = -Infinity
  let userActed = true
  let failures = 0
  let upSince = 0
  let before: StatusSnapshot

  const must = (holds: boolean, rule: string): void => {
    if (!holds) faults.push(`${clock.now()}: ${rule} (after ${log.slice(-8).join(', ')})`)
  }

  const credentials = (): unknown => {
    if (provider === 'failing') throw new Error('mine')
    if (provider === 'denied') throw new RealtimeError('auth.failed', 'Denied', {})
    if (provider === 'hanging') return new Promise(() => {})
    if (provider === 'slow') return new Promise((resolve) => clock.after(400, () => resolve('late')))
    return 'token'
  }

  const transport: Transport = (target, events) => {
    const { status } = client.status.get()
    must(
      status === 'connecting' || status === 'reconnecting' || status === 'connected',
      `no dial while ${status}`,
    )
    must(
      userActed || clock.now() - lastDialAt >= connection.minDialGapMs - 1e-6,
      `no dial ${clock.now() - lastDialAt} ms after the last`,
    )
    lastDialAt = clock.now()
    userActed = false
    const session = memory(target, events)
    dialledAt.set(memory.last, clock.now())
    look()
    return session
  }

  const protocol = testProtocol((link) => {
    if (!refresh) delete link.refresh
    if (goodbye === 'none') delete link.goodbye
    if (goodbye === 'hanging') link.goodbye = () => new Promise(() => {})
  })

  const client = createClient({
    protocol,
    url: 'wss://far.example',
    credentials,
    clock,
    transport,
    signals: page,
    connection,
    heartbeat,
    hidden,
    backoff: { ...backoff, maxAttempts },
    subscribe: { lingerMs: 100, joinMs: 1000 },
    outbox: { ttlMs: 3000 },
  })

  memory.onDial((dialled) => {
    if (server === 'refusing') dialled.refuse()
    else if (server === 'unready') dialled.accept()
    else if (server === 'up') serve(dialled)
    else if (server === 'dropping') {
      serve(dialled)
      clock.after(50, () => dialled.drop())
    } else if (server === 'rejecting') {
      dialled.accept()
      tell(dialled, 'fail', 'retry', 'auth.failed')
    }
  })

  /** Rules about how many sockets there are. */
  const look = (): void => {
    const open = memory.open
    const { status } = client.status.get()
    must(open.length <= 2, `${open.length} sockets`)
    const hasLive =
      open.length > 0 || latencyMs > 0 || memory.sessions.some((session) => stalled.has(session))
    must(status !== 'connected' || hasLive, '`connected` without a socket')
    const [older, newer] = open
    if (!older || !newer) return
    must(status === 'connected', `two sockets while ${status}`)
    must(clock.now() - (dialledAt.get(newer) ?? 0) <= HANDOVER_MS, 'a handover that never ends')
  }

  /** Rules about what the status says, one snapshot after the other. */
  const judge = (after: StatusSnapshot): void => {
    const { status, attempt } = after
    must(Object.isFrozen(after), 'a snapshot that is not frozen')
    must(
      after.nextRetryAt === undefined || status === 'connecting' || status === 'reconnecting',
      `a next try while ${status}`,
    )
    if (status === before.status)
      must(after.since === before.since, `a second \`${status}\` right after the first`)
    if (status === 'connected' && before.status !== 'connected') upSince = clock.now()
    if (before.status === 'connected' && status !== 'connected' && clock.now() - upSince >= backoff.stableMs)
      failures = 0
    if (status === 'idle' || status === 'closed' || status === 'failed' || status === 'paused') failures = 0
    else if (status === 'connected') must(attempt === 0, 'failures while connected')
    else {
      must(attempt >= failures, `${attempt} failures after ${failures}`)
      failures = attempt
    }
    before = after
  }

  const inside: Partial<Record<'status' | 'channel' | 'trace', (typeof verbs)[number]>> = {}
  const react = (where: keyof typeof inside): void => {
    const verb = inside[where]
    delete inside[where]
    if (verb) use(verb)
  }
  before = client.status.get()
  client.status.subscribe(judge)
  client.status.subscribe(() => react('status'))
  client.untyped('a').status.subscribe(() => react('channel'))
  client.trace.subscribe(() => react('trace'))

  const use = (verb: (typeof verbs)[number]): void => {
    userActed = true
    if (verb === 'connect') client.connect().catch(() => {})
    else if (verb === 'close') client.close()
    else if (verb === 'drainingClose') client.close({ drainMs: 300 })
    else if (verb === 'newIdentity') client.reauthenticate({ newIdentity: true })
    else client[verb]()
  }

  const act = (step: Step): void | Promise<void> => {
    log.push(JSON.stringify(step).replace(/["{}]/g, ''))
    if ('inside' in step) inside[step.inside] = step.do
    else if ('do' in step) use(step.do)
    else if ('signal' in step) page.emit(step.signal)
    else if ('server' in step) server = step.server
    else if ('provider' in step) provider = step.provider
    else if ('channel' in step) {
      userActed = true
      leaves.get(step.channel)?.()
      leaves.delete(step.channel)
      if (step.on)
        leaves.set(
          step.channel,
          client.untyped(step.channel).on('said', () => {}),
        )
    } else if ('publish' in step) {
      userActed = true
      const id = `publish ${log.length}`
      unsettled.add(id)
      const settle = (): void => void unsettled.delete(id)
      client.untyped('a').publish('said', 1, { delivery: step.publish }).then(settle, settle)
    } else if ('wait' in step) return clock.advance(step.wait)
    else if ('sleep' in step) return clock.sleep(step.sleep)
    else if ('jump' in step) clock.jumpDate(step.jump)
    else play(step, memory.sessions.at(-1 - step.peer))
  }

  const play = (step: PeerStep, target: MemoryPeer | undefined): void => {
    if (!target) return
    if ('act' in step) {
      target[step.act]()
      if (step.act === 'stall') stalled.add(target)
    } else if ('end' in step) target.end({ code: step.end, reason: '{' })
    else if (target.state === 'dialing') return
    else if ('advice' in step) tell(target, 'advice', step.advice)
    else if ('frame' in step) target.send(step.frame)
    else tell(target, 'fail', step.fail, 'connection.refused')
  }

  return {
    clock,
    client,
    page,
    memory,
    faults,
    unsettled,
    must,
    look,
    act,
    log,
    heal() {
      for (const where of ['status', 'channel', 'trace'] as const) delete inside[where]
      server = 'up'
      provider = 'good'
      for (const signal of ['visible', 'resume', 'pageshow', 'online'] as const) page.emit(signal)
      userActed = true
      client.resume()
    },
  }
}

async function run(given: Setting, script: readonly Step[]): Promise<string[]> {
  const world = createWorld(given)
  const { client, clock, page, memory, must } = world
  if (given.seed % 4) await world.act({ do: 'connect' })
  for (const step of script) {
    await world.act(step)
    await settled()
    world.look()
  }
  world.log.push('HEAL')
  world.heal()
  client.connect().catch(() => {})
  await clock.advance(20_000)
  // Its last failure may have been the one too many.
  if (client.status.get().status === 'failed') await Promise.all([client.connect(), clock.advance(1000)])
  must(client.status.get().status === 'connected', `it never comes back: ${client.status.get().status}`)
  world.look()
  const closed = client.close()
  await clock.advance(given.goodbye === 'hanging' ? connection.probeMs : 0)
  await closed
  await clock.advance(2 * given.latencyMs)
  const { length } = memory.sessions
  must(world.unsettled.size === 0, `never settled: ${[...world.unsettled]}`)
  must(memory.open.length === 0, `${memory.open.length} sockets left`)
  must(
    clock.pending.length === 0,
    `${clock.pending.length} timers left, the first in ${clock.pending[0]?.dueIn} ms`,
  )
  must(page.listeners === 0, `${page.listeners} listeners left`)
  await clock.advance(60_000)
  must(
    memory.sessions.length === length && client.status.get().status === 'closed',
    'it comes back after close()',
  )
  return world.faults
}

describe('connection', () => {
  it('keeps its rules and comes back, whatever user, page, network and server do', async () => {
    const property = fc.asyncProperty(
      setting,
      fc.array(steps, { minLength: 1, maxLength: 60, size: 'max' }),
      async (given, script) => {
        expect(await run(given, script)).toEqual([])
      },
    )
    await fc.assert(property, { seed: 20260801, numRuns: 400, endOnFailure: false })
  }, 30_000)
})
