import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryAdapter } from './memory-adapter.ts'
import { numbers } from './ranges.ts'

type Limits = Parameters<typeof createMemoryAdapter>[0]

function setup(more: Partial<Limits> = {}) {
  const clock = createFakeClock()
  const heard: unknown[] = []
  const limits = {
    channels: 100,
    members: 10,
    membersBytes: 1000,
    history: numbers('history'),
    dedupe: numbers('dedupe'),
    ...more,
  }
  const adapter = createMemoryAdapter(limits, clock)
  adapter.open({
    message: (channel, { off }) => heard.push(['message', channel, off]),
    moved: (channel, { off }) => heard.push(['moved', channel, off]),
    joined: (channel, { id }, holder) => heard.push(['joined', channel, id, holder]),
    left: (channel, id) => heard.push(['left', channel, id]),
    direct: (client) => client === 'here',
    asked: (topic, question) => topic === 'known' && question,
    store: () => {},
  })
  onTestFinished(async () => {
    await adapter.close()
    expect(clock.pending).toEqual([])
  })
  const append = (channel: string, payload = '', id?: string) =>
    adapter.append(channel, { event: 'e', payload, ...(id !== undefined && { id }) })
  const missedIn = async (channel: string, epoch: string, off: number) =>
    (await adapter.read(channel, { epoch, off })).missed?.map(({ off: own }) => own)
  return { clock, adapter, heard, append, missedIn }
}

describe('createMemoryAdapter', () => {
  it('has told of a message when append returns, before the promise settles', () => {
    const { append, heard } = setup()
    append('a')
    append('a')
    expect(heard).toEqual([
      ['message', 'a', 1],
      ['message', 'a', 2],
    ])
  })

  it('keeps as many messages of a channel as history.messages', async () => {
    const { append, missedIn } = setup({ history: numbers('history', { messages: 2 }) })
    const { epoch } = await append('a')
    for (let n = 0; n < 3; n++) append('a')
    expect([await missedIn('a', epoch, 2), await missedIn('a', epoch, 1)]).toEqual([[3, 4], undefined])
  })

  it('keeps as many bytes of a channel as history.bytes', async () => {
    const { append, missedIn } = setup({ history: numbers('history', { bytes: 1000 }) })
    const { epoch } = await append('a', 'x'.repeat(300))
    append('a', 'x'.repeat(300))
    append('a', 'x'.repeat(2000))
    expect([await missedIn('a', epoch, 3), await missedIn('a', epoch, 2)]).toEqual([[], undefined])
  })

  it('forgets messages that are older than history.ageMs', async () => {
    const { append, missedIn, clock } = setup({ history: numbers('history', { ageMs: 5000 }) })
    const { epoch } = await append('a')
    await clock.advance(4000)
    append('a')
    await clock.advance(1001)
    append('a')
    expect([await missedIn('a', epoch, 1), await missedIn('a', epoch, 0)]).toEqual([[2, 3], undefined])
  })

  it('keeps as many bytes of all channels as history.totalBytes, the busiest channel longest', async () => {
    const { append, missedIn } = setup({ history: numbers('history', { totalBytes: 5000 }) })
    const { epoch: idle } = await append('idle', 'x'.repeat(1000))
    const { epoch: busy } = await append('busy', 'x'.repeat(1000))
    for (let n = 0; n < 3; n++) await append('busy', 'x'.repeat(1000))
    expect([await missedIn('idle', idle, 0), await missedIn('busy', busy, 1)]).toEqual([undefined, [2, 3, 4]])
  })

  it('forgets what nobody watches or uses, and then counts anew', async () => {
    const { append, adapter, clock } = setup({ history: numbers('history', { ageMs: 20_000 }) })
    const { epoch } = await append('a')
    const { epoch: watched } = await append('b')
    adapter.watch('b')
    await clock.advance(60_000)
    const [a, b] = [await append('a'), await append('b')]
    expect([a.off, b.off, b.epoch === watched]).toEqual([1, 2, true])
    expect(a.epoch).not.toBe(epoch)
  })

  it('keeps as many channels as may be, of those that nobody watches the last used', async () => {
    const { append, adapter } = setup({ channels: 3 })
    adapter.watch('watched')
    const first = await append('watched')
    for (const channel of ['a', 'b', 'a', 'c']) await append(channel)
    expect([(await append('watched')).off, (await append('a')).off, (await append('b')).off]).toEqual([
      2, 3, 1,
    ])
    expect((await append('watched')).epoch).toBe(first.epoch)
  })

  it('counts no bytes of a channel that finds no room beside those that are watched', async () => {
    const history = numbers('history', { totalBytes: 1000 })
    const { append, adapter, missedIn } = setup({ channels: 1, history })
    adapter.watch('watched')
    const { epoch } = await append('watched')
    for (let count = 0; count < 20; count++) await append(`other ${count}`)
    expect(await missedIn('watched', epoch, 0)).toEqual([1])
  })

  it('takes an id once per channel', async () => {
    const { append } = setup()
    const [one, two, repeat] = [
      await append('a', '', 'x'),
      await append('b', '', 'x'),
      await append('a', '', 'x'),
    ]
    expect([one.isRepeat, two.isRepeat, repeat]).toEqual([false, false, { ...one, isRepeat: true }])
  })

  it('forgets ids with the rest when a channel starts anew', async () => {
    const { append, adapter, heard } = setup()
    const { epoch } = await append('a', '', 'x')
    await adapter.restart('a')
    const again = await append('a', '', 'x')
    expect([again.off, again.isRepeat, again.epoch === epoch]).toEqual([1, false, false])
    expect(heard).toContainEqual(['moved', 'a', 0])
  })

  it('enters and leaves a member once, however many hold it', async () => {
    const { adapter, heard } = setup()
    await adapter.enter('a', 's1', { id: 'ann' })
    await adapter.enter('a', 's2', { id: 'ann' })
    await adapter.leave('a', 's1', 'ann')
    await adapter.leave('a', 's1', 'ann')
    await adapter.leave('a', 's2', 'ann')
    await adapter.leave('b', 's2', 'ann')
    expect(heard).toEqual([
      ['joined', 'a', 'ann', 's1'],
      ['left', 'a', 'ann'],
    ])
    expect(await adapter.members('a')).toEqual([])
  })

  it('has room for so many members, and for so many bytes of them', async () => {
    const { adapter } = setup({ members: 2, membersBytes: 60 })
    const enter = (channel: string, id: string) => adapter.enter(channel, id, { id })
    expect(
      [await enter('a', 'x'), await enter('a', 'y'), await enter('a', 'z')].map(
        (entered) => entered?.members.length,
      ),
    ).toEqual([1, 2, undefined])
    expect(
      [await enter('b', 'x'.repeat(40)), await enter('b', 'y'.repeat(40))].map(
        (entered) => entered?.members.length,
      ),
    ).toEqual([1, undefined])
    await adapter.leave('b', 'x'.repeat(40), 'x'.repeat(40))
    expect((await enter('b', 'y'.repeat(40)))?.members).toHaveLength(1)
  })

  it('counts members as they stand in one list', async () => {
    const { adapter } = setup({ members: 1000, membersBytes: 200 })
    let all: readonly unknown[] = []
    for (let id = 10; ; id++) {
      const entered = await adapter.enter('a', `${id}`, { id: `${id}` })
      if (!entered) break
      all = entered.members
    }
    // Without its brackets.
    expect(JSON.stringify(all).length - 2).toBeLessThanOrEqual(200)
    expect(all.length).toBeGreaterThan(15)
  })

  it('reaches a single client where it is', async () => {
    const { adapter } = setup()
    const message = { event: 'e', payload: undefined }
    expect([await adapter.direct('here', message), await adapter.direct('gone', message)]).toEqual([
      true,
      false,
    ])
  })
})
