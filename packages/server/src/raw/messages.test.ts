import { toBinaryFrame } from '@org/realtime-raw-ws/codec'
import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { RuleResult } from '../authorize.ts'
import { setupRaw } from './raw-test-setup.ts'

const pub = (id: string, more: object = {}) => ({ t: 'pub', id, ch: 'a', ev: 'said', ...more })

describe('/raw: publishing', () => {
  it('acknowledges with the offset, and only who asked', async () => {
    const guest = await setupRaw().enter()
    const answers = await guest.say(pub('1', { ack: true }), pub('2'), pub('3', { ack: true }))
    expect(answers).toEqual([
      { t: 'ack', id: '1', off: 1 },
      { t: 'ack', id: '3', off: 3 },
    ])
  })

  it('brings it to all in the channel, its sender too, with id and sender', async () => {
    const { enter, connections } = setupRaw()
    const [one, other] = [await enter('a'), await enter('a')]
    for (const guest of [one, other]) guest.take()
    await one.say(pub('1', { data: { text: 'ä' } }))
    const { client: from } = connections().find(({ id }) => id === one.id) ?? {}
    const expected = [{ t: 'msg', ch: 'a', off: 1, ev: 'said', id: '1', from, data: { text: 'ä' } }]
    expect([one.take(), other.take()]).toEqual([[], expected])
  })

  it('takes an id once, and answers a repeat with the same ack, over another connection too', async () => {
    const { enter } = setupRaw()
    const [one, other, hearer] = [await enter(), await enter(), await enter('a')]
    hearer.take()
    expect(await one.say(pub('1', { ack: true }), pub('1', { ack: true }))).toEqual([
      { t: 'ack', id: '1', off: 1 },
      { t: 'ack', id: '1', off: 1 },
    ])
    expect(await other.say(pub('1', { ack: true }))).toEqual([{ t: 'ack', id: '1', off: 1 }])
    expect(hearer.take()).toHaveLength(1)
  })

  it('keeps ids of different channels apart', async () => {
    const guest = await setupRaw().enter()
    expect(await guest.say(pub('1', { ack: true }), pub('1', { ch: 'b', ack: true }))).toEqual([
      { t: 'ack', id: '1', off: 1 },
      { t: 'ack', id: '1', off: 1 },
    ])
  })

  it.each([
    ['as many as dedupe.ids', { ids: 1 }, 0],
    ['as long as dedupe.ageMs', { ageMs: 1000 }, 1001],
  ])('remembers ids %s', async (_what, dedupe, waitMs) => {
    const { enter, clock } = setupRaw({ dedupe })
    const guest = await enter()
    await guest.say(pub('1'))
    await clock.advance(waitMs)
    await guest.say(pub('2'))
    expect(await guest.say(pub('1', { ack: true }))).toEqual([{ t: 'ack', id: '1', off: 3 }])
  })

  it('keeps the order of one connection in one channel, whatever is waited for', async () => {
    const { enter, authorize } = setupRaw()
    let count = 0
    authorize('a', async () => {
      // The first answer takes longest.
      for (let turns = 10 - count++; turns > 0; turns--) await undefined
      return { publish: true }
    })
    const [hearer, guest] = [await enter('a'), await enter()]
    hearer.take()
    await guest.say(...[1, 2, 3, 4].map((n) => pub(`${n}`, { data: n })))
    expect(hearer.take().map((frame) => Object(frame).data)).toEqual([1, 2, 3, 4])
  })

  it('carries bytes, and does not keep the frame that they came in', async () => {
    const { enter } = setupRaw()
    const [hearer, guest] = [await enter('a'), await enter()]
    hearer.take()
    const frame = toBinaryFrame(JSON.stringify(pub('1')), Uint8Array.of(1, 2, 3))
    guest.send(frame)
    frame.fill(0)
    await settled()
    expect(hearer.take()).toMatchObject([{ t: 'msg', data: Uint8Array.of(1, 2, 3) }])
    const [joined] = await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })
    const again = await guest.say({ t: 'sub', chs: [{ ch: 'a', epoch: Object(joined).epoch, off: 0 }] })
    expect(again[1]).toMatchObject({ data: Uint8Array.of(1, 2, 3) })
  })

  it.each([
    ['a client', true],
    ['the program', false],
  ])('keeps bytes of %s in no more memory than they take', async (_who, isClient) => {
    const { enter, publish, core } = setupRaw()
    const guest = await enter('a')
    const large = Buffer.alloc(65_536)
    const frame = Buffer.from(toBinaryFrame(JSON.stringify(pub('1')), Uint8Array.of(1, 2, 3)))
    const arrived = large.subarray(0, frame.copy(large))
    if (isClient) await guest.say(arrived)
    else await publish('a', 'said', arrived)
    large.fill(0)
    const { epoch } = await core.adapter.read('a')
    const { missed: [stored] = [] } = await core.adapter.read('a', { epoch, off: 0 })
    const payload = stored?.payload as Uint8Array | undefined
    expect(payload).toEqual(isClient ? Uint8Array.of(1, 2, 3) : Uint8Array.from(frame))
    expect(payload?.buffer.byteLength).toBe(payload?.length)
  })

  it('publishes by the grant that holds when its turn comes', async () => {
    const { enter, authorize, revoke } = setupRaw()
    const answers: ((result: RuleResult) => void)[] = []
    const guest = await enter('a')
    authorize('*', () => new Promise((resolve) => answers.push(resolve)))
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] }, pub('1'))
    await settled()
    revoke('a')
    answers[0]?.({ refuse: 'forbidden' })
    await settled()
    answers[1]?.(false)
    await settled()
    expect(guest.take().slice(-1)).toMatchObject([{ t: 'nack', id: '1', code: 'forbidden' }])
  })

  it('refuses bytes in any other frame', async () => {
    const guest = await setupRaw().enter()
    const frame = toBinaryFrame(JSON.stringify({ t: 'sub', chs: [] }), Uint8Array.of(1))
    expect(await guest.say(frame)).toMatchObject([{ t: 'error', code: 'bad-frame' }])
  })

  it.each([
    ['a channel against the rules', pub('1', { ch: '@x' }), { code: 'bad-name', ch: '@x', ev: 'said' }],
    ['an event against the rules', pub('1', { ev: '' }), { code: 'bad-name', ch: 'a', ev: '' }],
    ['what does not fit into a frame', pub('1', { data: 'x'.repeat(4090) }), { code: 'too-large' }],
    [
      'what is nested too deeply to be written again',
      `{"t":"pub","id":"1","ch":"a","ev":"x","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      { code: 'too-large' },
    ],
  ])('refuses %s', async (_what, frame, nack) => {
    const guest = await setupRaw({ limits: { frameBytes: 4096 } }).enter()
    expect(await guest.say(frame)).toMatchObject([{ t: 'nack', id: '1', ...nack }])
  })

  it.each([[''], ['x'.repeat(201)], ['a\u0000']])('says that the id %j is none', async (id) => {
    const guest = await setupRaw().enter()
    expect(await guest.say(pub(id))).toMatchObject([{ t: 'error', code: 'bad-frame' }])
  })

  it('cuts a name that goes back, so that the answer fits into a frame', async () => {
    const guest = await setupRaw({ limits: { frameBytes: 4096 } }).enter()
    const [nack] = await guest.say(pub('1', { ch: 'c'.repeat(3000) }))
    expect(nack).toMatchObject({ code: 'bad-name', ch: 'c'.repeat(1000) })
  })

  it('refuses who may only listen, joined or not', async () => {
    const { enter, authorize } = setupRaw()
    authorize('a', () => true)
    const [outside, inside] = [await enter(), await enter('a')]
    const nack = { t: 'nack', id: '1', code: 'forbidden', ch: 'a', ev: 'said' }
    expect([await outside.say(pub('1')), await inside.say(pub('1'))]).toMatchObject([[nack], [nack]])
  })

  it('refuses what comes too fast, and says when to try again', async () => {
    const { enter, clock } = setupRaw({ publishRate: { perSecond: 10, burst: 2 } })
    const guest = await enter()
    const answers = await guest.say(...['1', '2', '3'].map((id) => pub(id)))
    expect(answers).toMatchObject([{ t: 'nack', id: '3', code: 'rate-limited', retryMs: 100 }])
    await clock.advance(100)
    expect(await guest.say(pub('3', { ack: true }))).toEqual([{ t: 'ack', id: '3', off: 3 }])
  })

  it('is unavailable while its store is, and goes on afterwards', async () => {
    const { enter, core, crashes } = setupRaw()
    const guest = await enter()
    const { append } = core.adapter
    Object.assign(core.adapter, { append: () => Promise.reject(new Error('away')) })
    const nack = { t: 'nack', id: '1', code: 'unavailable', retryMs: 1000 }
    expect(await guest.say(pub('1', { ack: true }))).toMatchObject([nack])
    expect(crashes.splice(0)).toEqual([new Error('away')])
    Object.assign(core.adapter, { append })
    expect(await guest.say(pub('1', { ack: true }))).toEqual([{ t: 'ack', id: '1', off: 1 }])
  })

  it('stops reading while more waits for an answer than fits into a frame', async () => {
    const { enter, authorize } = setupRaw({ limits: { frameBytes: 4096 } })
    const answers: (() => void)[] = []
    authorize('*', () => new Promise((resolve) => answers.push(() => resolve({ publish: true }))))
    const guest = await enter()
    guest.send(pub('1', { ch: 'a', data: 'x'.repeat(3000) }))
    expect(guest.isPaused).toBe(false)
    guest.send(pub('2', { ch: 'b', data: 'x'.repeat(3000) }))
    expect(guest.isPaused).toBe(true)
    for (const answer of answers) answer()
    await settled()
    expect(guest.isPaused).toBe(false)
  })
})

describe('/raw: messages to one client', () => {
  it('brings them over the newest connection of its session, and says that they were written', async () => {
    const { connect, enter, send } = setupRaw()
    const [first, second] = [connect(), connect()]
    const { session, client: to } = await first.hello()
    await second.hello({ session })
    const sender = connect()
    const { client: from } = await sender.hello()
    expect(await sender.say({ t: 'send', id: '1', to, ev: 'hi', data: 7, ack: true })).toEqual([
      { t: 'ack', id: '1' },
    ])
    expect([first.take(), second.take()]).toEqual([[], [{ t: 'direct', from, ev: 'hi', id: '1', data: 7 }]])
    expect([await send(to, 'news', { n: 1 }), await send('nobody', 'news')]).toEqual([true, false])
    expect(second.take()).toEqual([{ t: 'direct', from: '', ev: 'news', data: { n: 1 } }])
    await enter()
  })

  it('takes an id once', async () => {
    const { connect, enter } = setupRaw()
    const receiver = connect()
    const { client: to } = await receiver.hello()
    const sender = await enter()
    const frame = { t: 'send', id: '1', to, ev: 'hi', ack: true }
    expect(await sender.say(frame, frame)).toHaveLength(2)
    expect(receiver.take()).toHaveLength(1)
  })

  it('refuses when the client is not there', async () => {
    const { connect, enter } = setupRaw()
    const receiver = connect()
    const { client: to } = await receiver.hello()
    await receiver.drop()
    const sender = await enter()
    const nack = { t: 'nack', id: '1', code: 'not-found', ch: `@${to}`, ev: 'hi' }
    expect(await sender.say({ t: 'send', id: '1', to, ev: 'hi' })).toMatchObject([nack])
  })

  it('is allowed to nobody in production, and to whom the option says', async () => {
    const closed = await setupRaw({ mode: 'production', authenticate: 'anonymous' }).enter()
    expect(await closed.say({ t: 'send', id: '1', to: 'x', ev: 'hi' })).toMatchObject([{ code: 'forbidden' }])
    const { connect } = setupRaw({
      mode: 'production',
      authenticate: (token) => ({ id: `${token}` }),
      direct: ({ user }) => user.id === 'admin',
    })
    const codes = []
    for (const token of ['admin', 'ann']) {
      const guest = connect()
      await guest.hello({ token })
      codes.push(...(await guest.say({ t: 'send', id: '1', to: 'x', ev: 'hi' })))
    }
    expect(codes).toMatchObject([{ code: 'not-found' }, { code: 'forbidden' }])
  })
})
