import { settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Setup } from './channel-test-setup.ts'
import type { Schema } from './index.ts'

/** What is loaded from here on thinks that it is in production. */
function goToProduction(): void {
  vi.stubEnv('NODE_ENV', 'production')
  vi.resetModules()
  onTestFinished(() => {
    vi.unstubAllEnvs()
    vi.resetModules()
  })
}

async function joined(options: Setup = {}) {
  const { connected } = await import('./channel-test-setup.ts')
  const kit = await connected({ joins: 'at once', ...options })
  const rooms = ['a', 'b', 'c'].map((name) => kit.client.untyped(name))
  for (const room of rooms) room.join()
  await settled()
  const [a, b] = rooms
  if (!a || !b) throw new Error('No rooms')
  const log: unknown[] = []
  const push = (value: unknown): void => void log.push(value)
  return { ...kit, a, b, log, push }
}

/** Decodes `1` to 10, and tells how often. */
function counting() {
  const calls: unknown[] = []
  const decode = (payload: unknown): unknown => {
    calls.push(payload)
    if (payload === 'bad') throw new SyntaxError('mine')
    return Number(payload) * 10
  }
  return { calls, decode }
}

const schemaOf = <T>(validate: Schema<T>['~standard']['validate']): Schema<T> => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

const issues = [{ message: 'not a number', path: ['seats'] }]
/** Turns numbers into text. */
const numbers = schemaOf<unknown>((value) =>
  typeof value === 'number' ? { value: `n${value}` } : { issues },
)

describe('the payload of a message', () => {
  it('is not decoded when nobody listens', async () => {
    const { a, far, push } = await joined()
    const { calls, decode } = counting()
    a.on('done', push)
    far().message('a', 'said', 1, undefined, decode)
    far().message('z', 'said', 1, undefined, decode)
    expect(calls).toEqual([])
  })

  it('is decoded once for all listeners', async () => {
    const { client, a, far, log, push } = await joined()
    const { calls, decode } = counting()
    a.on('said', push)
    a.on('said', push)
    a.onAny(({ payload }) => push(payload))
    const stop = client.untyped('a').on('said', push, { rate: { everyMs: 10, keep: 'latest' } })
    const iterator = a.events('said')[Symbol.asyncIterator]()
    far().message('a', 'said', 1, undefined, decode)
    expect(await iterator.next()).toEqual({ done: false, value: 10 })
    expect(log).toEqual([10, 10, 10, 10])
    expect(calls).toEqual([1])
    stop()
  })

  it('is the value itself without decode, also when it is undefined, null or a promise', async () => {
    const { a, far, log, push } = await joined()
    a.on('said', push)
    const promise = Promise.resolve(1)
    for (const payload of [undefined, null, 0, '', false, promise]) far().message('a', 'said', payload)
    expect(log).toEqual([undefined, null, 0, '', false, promise])
  })

  it('is decoded once when the message belongs to several channels, and each listener hears it once', async () => {
    const { a, b, far, log } = await joined()
    const { calls, decode } = counting()
    for (const room of [a, b]) room.on('said', (payload, { channel }) => log.push(`${channel} ${payload}`))
    a.on('said', (payload) => log.push(`a too ${payload}`))
    far().message(['a', 'b', 'c'], 'said', 1, undefined, decode)
    expect(log).toEqual(['a 10', 'a too 10', 'b 10'])
    expect(calls).toEqual([1])
  })

  it('of a message to several channels comes with a meta for each', async () => {
    const { a, b, far, log } = await joined()
    for (const room of [a, b]) room.on('said', (_payload, meta) => log.push(meta))
    far().message(['a', 'b'], 'said', 1, { offset: 3 } as object)
    expect(log).toEqual([
      { channel: 'a', event: 'said', offset: 3 },
      { channel: 'b', event: 'said', offset: 3 },
    ])
  })

  it('that cannot be decoded is reported once, decoded once and given to nobody', async () => {
    const { client, a, far, log, push, takeErrors } = await joined()
    const { calls, decode } = counting()
    a.on('said', push)
    a.on('said', push)
    client.untyped('a').onAny(push)
    far().message('a', 'said', 'bad', undefined, decode)
    const [error, ...more] = takeErrors()
    expect(error).toMatchObject({ code: 'message.malformed', details: { channel: 'a', event: 'said' } })
    expect(error?.cause).toEqual(new SyntaxError('mine'))
    expect([more, log]).toEqual([[], []])
    expect(calls).toEqual(['bad'])
  })

  it('that cannot be decoded is decoded once also for several channels', async () => {
    const { a, b, far, log, push, takeErrors } = await joined()
    const { calls, decode } = counting()
    a.on('said', push)
    b.on('said', push)
    far().message(['a', 'b'], 'said', 'bad', undefined, decode)
    expect(log).toEqual([])
    expect(calls).toEqual(['bad'])
    expect(new Set(takeErrors().map(({ code }) => code))).toEqual(new Set(['message.malformed']))
  })

  it('that cannot be decoded harms no other message', async () => {
    const { a, far, log, push, takeErrors } = await joined()
    const { decode } = counting()
    a.on('said', push)
    for (const payload of [1, 'bad', 2]) far().message('a', 'said', payload, undefined, decode)
    expect(log).toEqual([10, 20])
    expect(takeErrors()).toHaveLength(1)
  })
})

describe('bytes that a transport uses again', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

  it('are read before they are gone', async () => {
    const { a, transport, log, push } = await joined()
    a.on('bytes', push)
    transport.last.send(bytes('one'), bytes('two'))
    await settled()
    expect(log).toEqual(['one', 'two'])
  })

  it('are copied when they wait for a rate window', async () => {
    const { a, transport, clock, log, push } = await joined()
    a.on('bytes', push, { rate: { everyMs: 100, keep: 'all' } })
    transport.last.send(bytes('one'), bytes('two'), bytes('three'))
    await clock.advance(100)
    expect(log).toEqual([['one'], ['two', 'three']])
    await clock.advance(100)
  })

  it('are copied when they wait for a gap handler', async () => {
    const { a, far, transport, log, push } = await joined()
    let finish = (): void => {}
    a.on('bytes', push)
    a.onGap(() => new Promise<void>((resolve) => (finish = resolve)))
    far().gap('a', 'unknown')
    transport.last.send(bytes('one'), bytes('two'))
    await settled()
    expect(log).toEqual([])
    finish()
    await settled()
    expect(log).toEqual(['one', 'two'])
  })

  it('are copied when one listener waits and another does not', async () => {
    const { client, a, transport, clock, log, push } = await joined()
    a.on('bytes', push, { rate: { everyMs: 100, keep: 'latest' } })
    client.untyped('a').on('bytes', (payload) => push(`now ${payload}`))
    transport.last.send(bytes('one'), bytes('two'))
    await clock.advance(100)
    expect(log).toEqual(['one', 'now one', 'now two', 'two'])
    await clock.advance(100)
  })

  it('are read before they are gone while a schema takes its time', async () => {
    const slow = schemaOf<unknown>((value) => Promise.resolve({ value }))
    const { a, transport, log, push } = await joined({ channels: { a: { bytes: slow } } })
    a.on('bytes', push)
    transport.last.send(bytes('one'), bytes('two'))
    await settled()
    expect(log).toEqual(['one', 'two'])
  })
})

describe('a payload with a schema', () => {
  it('is delivered as the schema gives it out', async () => {
    const { a, far, log, push } = await joined({ channels: { a: { said: numbers } } })
    a.on('said', push)
    a.onAny(({ payload }) => push(payload))
    far().message('a', 'said', 1)
    expect(log).toEqual(['n1', 'n1'])
  })

  it('that does not fit is reported once with its issues and given to nobody', async () => {
    const { a, far, log, push, takeErrors } = await joined({ channels: { a: { said: numbers } } })
    a.on('said', push)
    a.on('said', push)
    a.onAny(push)
    far().message('a', 'said', 'x')
    far().message('a', 'said', 2)
    expect(log.slice(0, 2)).toEqual(['n2', 'n2'])
    expect(log).toHaveLength(3)
    expect(takeErrors()).toMatchObject([
      { code: 'message.malformed', details: { channel: 'a', event: 'said', issues } },
    ])
  })

  it('is not checked with the policy off', async () => {
    const { a, far, log, push } = await joined({ channels: { a: { said: numbers } }, validate: 'off' })
    a.on('said', push)
    far().message('a', 'said', 'x')
    expect(log).toEqual(['x'])
  })

  it.each(['dev', 'always'] as const)('is checked with the policy %s while developing', async (validate) => {
    const { a, far, log, push, takeErrors } = await joined({ channels: { a: { said: numbers } }, validate })
    a.on('said', push)
    far().message('a', 'said', 'x')
    expect(log).toEqual([])
    expect(takeErrors()).toHaveLength(1)
  })

  it.each([
    ['off', 0],
    ['dev', 0],
    ['always', 1],
  ] as const)('with the policy %s is found wrong %i times in production', async (validate, times) => {
    goToProduction()
    const { a, far, push, takeErrors } = await joined({ channels: { a: { said: numbers } }, validate })
    a.on('said', push)
    far().message('a', 'said', 'x')
    expect(takeErrors()).toHaveLength(times)
  })

  it('is checked once for all listeners, and not when nobody listens', async () => {
    const seen: unknown[] = []
    const watched = schemaOf<unknown>((value) => {
      seen.push(value)
      return { value }
    })
    const { a, far, push } = await joined({ channels: { a: { said: watched, done: watched } } })
    a.on('said', push)
    a.on('said', push)
    far().message('a', 'said', 1)
    far().message('a', 'done', 2)
    expect(seen).toEqual([1])
  })

  it('is checked where the channel comes from a pattern', async () => {
    const { client, far, log, push, takeErrors } = await joined({
      channels: { 'room.{id}': { said: numbers } },
    })
    client.untyped('room.7').on('said', push)
    await settled()
    far().message('room.7', 'said', 1)
    far().message('room.7', 'said', 'x')
    expect(log).toEqual(['n1'])
    expect(takeErrors()).toMatchObject([{ details: { channel: 'room.7' } }])
  })

  it('is told as malformed when the schema throws or rejects', async () => {
    const { a, far, log, push, takeErrors } = await joined({
      channels: {
        a: {
          throws: schemaOf<unknown>(() => {
            throw new Error('thrown')
          }),
          rejects: schemaOf<unknown>(() => Promise.reject(new Error('rejected'))),
        },
      },
    })
    a.on('throws', push)
    a.on('rejects', push)
    far().message('a', 'throws', 1)
    far().message('a', 'rejects', 1)
    await settled()
    expect(log).toEqual([])
    const found = takeErrors().map(({ code, details }) => [code, (details as { issues: unknown }).issues])
    expect(found).toEqual([
      ['message.malformed', [{ message: 'thrown' }]],
      ['message.malformed', [{ message: 'rejected' }]],
    ])
  })
})

describe('a payload whose schema takes its time', () => {
  async function slowly() {
    const answers = new Map<unknown, () => void>()
    const slow = schemaOf<unknown>(
      (value) =>
        new Promise((resolve) => answers.set(value, () => resolve(value === 'x' ? { issues } : { value }))),
    )
    const kit = await joined({ channels: { a: { slow, fast: numbers } } })
    const answer = async (value: unknown): Promise<void> => {
      answers.get(value)?.()
      await settled()
    }
    return { ...kit, answer }
  }

  it('keeps the order of its event whichever answer comes first', async () => {
    const { a, far, log, push, answer } = await slowly()
    a.on('slow', push)
    for (const payload of [1, 2, 3]) far().message('a', 'slow', payload)
    await answer(3)
    await answer(2)
    expect(log).toEqual([])
    await answer(1)
    expect(log).toEqual([1, 2, 3])
  })

  it('keeps the order of all events of its channel', async () => {
    const { a, far, log, push, answer } = await slowly()
    a.on('slow', push)
    a.on('fast', push)
    a.on('free', push)
    far().message('a', 'fast', 0)
    far().message('a', 'slow', 1)
    far().message('a', 'fast', 2)
    far().message('a', 'free', 3)
    expect(log).toEqual(['n0'])
    await answer(1)
    expect(log).toEqual(['n0', 1, 'n2', 3])
    far().message('a', 'fast', 4)
    expect(log).toEqual(['n0', 1, 'n2', 3, 'n4'])
  })

  it('does not hold up another channel', async () => {
    const { a, b, far, log, push, answer } = await slowly()
    a.on('slow', push)
    b.on('free', push)
    far().message('a', 'slow', 1)
    far().message('b', 'free', 2)
    expect(log).toEqual([2])
    await answer(1)
    expect(log).toEqual([2, 1])
  })

  it('is reported when it does not fit, and what follows is delivered', async () => {
    const { a, far, log, push, answer, takeErrors } = await slowly()
    a.on('slow', push)
    a.on('slow', push)
    far().message('a', 'slow', 'x')
    far().message('a', 'slow', 1)
    await answer('x')
    await answer(1)
    expect(log).toEqual([1, 1])
    expect(takeErrors()).toMatchObject([{ code: 'message.malformed', details: { issues } }])
  })

  it('is not given to a listener that has gone meanwhile', async () => {
    const { a, far, log, push, answer } = await slowly()
    const stop = a.on('slow', push)
    a.on('slow', (payload) => push(`kept ${payload}`))
    far().message('a', 'slow', 1)
    stop()
    await answer(1)
    expect(log).toEqual(['kept 1'])
  })

  it('is delivered after a listener before it has thrown (edge 83)', async () => {
    const { a, far, log, push, answer, takeErrors } = await slowly()
    a.on('slow', () => {
      throw new Error('mine')
    })
    a.on('slow', push)
    far().message('a', 'slow', 1)
    far().message('a', 'slow', 2)
    await answer(1)
    await answer(2)
    expect(log).toEqual([1, 2])
    expect(takeErrors()).toHaveLength(2)
  })

  it('goes through a gap handler and a rate in its order', async () => {
    const { a, far, log, push, answer, clock } = await slowly()
    let finish = (): void => {}
    a.onGap(() => new Promise<void>((resolve) => (finish = resolve)))
    const stop = a.on('slow', push, { rate: { everyMs: 100, keep: 'all' } })
    far().message('a', 'slow', 1)
    far().gap('a', 'unknown')
    far().message('a', 'slow', 2)
    far().message('a', 'slow', 3)
    await answer(1)
    expect(log).toEqual([[1]])
    finish()
    await clock.advance(100)
    await answer(3)
    await answer(2)
    expect(log).toEqual([[1], [2, 3]])
    stop()
  })
})
