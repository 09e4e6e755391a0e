import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, setup } from './channel-test-setup.ts'
import { type EventsOptions, RealtimeError } from './index.ts'

async function iterating(options: EventsOptions = {}) {
  const kit = await connected({ joins: 'at once' })
  const room = kit.client.untyped('a')
  const iterable = room.events('said', options)
  const iterator = iterable[Symbol.asyncIterator]()
  await settled()
  const say = (...payloads: unknown[]): void => {
    for (const payload of payloads) kit.far().message('a', 'said', payload)
  }
  return { ...kit, room, iterable, iterator, say }
}

const next = (value: unknown): IteratorResult<unknown> => ({ done: false, value })
const over = { done: true, value: undefined }

/** Everything that comes without waiting. */
async function rest(iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const values: unknown[] = []
  for (;;) {
    const result = await Promise.race([iterator.next(), settled().then(() => 'nothing' as const)])
    if (result === 'nothing') return values
    if (result.done) return [...values, 'over']
    values.push(result.value)
  }
}

describe('channel.events()', () => {
  it('gives what came before it was asked for, and what comes after, in order', async () => {
    const { iterator, say } = await iterating()
    say(1, 2)
    expect([await iterator.next(), await iterator.next()]).toEqual([next(1), next(2)])
    const third = iterator.next()
    say(3)
    expect(await third).toEqual(next(3))
  })

  it('gives the meta of each event along with it when asked', async () => {
    const { iterator, say } = await iterating({ meta: true })
    say(1)
    const { value } = await iterator.next()
    expect(value).toEqual([1, expect.objectContaining({ channel: 'a', event: 'said' })])
  })

  it('answers as many requests as are made, in their order', async () => {
    const { iterator, say } = await iterating()
    const results = Promise.all([iterator.next(), iterator.next(), iterator.next()])
    say(1, 2, 3, 4)
    expect(await results).toEqual([next(1), next(2), next(3)])
    expect(await iterator.next()).toEqual(next(4))
  })

  it('gives values that count as nothing too', async () => {
    const { iterator, say } = await iterating()
    say(undefined, null, false)
    expect(await rest(iterator)).toEqual([undefined, null, false])
  })

  it('works with for await, and leaves the channel when it is broken off', async () => {
    const { iterable, iterator, say, clock, frames } = await iterating()
    await iterator.return?.()
    const log: unknown[] = []
    const loop = (async () => {
      for await (const value of iterable) {
        log.push(value)
        if (value === 2) break
      }
    })()
    say(1, 2, 3)
    await loop
    await clock.advance(1000)
    expect(log).toEqual([1, 2])
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('leaves the channel when its loop throws', async () => {
    const { iterable, iterator, say, clock, frames } = await iterating()
    await iterator.return?.()
    const loop = (async () => {
      for await (const value of iterable) throw new Error(`mine ${value}`)
    })()
    say(1)
    await expect(loop).rejects.toThrow('mine 1')
    await clock.advance(1000)
    expect(frames().at(-1)).toBe('unsub a')
  })

  it('listens from the start of the iteration, not before', async () => {
    const { client, frames, far } = await connected({ joins: 'at once' })
    const iterable = client.untyped('a').events('said')
    await settled()
    expect(frames()).toEqual([])
    const iterator = iterable[Symbol.asyncIterator]()
    await settled()
    far().message('a', 'said', 1)
    expect(await iterator.next()).toEqual(next(1))
  })

  it('may be iterated twice at a time, each with all events', async () => {
    const { iterable, iterator, say, clock, frames } = await iterating()
    const other = iterable[Symbol.asyncIterator]()
    say(1, 2)
    expect([await rest(iterator), await rest(other)]).toEqual([
      [1, 2],
      [1, 2],
    ])
    await iterator.return?.()
    await clock.advance(2000)
    expect(frames()).toEqual(['sub a'])
    await other.return?.()
    await clock.advance(2000)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('may be iterated again after its end', async () => {
    const { iterable, iterator, say } = await iterating()
    await iterator.return?.()
    const again = iterable[Symbol.asyncIterator]()
    say(1)
    expect(await again.next()).toEqual(next(1))
    expect(await iterator.next()).toEqual(over)
  })

  it('drops the oldest of more than a thousand that wait', async () => {
    const { iterator, say } = await iterating()
    say(...Array.from({ length: 1002 }, (_, index) => index))
    const values = await rest(iterator)
    expect([values.length, values[0], values.at(-1)]).toEqual([1000, 2, 1001])
  })

  it.each([
    ['drop-oldest', [2, 3]],
    ['drop-newest', [1, 2]],
  ] as const)('with overflow %s keeps %j of three in a buffer of two', async (overflow, kept) => {
    const { iterator, say } = await iterating({ buffer: 2, overflow })
    say(1, 2, 3)
    expect([await iterator.next(), await iterator.next()]).toEqual(kept.map(next))
    say(4)
    expect(await rest(iterator)).toEqual([4])
  })

  it('with overflow error gives what waited, then ends with an error and leaves the channel', async () => {
    const { iterator, say, clock, frames } = await iterating({ buffer: 2, overflow: 'error' })
    say(1, 2, 3, 4)
    expect([await iterator.next(), await iterator.next()]).toEqual([next(1), next(2)])
    const details = { channel: 'a', event: 'said', buffer: 2 }
    await expect(iterator.next()).rejects.toMatchObject({ code: 'iteration.overflow', details })
    expect(await iterator.next()).toEqual(over)
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('does not count what a waiting consumer takes against the buffer', async () => {
    const { iterator, say } = await iterating({ buffer: 1, overflow: 'error' })
    const waited = iterator.next()
    await settled()
    say(1, 2)
    expect([await waited, await iterator.next()]).toEqual([next(1), next(2)])
  })

  it('ends for those who wait when its signal is aborted', async () => {
    const controller = new AbortController()
    const { iterator, say, clock, frames } = await iterating({ signal: controller.signal })
    say(1)
    expect(await iterator.next()).toEqual(next(1))
    const waiting = Promise.all([iterator.next(), iterator.next()])
    controller.abort()
    expect(await waiting).toEqual([over, over])
    say(2)
    expect(await iterator.next()).toEqual(over)
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('refuses a buffer out of range', () => {
    const room = setup().client.untyped('a')
    const invalid = expect.objectContaining({ code: 'option.invalid' })
    expect(() => room.events('said', { buffer: -1 })).toThrow(invalid)
  })

  it('with a signal aborted before ends at once and joins nothing', async () => {
    const { iterator, frames } = await iterating({ signal: AbortSignal.abort() })
    expect(await iterator.next()).toEqual(over)
    expect(frames()).toEqual([])
  })

  it('does not keep its signal after its end', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const listeners = new Set<unknown>()
    signal.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener)
    signal.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener)
    const { iterator } = await iterating({ signal })
    expect(listeners.size).toBe(1)
    await iterator.return?.()
    expect(listeners.size).toBe(0)
  })

  it('return() gives up what waits, ends those who wait, and may be called twice', async () => {
    const { iterator, say } = await iterating()
    say(1, 2)
    expect(await iterator.return?.()).toEqual(over)
    expect(await iterator.next()).toEqual(over)
    expect(await iterator.return?.()).toEqual(over)
    const { iterator: other } = await iterating()
    const waiting = other.next()
    await other.return?.()
    expect(await waiting).toEqual(over)
  })

  it('ends with close() after what waited', async () => {
    const { client, iterator, say } = await iterating()
    say(1)
    await client.close()
    expect(await rest(iterator)).toEqual([1, 'over'])
  })

  it('ends with leave() of its handle, and of no other', async () => {
    const { client, room, iterator, say } = await iterating()
    const other = client.untyped('a').events('said')[Symbol.asyncIterator]()
    room.leave()
    say(1)
    expect(await rest(iterator)).toEqual(['over'])
    expect(await rest(other)).toEqual([1])
  })

  it('ends with the error when the connection fails for good', async () => {
    const { iterator, far } = await iterating()
    const waiting = iterator.next()
    waiting.catch(() => {})
    const error = new RealtimeError('connection.refused', 'No', {})
    far().fail('stop', error)
    await expect(waiting).rejects.toBe(error)
    expect(await iterator.next()).toEqual(over)
  })

  it('goes on after a drop', async () => {
    const { iterator, say, blink } = await iterating()
    say(1)
    await blink()
    say(2)
    expect(await rest(iterator)).toEqual([1, 2])
  })

  it('holds the connection while it goes on, and lets it go at its end', async () => {
    const { client, clock, transport } = setup({ joins: 'at once' })
    const iterator = client.untyped('a').events('said')[Symbol.asyncIterator]()
    await clock.advance(60_000)
    expect(client.status.get().status).toBe('connected')
    await iterator.return?.()
    await clock.advance(6000)
    expect(client.status.get().status).toBe('idle')
    expect(transport.sessions).toHaveLength(1)
  })

  it('leaves the error of an overflow to whoever asks, and ends nothing else', async () => {
    const { client, iterator, say } = await iterating({ buffer: 1, overflow: 'error' })
    say(1, 2)
    await settled()
    expect(client.status.get().status).toBe('connected')
    expect(await iterator.return?.()).toEqual(over)
  })
})
