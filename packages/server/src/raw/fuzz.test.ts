import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { settled } from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire.ts'
import { badFrames, goodFrames } from './corpus-test-setup.ts'
import { endings } from './endings.ts'
import { type Guest, type RawSetup, setupRaw } from './raw-test-setup.ts'

const PAGE_CODES = new Set<number | undefined>(Object.values(endings).map(({ code }) => code))
const codes = 'bad-frame bad-version unknown-type too-early unauthenticated expired forbidden unknown-channel'
const PAGE_WORDS = new Set([
  ...codes.split(' '),
  ...'bad-name not-found too-large rate-limited limit unavailable'.split(' '),
])

const names = ['a', 'presence-b', '__proto__', 'constructor', '', '@x', 'x'.repeat(300), '\u0000', 'ä😀']
const anyName = fc.oneof(fc.constantFrom(...names), fc.string())
const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(...names),
  fc.constantFrom(-1, 0.5, 1e308, 2 ** 53, null),
)

/** Frames with the right members, and anything in them. */
const likely = fc
  .record(
    {
      t: fc.constantFrom('hello', 'auth', 'ping', 'bye', 'sub', 'unsub', 'pub', 'send', 'msg', 'welcome'),
      v: fc.constantFrom(1, 2, '1', null),
      token: anyValue,
      session: anyValue,
      chs: fc.oneof(
        anyValue,
        fc.array(fc.record({ ch: anyName, epoch: anyValue, off: anyValue }, { requiredKeys: ['ch'] })),
      ),
      ch: fc.oneof(anyName, anyValue),
      id: fc.oneof(anyName, anyValue),
      to: fc.oneof(anyName, anyValue),
      ev: fc.oneof(anyName, anyValue),
      data: anyValue,
      ack: anyValue,
      __proto__: anyValue,
    },
    { requiredKeys: ['t'] },
  )
  .map((frame) => JSON.stringify(frame))

/** A good frame with a part cut out, doubled, or replaced by noise. */
const mutated = fc
  .tuple(fc.constantFrom(...goodFrames), fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 20 }))
  .map(([frame, at, length, noise]) => {
    const source = Buffer.from(frame as string)
    const start = at % (source.length + 1)
    const bytes = Buffer.concat([source.subarray(0, start), noise, source.subarray(start + length)])
    return typeof frame === 'string' ? bytes.toString('utf8') : new Uint8Array(bytes)
  })

const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 4, arbitrary: likely },
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.uint8Array() },
  { weight: 2, arbitrary: fc.constantFrom(...badFrames, ...goodFrames) },
)

async function setup(): Promise<RawSetup & { readonly bystander: Guest }> {
  const server = setupRaw({ limits: { badFrames: 1000 }, publishRate: { perSecond: 1e6, burst: 1e6 } })
  const bystander = await server.enter('quiet', 'presence-quiet')
  bystander.take()
  return { ...server, bystander }
}

/** Every answer has a type of the page and, where it refuses, a code of the page. */
function expectAnswers(guest: Guest): void {
  for (const { t, code, message } of guest.take() as { t: string; code?: string; message?: string }[]) {
    expect(t).toMatch(
      /^(welcome|denied|authed|pong|error|subbed|refused|unsubbed|msg|gap|join|leave|ack|nack|direct)$/,
    )
    if (!['denied', 'error', 'refused', 'nack'].includes(t)) continue
    expect(PAGE_WORDS).toContain(code)
    expect(message).toMatch(/./)
  }
  if (guest.end) expect(guest.end !== 'cut' && PAGE_CODES.has(guest.end.code)).toBe(true)
}

async function expectUnharmed({ bystander, crashes }: Awaited<ReturnType<typeof setup>>): Promise<void> {
  expect(crashes).toEqual([])
  expect(await bystander.say({ t: 'ping' })).toEqual([{ t: 'pong' }])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
}

describe('hostile frames', () => {
  it.each(['before', 'after'])('answers each of the corpus by the page, %s the welcome', async (when) => {
    const server = await setup()
    for (const frame of badFrames) {
      const guest = when === 'before' ? server.connect() : await server.enter()
      guest.take()
      guest.send(frame)
      await settled()
      const answers = guest.take()
      expect([answers.length > 0 || guest.end !== undefined, frame.length]).toEqual([true, frame.length])
      await guest.drop()
    }
    await expectUnharmed(server)
  })

  it('answers whatever comes in whatever order by the page, and nobody else notices', async () => {
    const server = await setup()
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(anyFrame, { maxLength: 30 }), async (saysHello, frames) => {
        const guest = saysHello ? await server.enter('a') : server.connect()
        for (const frame of frames) guest.send(frame)
        await settled()
        expectAnswers(guest)
        await guest.drop()
        await expectUnharmed(server)
      }),
      { numRuns: 400, seed: 7 },
    )
    await server.clock.advance(20_000)
    await server.bystander.say({ t: 'ping' })
    await server.clock.advance(20_000)
    expect(server.channels().map(({ name }) => name)).toEqual(['quiet', 'presence-quiet'])
    expect(server.connections()).toHaveLength(1)
  }, 60_000)

  it('does not grow, however many hostile frames, sessions, channels and ids come', async () => {
    const server = setupRaw({
      limits: { channels: 200, badFrames: 10_000 },
      history: { messages: 10, bytes: 10_000, totalBytes: 200_000 },
      dedupe: { ids: 100 },
      publishRate: { perSecond: 1e6, burst: 1e6 },
      subscribeRate: { perSecond: 1e6, burst: 1e6 },
      times: { sessionMs: 1000 },
    })
    let count = 0
    const attack = async (rounds: number): Promise<number> => {
      for (let round = 0; round < rounds; round++) {
        const guest = await server.enter()
        for (let n = 0; n < 100; n++) {
          const name = `channel-${count++}`
          guest.send(
            { t: 'pub', id: name, ch: name, ev: name, data: 'x'.repeat(1000) },
            { t: 'sub', chs: [{ ch: `presence-${name}` }] },
            { t: 'send', id: name, to: name, ev: 'x' },
            { t: 'unsub', ch: name },
            { t: name },
          )
        }
        await settled()
        guest.take()
        await guest.drop()
        await server.clock.advance(1001)
      }
      return usedAfterCollection()
    }
    await attack(25)
    const before = await attack(25)
    const after = await attack(75)
    expect(after - before).toBeLessThan(3_000_000)
    expect([server.channels(), server.connections()]).toEqual([[], []])
  }, 60_000)
})

/** Bytes of the heap that are still in use after everything else was collected. */
async function usedAfterCollection(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const used: number[] = []
  for (let round = 0; round < 3; round++) {
    await settled()
    collect()
    used.push(process.memoryUsage().heapUsed)
  }
  return Math.min(...used)
}
