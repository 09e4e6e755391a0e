import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { RuleResult } from '../authorize.ts'
import { setupRaw } from './raw-test-setup.ts'

const msg = (off: number, more: object = {}) => ({ t: 'msg', ch: 'a', off, ev: 'said', ...more })

describe('/raw: channels', () => {
  it('answers sub, unsub, and an unsub of what was not joined', async () => {
    const guest = await setupRaw().enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })).toMatchObject([
      { t: 'subbed', ch: 'a', off: 0, recovered: false },
    ])
    expect(await guest.say({ t: 'unsub', ch: 'a' }, { t: 'unsub', ch: 'b' })).toEqual([
      { t: 'unsubbed', ch: 'a' },
      { t: 'unsubbed', ch: 'b' },
    ])
  })

  it('answers in the order of the requests, whatever each has to wait for', async () => {
    const { enter, authorize } = setupRaw()
    authorize('*', () => Promise.resolve(true))
    const guest = await enter()
    const answers = await guest.say(
      { t: 'sub', chs: [{ ch: 'a' }] },
      { t: 'unsub', ch: 'a' },
      { t: 'sub', chs: [{ ch: 'a' }] },
    )
    expect(answers.map((answer) => Object(answer).t)).toEqual(['subbed', 'unsubbed', 'subbed'])
  })

  it('brings what the server publishes to everybody in the channel, and to nobody else', async () => {
    const { enter, publish } = setupRaw()
    const [in1, in2, out] = [await enter('a'), await enter('a'), await enter('b')]
    for (const guest of [in1, in2, out]) guest.take()
    expect(await publish('a', 'said', { n: 1 })).toMatchObject({ off: 1 })
    await publish('a', 'said')
    await publish('a', 'said', Uint8Array.of(0, 255))
    const expected = [msg(1, { data: { n: 1 } }), msg(2), msg(3, { data: Uint8Array.of(0, 255) })]
    expect([in1.take(), in2.take(), out.take()]).toEqual([expected, expected, []])
  })

  it('sends what was missed, in order and before anything newer', async () => {
    const { enter, publish } = setupRaw()
    const first = await enter()
    const [joined] = await first.say({ t: 'sub', chs: [{ ch: 'a' }] })
    const { epoch } = Object(joined)
    await publish('a', 'said', 1)
    await publish('a', 'said', 2)
    const second = await enter()
    second.send({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })
    await publish('a', 'said', 3)
    await settled()
    expect(second.take()).toEqual([
      { t: 'subbed', ch: 'a', epoch, off: 0, recovered: true },
      msg(1, { data: 1 }),
      msg(2, { data: 2 }),
      msg(3, { data: 3 }),
    ])
  })

  it('recovers when nothing was missed, not even once', async () => {
    const { enter } = setupRaw()
    const guest = await enter()
    const [joined] = await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })
    const { epoch } = Object(joined)
    const again = await guest.say({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })
    expect(again).toEqual([{ t: 'subbed', ch: 'a', epoch, off: 0, recovered: true }])
  })

  it.each([
    ['another epoch', (epoch: string) => ({ epoch: `${epoch}x`, off: 1 })],
    ['a place that was never reached', (epoch: string) => ({ epoch, off: 9 })],
    ['a place that history has forgotten', (epoch: string) => ({ epoch, off: 0 })],
  ])('does not recover from %s', async (_what, toPosition) => {
    const { enter, publish } = setupRaw({ history: { messages: 2 } })
    const { epoch } = await publish('a', 'said', 1)
    for (const n of [2, 3]) await publish('a', 'said', n)
    const guest = await enter()
    const answers = await guest.say({ t: 'sub', chs: [{ ch: 'a', ...toPosition(epoch) }] })
    expect(answers).toEqual([{ t: 'subbed', ch: 'a', epoch, off: 3, recovered: false }])
  })

  it('starts a channel that is joined already anew from the position that is named', async () => {
    const { enter, publish } = setupRaw()
    const guest = await enter('a')
    const { epoch } = await publish('a', 'said', 1)
    guest.take()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })).toMatchObject([
      { recovered: true },
      msg(1),
    ])
    await publish('a', 'said', 2)
    expect(guest.take()).toMatchObject([msg(2)])
  })

  it('tells a gap when a channel starts anew, and goes on from there', async () => {
    const { enter, publish, faults } = setupRaw()
    const guest = await enter('a')
    await publish('a', 'said', 1)
    guest.take()
    faults.add({ at: 'now', do: 'restart', channel: 'a' })
    const { epoch } = await publish('a', 'said', 2)
    expect(guest.take()).toEqual([{ t: 'gap', ch: 'a', epoch, off: 0 }, msg(1, { data: 2 })])
  })

  it.each([
    ['no list', { t: 'sub', chs: {} }, 'bad-frame'],
    ['no channels', { t: 'sub', chs: [7, null] }, 'bad-frame'],
    ['half a position', { t: 'sub', chs: [{ ch: 'a', epoch: 'e' }] }, 'bad-frame'],
    ['a position of the wrong kind', { t: 'sub', chs: [{ ch: 'a', epoch: 'e', off: -1 }] }, 'bad-frame'],
    ['too many', { t: 'sub', chs: [{ ch: 'a' }, { ch: 'b' }, { ch: 'c' }] }, 'too-large'],
  ])('refuses a sub of %s, and joins nothing', async (_what, frame, code) => {
    const { enter, channels } = setupRaw({ limits: { joins: 2 } })
    const guest = await enter()
    expect(await guest.say(frame)).toMatchObject([{ t: 'error', code }])
    expect(channels()).toEqual([])
  })

  it.each([[''], ['x'.repeat(201)], ['@direct'], ['a\nb'], ['a\u0085']])(
    'refuses the name %j',
    async (ch) => {
      const guest = await setupRaw().enter()
      expect(await guest.say({ t: 'sub', chs: [{ ch }] })).toMatchObject([
        { t: 'refused', ch, code: 'bad-name' },
      ])
    },
  )

  it('refuses more channels than one connection may have', async () => {
    const { enter } = setupRaw({ limits: { channelsPerConnection: 1 } })
    const guest = await enter('a')
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'b' }, { ch: 'a' }] })).toMatchObject([
      { t: 'refused', ch: 'b', code: 'limit' },
      { t: 'subbed', ch: 'a' },
    ])
  })

  it.each([
    ['in one frame', [{ t: 'sub', chs: [{ ch: 'a' }, { ch: 'b' }, { ch: 'c' }] }]],
    ['while rules are asked', ['a', 'b', 'c'].map((ch) => ({ t: 'sub', chs: [{ ch }] }))],
  ])('refuses them when they are asked for at once, %s', async (_how, frames) => {
    const { enter, authorize } = setupRaw({ limits: { channelsPerConnection: 2 } })
    authorize('*', () => Promise.resolve(true))
    const guest = await enter()
    // The refusal overtakes those that have to be read up.
    expect(await guest.say(...frames)).toMatchObject([
      { t: 'refused', ch: 'c', code: 'limit' },
      { t: 'subbed', ch: 'a' },
      { t: 'subbed', ch: 'b' },
    ])
  })

  it('refuses more channels than the server may have', async () => {
    const { enter } = setupRaw({ limits: { channels: 1 } })
    await enter('a')
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'b' }] })).toMatchObject([{ t: 'refused', code: 'limit' }])
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })).toMatchObject([{ t: 'subbed' }])
  })

  it('refuses joins that come too fast, and says when to try again', async () => {
    const { enter, clock } = setupRaw({ subscribeRate: { perSecond: 2, burst: 1 } })
    const guest = await enter('a')
    const refused = { t: 'refused', ch: 'b', code: 'rate-limited', retryMs: 500 }
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'b' }] })).toMatchObject([refused])
    await clock.advance(500)
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'b' }] })).toMatchObject([{ t: 'subbed' }])
  })
})

describe('/raw: rules', () => {
  it('denies what no rule covers', async () => {
    const { enter, authorize } = setupRaw()
    authorize('known', () => true)
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'unknown' }] })).toMatchObject([
      { t: 'refused', ch: 'unknown', code: 'unknown-channel' },
    ])
  })

  it('denies everything in production while there is no rule', async () => {
    const guest = await setupRaw({ mode: 'production', authenticate: 'anonymous' }).enter()
    const answers = await guest.say({ t: 'sub', chs: [{ ch: 'a' }] }, { t: 'pub', id: '1', ch: 'a', ev: 'x' })
    expect(answers).toMatchObject([{ code: 'unknown-channel' }, { code: 'unknown-channel' }])
  })

  it.each<[string, RuleResult, object]>([
    ['true', true, { t: 'subbed' }],
    ['a grant', {}, { t: 'subbed' }],
    ['false', false, { t: 'refused', code: 'forbidden' }],
    ['nothing', undefined, { t: 'refused', code: 'forbidden' }],
    ['a grant without subscribing', { subscribe: false, publish: true }, { code: 'forbidden' }],
    ['a reason', { refuse: 'limit', message: 'Sold out' }, { code: 'limit', message: 'Sold out' }],
    ['a reason for now', { refuse: 'unavailable', retryMs: 9 }, { code: 'unavailable', retryMs: 9 }],
  ])('takes %s of a rule', async (_what, result, answer) => {
    const { enter, authorize } = setupRaw()
    authorize('a', () => Promise.resolve(result))
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })).toMatchObject([answer])
  })

  it('gives a rule the user, the parameters and what is wanted', async () => {
    const asked: unknown[] = []
    const { enter, authorize, connections } = setupRaw()
    authorize('booking.{userId}.{part}', (user, params, request) => {
      asked.push([user.id, { ...params }, request])
      return true
    })
    const guest = await enter('booking.42.seats')
    await guest.say({ t: 'pub', id: '1', ch: 'booking.7.x', ev: 'e' })
    const client = connections()[0]?.client
    expect(asked).toEqual([
      [client, { userId: '42', part: 'seats' }, { channel: 'booking.42.seats', client, want: 'subscribe' }],
      [client, { userId: '7', part: 'x' }, { channel: 'booking.7.x', client, want: 'publish' }],
    ])
  })

  it('is unavailable when a rule throws, and says so', async () => {
    const { enter, authorize, crashes } = setupRaw()
    authorize('a', () => Promise.reject(new Error('database')))
    const guest = await enter()
    const refused = { t: 'refused', ch: 'a', code: 'unavailable', retryMs: 1000 }
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })).toMatchObject([refused])
    expect(crashes.splice(0)).toEqual([new Error('database')])
  })

  it('is unavailable when a rule gives what means nothing, and says so', async () => {
    const { enter, authorize, crashes } = setupRaw()
    authorize('*', () => 1 as unknown as RuleResult)
    const guest = await enter()
    const sub = { t: 'sub', chs: [{ ch: 'a' }] }
    const pub = { t: 'pub', id: '1', ch: 'b', ev: 'said' }
    expect(await guest.say(sub, pub)).toMatchObject([
      { t: 'nack', code: 'unavailable' },
      { t: 'refused', code: 'unavailable' },
    ])
    expect(crashes.splice(0)).toMatchObject(Array(2).fill({ message: expect.stringMatching(/^A rule must/) }))
  })

  it('has members where the rule says so, with what it shows of them', async () => {
    const { enter, authorize } = setupRaw()
    authorize('desk', () => ({ presence: { info: { seat: 4 } } }))
    authorize('presence-none', () => ({ presence: false }))
    const guest = await enter()
    const [desk] = await guest.say({ t: 'sub', chs: [{ ch: 'desk' }] })
    const [none] = await guest.say({ t: 'sub', chs: [{ ch: 'presence-none' }] })
    expect([desk, Object(none).members]).toMatchObject([{ members: [{ info: { seat: 4 } }] }, undefined])
  })

  it('sends nothing missed where the rule says so', async () => {
    const { enter, authorize, publish } = setupRaw()
    authorize('a', () => ({ history: false }))
    const { epoch } = await publish('a', 'said', 1)
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })).toEqual([
      { t: 'subbed', ch: 'a', epoch, off: 1, recovered: false },
    ])
  })

  it('lets go of everything when the connection ends while a rule is asked', async () => {
    let answer = (_result: RuleResult): void => {}
    const { enter, authorize, channels } = setupRaw()
    authorize('a', () => new Promise<RuleResult>((resolve) => (answer = resolve)))
    const guest = await enter()
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await settled()
    await guest.drop()
    answer(true)
    await settled()
    expect(channels()).toEqual([])
  })

  it('puts members out later, all or one user', async () => {
    const { enter, revoke, channels } = setupRaw()
    const [ann, bob] = [await enter('presence-a'), await enter('presence-a')]
    for (const guest of [ann, bob]) guest.take()
    const [annIs] = (await setupMembers(ann)).map(({ id }) => id)
    expect(revoke('presence-a', { user: annIs ?? '', message: 'Moderated' })).toBe(1)
    await settled()
    expect(ann.take()).toEqual([{ t: 'refused', ch: 'presence-a', code: 'forbidden', message: 'Moderated' }])
    expect(bob.take()).toMatchObject([{ t: 'leave', id: annIs }])
    expect([revoke('presence-a'), channels()]).toEqual([1, []])
    expect(bob.take()).toMatchObject([{ t: 'refused', code: 'forbidden' }])
  })

  it('keeps out who is put out while its rule is still being asked, and lets it ask again', async () => {
    const { enter, authorize, revoke, channels } = setupRaw()
    let answer = (_result: RuleResult): void => {}
    authorize(
      '*',
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    const guest = await enter()
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await settled()
    expect(revoke('a', { message: 'Moderated' })).toBe(0)
    answer(true)
    await settled()
    expect(guest.take()).toEqual([{ t: 'refused', ch: 'a', code: 'forbidden', message: 'Moderated' }])
    expect(channels()).toEqual([])
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await settled()
    answer(true)
    await settled()
    expect(guest.take()).toMatchObject([{ t: 'subbed', ch: 'a' }])
  })
})

/** The members that a sub of a joined channel is answered with. */
async function setupMembers(guest: { say(...frames: object[]): Promise<readonly object[]> }) {
  const [answer] = await guest.say({ t: 'sub', chs: [{ ch: 'presence-a' }] })
  return Object(answer).members as { id: string }[]
}
