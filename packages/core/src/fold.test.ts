import { createTestClient, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFold } from './fold.ts'
import { holdChannel, setHiddenTab } from './hidden-tab.ts'
import { createHistory, type HistoryOptions } from './history.ts'
import { createLatest } from './latest.ts'

async function setup() {
  const fake = createTestClient({ atEnd: onTestFinished })
  const channel = fake.client.untyped('a')
  const say = async (...payloads: unknown[]): Promise<void> => {
    for (const payload of payloads) fake.server.publish('a', 'said', payload)
    await settled()
  }
  return { ...fake, channel, say }
}

describe('createFold', () => {
  it('folds every message and shows once per flush', async () => {
    const { channel, say, clock } = await setup()
    const steps: unknown[] = []
    const fold = createFold(
      0,
      (sum: number, payload) => {
        steps.push(payload)
        return sum + (payload as number)
      },
      () => 50,
    )
    const shown: number[] = []
    fold.subscribe((sum) => shown.push(sum))
    const stop = fold.listen(channel, ['said'])
    await settled()
    await say(1, 2, 3)
    expect(steps).toEqual([1, 2, 3])
    expect([fold.get(), shown]).toEqual([0, []])
    await clock.advance(50)
    expect([fold.get(), shown]).toEqual([6, [6]])
    stop()
    await say(4)
    await clock.advance(50)
    expect(fold.get()).toBe(6)
  })

  it('tells nobody of a state that has come back to what is shown', async () => {
    const { channel, say, clock } = await setup()
    const shown: number[] = []
    const fold = createFold(
      0,
      (sum: number, payload) => sum + (payload as number),
      () => 50,
    )
    fold.subscribe((sum) => shown.push(sum))
    fold.listen(channel, ['said'])
    await settled()
    await say(1, -1)
    await clock.advance(50)
    expect(shown).toEqual([])
  })
})

describe('createHistory', () => {
  async function history(options: HistoryOptions<unknown>) {
    const kit = await setup()
    const fold = createHistory(() => ({ flush: 'sync', ...options }))
    fold.listen(kit.channel, ['said'])
    await settled()
    return { ...kit, fold }
  }

  it('keeps the newest, and counts what it let go of, of initial ones too', async () => {
    const { fold, say } = await history({ max: 2, initial: [1, 2, 3] })
    expect(fold.get()).toMatchObject({ items: [2, 3], dropped: 1 })
    await say(4, 5)
    expect(fold.get()).toMatchObject({ items: [4, 5], dropped: 3 })
  })

  it('never changes what it has shown', async () => {
    const { fold, say } = await history({})
    await say(1)
    const before = fold.get()
    await say(2)
    expect(before.items).toEqual([1])
    fold.get().clear()
    expect(fold.get()).toMatchObject({ items: [], dropped: 0 })
  })

  it('leaves out what the filter does not want, and puts the later in the place of the earlier of one id', async () => {
    const { fold, say } = await history({
      filter: (payload) => payload !== 'no',
      id: (payload) => (payload as string)[0],
    })
    await say('a1', 'b1', 'no', 'a2')
    expect(fold.get().items).toEqual(['a2', 'b1'])
  })
})

describe('createLatest', () => {
  it('keeps the last of each series, in a map that is never changed once it is shown', async () => {
    const { channel, say } = await setup()
    const fold = createLatest(() => ({ key: (payload) => (payload as string)[0] as string, flush: 'sync' }))
    fold.listen(channel, ['said'])
    await settled()
    await say('a1', 'b1')
    const before = fold.get()
    await say('a2')
    expect(before).toEqual(
      new Map([
        ['a', 'a1'],
        ['b', 'b1'],
      ]),
    )
    expect(fold.get()).toEqual(
      new Map([
        ['a', 'a2'],
        ['b', 'b1'],
      ]),
    )
  })

  it('shares values between all who use one handle and one key, until nobody listens any more', async () => {
    const { channel, client } = await setup()
    const key = String
    const create = (target = channel) => createLatest(() => ({ key }), target, ['said'])
    const [one, two] = [create(), create()]
    expect(two).toBe(one)
    expect(create(client.untyped('a'))).not.toBe(one)
    expect(createLatest(() => ({ key: (payload) => String(payload) }), channel, ['said'])).not.toBe(one)
    expect(createLatest(() => ({ key, filter: () => true }), channel, ['said'])).not.toBe(one)
    const stops = [one.listen(channel, ['said']), two.listen(channel, ['said'])]
    stops[0]?.()
    expect(create()).toBe(one)
    stops[1]?.()
    expect(create()).not.toBe(one)
  })

  it('is shown to a page that is seen again, and not before, where its channel coalesces', async () => {
    const { channel, say, signals } = await setup()
    setHiddenTab(channel, 'coalesce')
    const letGo = holdChannel(channel)
    const fold = createLatest(() => ({ flush: 'sync' }))
    const shown: unknown[] = []
    fold.subscribe((value) => shown.push(value))
    const stop = fold.listen(channel, ['said'])
    await settled()
    signals.hide()
    await say(1, 2)
    expect(shown).toEqual([])
    signals.show()
    expect(shown).toEqual([2])
    stop()
    letGo()
    expect(signals.listeners).toBe(1)
  })
})

describe('options of a state', () => {
  it.each([
    ['flush', () => createLatest(() => ({ flush: -1 }))],
    ['flush', () => createLatest(() => ({ flush: 'later' as 'raf' }))],
    ['max', () => createHistory(() => ({ max: 0 }))],
    ['max', () => createHistory(() => ({ max: Number.NaN }))],
  ])('refuses %s that cannot be right', (option, create) => {
    expect(create).toThrow(
      expect.objectContaining({ code: 'option.invalid', details: expect.objectContaining({ option }) }),
    )
  })
})
