import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, type Setup } from './channel-test-setup.ts'
import type { Meta, Schema } from './index.ts'

async function joined(options: Setup = {}) {
  const kit = await connected({ joins: 'at once', ...options })
  const room = kit.client.untyped('a')
  room.join()
  await settled()
  const log: unknown[] = []
  /** What a listener was called with, and when. */
  const push = (value: unknown): void => void log.push([kit.clock.now(), value])
  const say = (...payloads: unknown[]): void => {
    for (const payload of payloads) kit.far().message('a', 'said', payload)
  }
  /** Says each payload at its time. */
  const sayAt = async (...said: readonly (readonly [at: number, payload: unknown])[]): Promise<void> => {
    for (const [at, payload] of said) {
      await kit.clock.advance(at - kit.clock.now())
      say(payload)
    }
  }
  return { ...kit, room, log, push, say, sayAt }
}

const latest = { everyMs: 100, keep: 'latest' } as const
const all = { everyMs: 100, keep: 'all' } as const

describe('a listener with rate', () => {
  it('hears the first value at once, then one per window, and the last (acceptance scenario 10)', async () => {
    const { room, clock, log, push, sayAt } = await joined()
    room.on('said', push, { rate: latest })
    const values = Array.from({ length: 100 }, (_, index) => index * 10)
    await sayAt(...values.map((value) => [value, value] as const))
    await clock.advance(1090 - clock.now())
    const calls = [...log] as [at: number, value: number][]
    expect(calls[0]).toEqual([0, 0])
    for (const [index, [at]] of calls.slice(1).entries())
      expect(at - (calls[index]?.[0] ?? 0)).toBeGreaterThanOrEqual(100)
    expect(calls.at(-1)?.[1]).toBe(990)
    expect(calls.length).toBeGreaterThan(9)
    await clock.advance(10_000)
    expect(log).toEqual(calls)
    expect(clock.pending).toEqual([])
  })

  it('hears each window at its end, with nothing later than that', async () => {
    const { room, clock, log, push, sayAt } = await joined()
    room.on('said', push, { rate: latest })
    await sayAt([0, 'a'], [99, 'b'], [101, 'c'], [150, 'd'])
    await clock.advance(1000)
    expect(log).toEqual([
      [0, 'a'],
      [100, 'b'],
      [200, 'd'],
    ])
  })

  it('hears a value after a quiet window at once', async () => {
    const { room, log, push, sayAt } = await joined()
    const stop = room.on('said', push, { rate: latest })
    await sayAt([0, 'a'], [100, 'b'], [350, 'c'])
    stop()
    expect(log).toEqual([
      [0, 'a'],
      [100, 'b'],
      [350, 'c'],
    ])
  })

  it('never hears two values closer than the window, whatever the values', async () => {
    const { room, clock, log, push, sayAt } = await joined()
    room.on('said', push, { rate: latest })
    const times = Array.from({ length: 200 }, () => Math.floor(clock.random() * 3000)).sort((a, b) => a - b)
    await sayAt(...times.map((at) => [at, at] as const))
    await clock.advance(1000)
    const calls = log as [at: number, value: number][]
    for (const [index, [at]] of calls.slice(1).entries())
      expect(at - (calls[index]?.[0] ?? 0)).toBeGreaterThanOrEqual(100)
    expect(calls.at(-1)?.[1]).toBe(times.at(-1))
    expect(calls.map(([, value]) => value)).toEqual(
      [...calls.map(([, value]) => value)].sort((a, b) => a - b),
    )
  })

  it('is told how many messages each value stands for', async () => {
    const { room, clock, say } = await joined()
    const log: unknown[] = []
    room.on('said', (payload, meta) => log.push([payload, meta]), { rate: latest })
    say(1, 2, 3, 4)
    await clock.advance(100)
    say(5)
    await clock.advance(200)
    expect(log).toEqual([
      [1, { channel: 'a', event: 'said', coalesced: 1 }],
      [4, { channel: 'a', event: 'said', coalesced: 3 }],
      [5, { channel: 'a', event: 'said', coalesced: 1 }],
    ])
  })

  it('is told the meta of the value it gets', async () => {
    const { room, clock, far } = await joined()
    const log: unknown[] = []
    room.on('said', (payload, meta) => log.push([payload, meta]), { rate: latest })
    for (const offset of [1, 2, 3]) far().message('a', 'said', offset, { offset } as Meta)
    await clock.advance(200)
    expect(log).toMatchObject([
      [1, { offset: 1, coalesced: 1 }],
      [3, { offset: 3, coalesced: 2 }],
    ])
  })

  it('hears values that count as false too', async () => {
    const { room, clock, log, push, say } = await joined()
    room.on('said', push, { rate: latest })
    for (const value of [-5, 0, '', null, undefined, false]) {
      say('first', value)
      await clock.advance(200)
    }
    expect(log.map((entry) => (entry as unknown[])[1])).toEqual(
      [-5, 0, '', null, undefined, false].flatMap((value) => ['first', value]),
    )
  })

  it('does not slow down another listener of the same event', async () => {
    const { client, room, clock, push, log, say } = await joined()
    room.on('said', push, { rate: latest })
    const every: unknown[] = []
    client.untyped('a').on('said', (payload) => every.push(payload))
    say(1, 2, 3)
    expect(every).toEqual([1, 2, 3])
    await clock.advance(200)
    expect(log).toEqual([
      [0, 1],
      [100, 3],
    ])
  })

  it('hears everything of onAny at its rate', async () => {
    const { room, clock, far } = await joined()
    const log: unknown[] = []
    room.onAny(({ event, payload, meta }) => log.push([event, payload, meta.coalesced]), { rate: latest })
    far().message('a', 'said', 1)
    far().message('a', 'said', 2)
    far().message('a', 'done', 3)
    await clock.advance(200)
    expect(log).toEqual([
      ['said', 1, 1],
      ['done', 3, 2],
    ])
  })

  it('goes on in its windows when it throws (edge 83)', async () => {
    const { room, clock, log, push, say, takeErrors } = await joined()
    room.on(
      'said',
      (payload) => {
        push(payload)
        throw new Error('mine')
      },
      { rate: latest },
    )
    say(1, 2)
    await clock.advance(100)
    say(3)
    await clock.advance(200)
    expect(log).toEqual([
      [0, 1],
      [100, 2],
      [200, 3],
    ])
    expect(takeErrors().map(({ code }) => code)).toEqual([
      'listener.failed',
      'listener.failed',
      'listener.failed',
    ])
  })

  it('may stop itself in a window, and hears nothing more', async () => {
    const { room, clock, log, push, say } = await joined()
    const stop = room.on(
      'said',
      (payload, { channel }) => {
        push(`${channel} ${payload}`)
        if (payload === 2) stop()
      },
      { rate: { ...latest, key: { payload: (payload: unknown) => String(Number(payload) % 2) } } },
    )
    say(1, 3, 0, 2)
    await clock.advance(1000)
    expect(log).toEqual([
      [0, 'a 1'],
      [0, 'a 0'],
      [100, 'a 3'],
      [100, 'a 2'],
    ])
  })

  it('leaves no timer when it is removed in a window, and hears nothing more', async () => {
    const { room, clock, log, push, say } = await joined()
    const before = clock.pending.length
    const stop = room.on('said', push, { rate: latest })
    say(1, 2)
    expect(clock.pending).toHaveLength(before + 1)
    stop()
    expect(clock.pending).toHaveLength(before)
    await clock.advance(1000)
    expect(log).toEqual([[0, 1]])
  })

  it('leaves no timer of its own when nothing comes', async () => {
    const { room, clock, push, say } = await joined()
    const before = clock.pending.length
    room.on('said', push, { rate: latest })
    expect(clock.pending).toHaveLength(before)
    say(1, 2)
    await clock.advance(1000)
    expect(clock.pending).toHaveLength(before)
  })

  it('hears again after close() and connect()', async () => {
    const { client, room, clock, log, push, say } = await joined()
    room.on('said', push, { rate: latest })
    say(1, 2)
    await client.close()
    await client.connect()
    await settled()
    say(3, 4)
    await clock.advance(200)
    expect(log).toEqual([
      [0, 1],
      [0, 3],
      [100, 4],
    ])
  })

  it('leaves no timer after close()', async () => {
    const { client, room, clock, push, say } = await joined()
    room.on('said', push, { rate: latest })
    say(1, 2)
    await client.close()
    expect(clock.pending).toEqual([])
  })
})

describe('a rate with a key', () => {
  const byTag = (meta: Meta): string => (meta as { tag: string }).tag

  it('has a window for each key of the meta, and decodes only what it delivers', async () => {
    const { room, far, clock, log } = await joined()
    let decoded = 0
    const decode = (payload: unknown): unknown => {
      decoded++
      return payload
    }
    const say = (tag: string, payload: unknown): void =>
      far().message('a', 'said', payload, { tag } as Meta, decode)
    room.on('said', (payload, { coalesced }) => log.push([clock.now(), payload, coalesced]), {
      rate: { ...latest, key: byTag },
    })
    say('x', 1)
    await clock.advance(50)
    say('y', 2)
    for (const value of [3, 4, 5]) say('x', value)
    for (const value of [6, 7]) say('y', value)
    await clock.advance(1000)
    expect(log).toEqual([
      [0, 1, 1],
      [50, 2, 1],
      [100, 5, 3],
      [150, 7, 2],
    ])
    expect(decoded).toBe(4)
  })

  it('of the payload decodes each message once', async () => {
    const { room, far, clock, log, push } = await joined()
    let decoded = 0
    const decode = (payload: unknown): unknown => {
      decoded++
      return JSON.parse(payload as string)
    }
    const key = { payload: (payload: unknown) => (payload as { tag: string }).tag }
    room.on('said', (payload) => push((payload as { value: number }).value), { rate: { ...latest, key } })
    for (const [index, tag] of ['x', 'y', 'x', 'y', 'x'].entries())
      far().message('a', 'said', JSON.stringify({ tag, value: index }), undefined, decode)
    await clock.advance(1000)
    expect(log).toEqual([
      [0, 0],
      [0, 1],
      [100, 4],
      [100, 3],
    ])
    expect(decoded).toBe(5)
  })

  it('of a payload that cannot be decoded tells so once, and goes on', async () => {
    const { room, far, clock, log, push, takeErrors } = await joined()
    const parse = (payload: unknown): unknown => JSON.parse(payload as string)
    const key = { payload: (payload: unknown) => String(payload) }
    room.on('said', push, { rate: { ...latest, key } })
    for (const payload of ['1', 'bad', '2']) far().message('a', 'said', payload, undefined, parse)
    await clock.advance(100)
    expect(log).toEqual([
      [0, 1],
      [0, 2],
    ])
    expect(takeErrors().map(({ code }) => code)).toEqual(['message.malformed'])
  })

  it('that throws is reported as the listener it belongs to, and goes on', async () => {
    const { room, far, clock, log, push, takeErrors } = await joined()
    const key = (): string => {
      throw new Error('mine')
    }
    room.on('said', push, { rate: { ...latest, key } })
    room.on('said', push)
    far().message('a', 'said', 1)
    await clock.advance(100)
    expect(log).toEqual([[0, 1]])
    expect(takeErrors()).toMatchObject([
      { code: 'listener.failed', details: { channel: 'a', event: 'said' } },
    ])
  })

  it('has a window for each of a thousand keys, and none of them for longer than it lasts', async () => {
    const { room, far, clock, log, push } = await joined()
    room.on('said', push, { rate: { ...latest, key: byTag } })
    for (const value of [1, 2, 3])
      for (let tag = 0; tag < 1000; tag++) far().message('a', 'said', value, { tag: `${tag}` } as Meta)
    expect(log).toEqual(Array.from({ length: 1000 }, () => [0, 1]))
    await clock.advance(100)
    expect(log.slice(1000)).toEqual(Array.from({ length: 1000 }, () => [100, 3]))
    await clock.advance(100)
    expect(clock.pending).toEqual([])
  })

  it('delivers the last value of every key also when the far end goes away', async () => {
    const { room, far, clock, log, drop } = await joined()
    room.on('said', (payload) => log.push(payload), { rate: { ...latest, key: byTag } })
    for (const [tag, payload] of [
      ['x', 1],
      ['y', 2],
      ['x', 3],
      ['y', 4],
    ] as const)
      far().message('a', 'said', payload, { tag } as Meta)
    await drop()
    await clock.advance(200)
    expect(log).toEqual([1, 2, 3, 4])
  })
})

describe('a rate that keeps all', () => {
  it('delivers an array per window, the first at once', async () => {
    const { room, clock, log, push, sayAt } = await joined()
    room.on('said', push, { rate: all })
    await sayAt([0, 1], [10, 2], [20, 3], [110, 4])
    await clock.advance(1000)
    expect(log).toEqual([
      [0, [1]],
      [100, [2, 3]],
      [200, [4]],
    ])
  })

  it('keeps the newest of a window up to max, and tells how many were not kept', async () => {
    const { room, clock, say } = await joined()
    const log: unknown[] = []
    room.on('said', (payloads, meta) => log.push([payloads, meta.dropped]), { rate: { ...all, max: 3 } })
    say(1, 2, 3, 4, 5, 6)
    await clock.advance(100)
    say(7)
    await clock.advance(200)
    expect(log).toEqual([
      [[1], 0],
      [[4, 5, 6], 2],
      [[7], 0],
    ])
  })

  it('keeps a thousand by default', async () => {
    const { room, clock, say } = await joined()
    const log: [length: number, dropped: number | undefined][] = []
    room.on('said', (payloads, meta) => log.push([(payloads as unknown[]).length, meta.dropped]), {
      rate: all,
    })
    say(...Array.from({ length: 1202 }, (_, index) => index))
    await clock.advance(200)
    expect(log).toEqual([
      [1, 0],
      [1000, 201],
    ])
  })

  it('finds the maximum of negative values', async () => {
    const { room, clock, say } = await joined()
    const log: number[] = []
    room.on('said', (values) => log.push(Math.max(...(values as number[]))), { rate: all })
    say(-7)
    say(-30, -4.5, -12)
    await clock.advance(200)
    expect(log).toEqual([-7, -4.5])
  })

  it('leaves out what does not fit its schema and delivers the rest', async () => {
    const even: Schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => (Number(value) % 2 ? { issues: [{ message: 'odd' }] } : { value }),
      },
    }
    const { room, clock, log, push, say, takeErrors } = await joined({ channels: { a: { said: even } } })
    room.on('said', push, { rate: all })
    say(0, 1, 2, 3, 4)
    await clock.advance(100)
    say(5)
    await clock.advance(200)
    expect(log).toEqual([
      [0, [0]],
      [100, [2, 4]],
    ])
    expect(takeErrors()).toHaveLength(3)
  })
})

describe('a rate and a schema', () => {
  it('checks only the values that are delivered', async () => {
    const seen: unknown[] = []
    const watched: Schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate(value) {
          seen.push(value)
          return { value }
        },
      },
    }
    const { room, clock, push, say } = await joined({ channels: { a: { said: watched } } })
    room.on('said', push, { rate: latest })
    say(1, 2, 3, 4, 5)
    await clock.advance(200)
    expect(seen).toEqual([1, 5])
  })
})

describe('a rate and a gap', () => {
  it('has what was held pass through the windows, the last value included', async () => {
    const { room, far, clock, log, push, say } = await joined()
    let finish = (): void => {}
    room.on('said', push, { rate: latest })
    room.onGap(() => new Promise<void>((resolve) => (finish = resolve)))
    far().gap('a', 'unknown')
    await clock.advance(500)
    say(1, 2, 3)
    await clock.advance(200)
    expect(log).toEqual([])
    finish()
    await settled()
    expect(log).toEqual([[700, 1]])
    say(4)
    await clock.advance(300)
    expect(log).toEqual([
      [700, 1],
      [800, 4],
    ])
  })

  it('delivers what came before the gap before what came after it', async () => {
    const { room, far, clock, log, say } = await joined()
    let finish = (): void => {}
    room.on('said', (payloads) => log.push(payloads), { rate: all })
    room.onGap(() => {
      log.push('gap')
      return new Promise<void>((resolve) => (finish = resolve))
    })
    say(1, 2)
    far().gap('a', 'unknown')
    say(3)
    await clock.advance(100)
    finish()
    await clock.advance(200)
    expect(log.flat()).toEqual([1, 'gap', 2, 3])
  })
})
