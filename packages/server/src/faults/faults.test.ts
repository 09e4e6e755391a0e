import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { type Guest, setupRaw } from '../raw/raw-test-setup.ts'

const types = (guest: Guest): unknown[] => guest.take().map((frame) => Object(frame).t)
const offsets = (guest: Guest): unknown[] => guest.take().map((frame) => Object(frame).off)
const out = { at: 'frame', direction: 'out', type: 'msg' } as const

describe('faults of frames', () => {
  it('drops the nth frame of a type and direction, and no other', async () => {
    const { enter, publish, faults } = setupRaw()
    const guest = await enter('a')
    faults.add({ ...out, nth: 2, do: 'drop' })
    for (const n of [1, 2, 3]) await publish('a', 'said', n)
    expect(offsets(guest)).toEqual([1, 3])
  })

  it('counts frames of all that the rule is about together', async () => {
    const { enter, publish, faults } = setupRaw()
    const [one, other] = [await enter('a'), await enter('a')]
    faults.add({ ...out, nth: 2, do: 'drop' })
    await publish('a', 'said')
    expect([offsets(one), offsets(other)]).toEqual([[1], []])
  })

  it('strikes as often as it says, from the nth on', async () => {
    const { enter, publish, faults } = setupRaw()
    const guest = await enter('a')
    faults.add({ ...out, nth: 2, times: 2, do: 'drop' })
    for (const n of [1, 2, 3, 4]) await publish('a', 'said', n)
    expect(offsets(guest)).toEqual([1, 4])
  })

  it('is about one connection, client, user or channel when it says so', async () => {
    const { enter, publish, faults, connections } = setupRaw()
    const [one, other] = [await enter('a', 'b'), await enter('a', 'b')]
    const { client = '' } = connections()[0] ?? {}
    faults.add({ ...out, connection: one.id, channel: 'a', do: 'drop' })
    faults.add({ ...out, client, channel: 'x.{id}', do: 'drop' })
    faults.add({ ...out, user: 'nobody', do: 'drop' })
    for (const channel of ['a', 'b']) await publish(channel, 'said')
    expect([one.take(), other.take()]).toMatchObject([[{ ch: 'b' }], [{ ch: 'a' }, { ch: 'b' }]])
  })

  it('delays, duplicates and swaps frames', async () => {
    const { enter, publish, faults, clock } = setupRaw()
    const guest = await enter('a')
    faults.add({ ...out, nth: 1, do: 'delay', ms: 100 })
    faults.add({ ...out, nth: 2, do: 'duplicate' })
    faults.add({ ...out, nth: 3, do: 'reorder' })
    for (const n of [1, 2, 3, 4]) await publish('a', 'said', n)
    expect(offsets(guest)).toEqual([2, 2, 4, 3])
    await clock.advance(100)
    expect(offsets(guest)).toEqual([1])
  })

  it('treats frames of clients too: a lost publish gets no answer', async () => {
    const { enter, faults } = setupRaw()
    const guest = await enter()
    faults.add({ at: 'frame', direction: 'in', type: 'pub', nth: 1, do: 'drop' })
    const pub = { t: 'pub', id: '1', ch: 'a', ev: 'x', ack: true }
    expect(await guest.say(pub)).toEqual([])
    expect(await guest.say(pub)).toEqual([{ t: 'ack', id: '1', off: 1 }])
  })

  it('stops answering probes only', async () => {
    const { enter, faults, publish } = setupRaw()
    const guest = await enter('a')
    const remove = faults.add({ at: 'frame', direction: 'out', type: 'pong', do: 'drop' })
    await guest.say({ t: 'ping' })
    await publish('a', 'said')
    expect(types(guest)).toEqual(['msg'])
    remove()
    expect(await guest.say({ t: 'ping' })).toEqual([{ t: 'pong' }])
  })

  it('cuts the connection instead of the nth acknowledgement', async () => {
    const { enter, faults, publish } = setupRaw()
    const guest = await enter()
    faults.add({ at: 'frame', direction: 'out', type: 'ack', nth: 2, do: 'cut' })
    const pub = { t: 'pub', ch: 'a', ev: 'x', ack: true }
    expect(await guest.say({ ...pub, id: '1' }, { ...pub, id: '2' })).toMatchObject([{ t: 'ack', id: '1' }])
    expect([guest.end, await publish('a', 'x')]).toMatchObject(['cut', { off: 3 }])
  })

  it('lets go of a swapped frame that nothing has overtaken when the rule ends', async () => {
    const { enter, publish, faults } = setupRaw()
    const guest = await enter('a')
    const remove = faults.add({ ...out, nth: 1, do: 'reorder' })
    await publish('a', 'said')
    expect(offsets(guest)).toEqual([])
    remove()
    expect(offsets(guest)).toEqual([1])
  })
})

describe('faults of connections', () => {
  it('accepts and stays mute', async () => {
    const { connect, faults } = setupRaw()
    faults.add({ at: 'open', do: 'freeze', what: 'writes' })
    const guest = connect()
    expect(await guest.say({ t: 'hello', v: 1 })).toEqual([])
    faults.clear()
    expect(types(guest)).toEqual(['welcome'])
  })

  it('accepts and closes with any code, at once or after a while', async () => {
    const { connect, faults, clock } = setupRaw()
    faults.add({ at: 'open', nth: 1, do: 'close', code: 4200, reason: 'because' })
    faults.add({ at: 'open', nth: 2, do: 'close', code: 1013, afterMs: 50 })
    expect(connect().end).toEqual({ code: 4200, reason: 'because' })
    const second = connect()
    await clock.advance(49)
    expect(second.end).toBeUndefined()
    await clock.advance(1)
    expect(second.end).toMatchObject({ code: 1013 })
    expect(connect().end).toBeUndefined()
  })

  it('takes back what waits when the rule ends', async () => {
    const { connect, faults, clock } = setupRaw()
    const remove = faults.add({ at: 'open', do: 'cut', afterMs: 50 })
    const guest = connect()
    remove()
    await clock.advance(50)
    expect(guest.end).toBeUndefined()
  })

  it.each([
    [undefined, { code: 'unavailable', final: false }, 1013],
    ['unauthenticated', { code: 'unauthenticated', final: true }, 4001],
    ['limit', { code: 'limit', retryMs: 7 }, 4006],
  ] as const)('refuses after it has accepted: %s', async (code, denied, close) => {
    const { connect, faults } = setupRaw()
    faults.add({ at: 'hello', times: 1, do: 'deny', retryMs: 7, ...(code && { code }) })
    const guest = connect()
    expect(await guest.say({ t: 'hello', v: 1 })).toMatchObject([{ t: 'denied', ...denied }])
    expect(guest.end).toMatchObject({ code: close })
    expect(await connect().hello()).toMatchObject({ t: 'welcome' })
  })

  it('freezes what is written to one connection, counts it as unsent, and sends it afterwards', async () => {
    const { enter, faults, publish, connections, clock } = setupRaw()
    const [frozen, other] = [await enter('a'), await enter('a')]
    faults.add({ at: 'now', connection: frozen.id, do: 'freeze', what: 'writes', forMs: 100 })
    for (const n of [1, 2]) await publish('a', 'said', n)
    expect([offsets(frozen), offsets(other)]).toEqual([[], [1, 2]])
    expect(connections().find(({ id }) => id === frozen.id)?.bufferedBytes).toBeGreaterThan(50)
    await clock.advance(100)
    expect(offsets(frozen)).toEqual([1, 2])
  })

  it('freezes what is read, and reads it afterwards', async () => {
    const { enter, faults } = setupRaw()
    const guest = await enter()
    const remove = faults.add({ at: 'now', connection: guest.id, do: 'freeze', what: 'reads' })
    expect([await guest.say({ t: 'ping' }), guest.isPaused]).toEqual([[], true])
    remove()
    expect([guest.take(), guest.isPaused]).toEqual([[{ t: 'pong' }], false])
  })

  it('does not tell a frozen client that it was given up, until it thaws', async () => {
    const { enter, faults, clock } = setupRaw()
    const guest = await enter()
    const remove = faults.add({ at: 'now', do: 'freeze' })
    await clock.advance(30_000)
    expect(guest.end).toBeUndefined()
    remove()
    expect(guest.end).toMatchObject({ code: 4007 })
  })

  it('asks to move, not to come back yet, and lets a token expire', async () => {
    const { enter, faults, clock } = setupRaw()
    const guest = await enter()
    faults.add({ at: 'now', do: 'drain', windowMs: 500 })
    faults.add({ at: 'now', do: 'later', ms: 700 })
    faults.add({ at: 'now', do: 'expire', inMs: 2000 })
    expect(guest.take()).toEqual([
      { t: 'drain', ms: 500 },
      { t: 'later', ms: 700 },
    ])
    await clock.advance(1000)
    expect(guest.take()).toEqual([{ t: 'expiring', ms: 1000 }])
    await clock.advance(1000)
    expect(guest.end).toMatchObject({ code: 4004 })
  })

  it('advertises limits that do not hold', async () => {
    const { connect, faults } = setupRaw()
    faults.add({ at: 'welcome', do: 'advertise', frameBytes: 10, joins: 1, idleMs: 50 })
    expect(await connect().hello()).toMatchObject({
      idleMs: 50,
      answerMs: 5000,
      limits: { frameBytes: 10, joins: 1 },
    })
  })

  it('forgets a session that is named', async () => {
    const { connect, faults } = setupRaw()
    const first = connect()
    const { session, client } = await first.hello()
    await first.drop()
    faults.add({ at: 'hello', client, do: 'forget-session' })
    faults.add({ at: 'hello', do: 'forget-session' })
    expect(await connect().hello({ session })).toMatchObject({ resumed: false })
  })

  it('splits a session over more connections than it may have', async () => {
    const { connect, faults, send } = setupRaw()
    faults.add({ at: 'hello', do: 'split-session' })
    const guests = [connect(), connect(), connect()]
    const { session, client } = (await guests[0]?.hello()) ?? {}
    for (const guest of guests.slice(1))
      expect(await guest.hello({ session })).toMatchObject({ resumed: true })
    expect(guests.map(({ end }) => end)).toEqual([undefined, undefined, undefined])
    await send(client ?? '', 'hi')
    expect(guests.map((guest) => types(guest))).toEqual([[], [], ['direct']])
  })
})

describe('faults of channels', () => {
  it('refuses joins to one channel', async () => {
    const { enter, faults } = setupRaw()
    faults.add({ at: 'join', channel: 'room.{id}', times: 1, do: 'refuse', code: 'unavailable', retryMs: 5 })
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'room.1' }] })).toMatchObject([
      { t: 'refused', code: 'unavailable', retryMs: 5 },
    ])
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'room.1' }] })).toMatchObject([{ t: 'subbed' }])
  })

  it('limits how fast one connection joins', async () => {
    const { enter, faults, clock } = setupRaw()
    faults.add({ at: 'join', do: 'limit', count: 2, perMs: 1000 })
    const [guest, other] = [await enter(), await enter()]
    const chs = ['a', 'b', 'c'].map((ch) => ({ ch }))
    const codes = (await guest.say({ t: 'sub', chs })).map((answer) => Object(answer).code)
    expect(codes.sort()).toEqual(['rate-limited', undefined, undefined])
    expect(await other.say({ t: 'sub', chs: [{ ch: 'a' }] })).toMatchObject([{ t: 'subbed' }])
    await clock.advance(500)
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'd' }] })).toMatchObject([{ t: 'subbed' }])
  })

  it('refuses what is published', async () => {
    const { enter, faults } = setupRaw()
    const remove = faults.add({ at: 'publish', channel: 'a', do: 'refuse' })
    const guest = await enter()
    const pub = { t: 'pub', id: '1', ch: 'a', ev: 'x', ack: true }
    expect(await guest.say(pub)).toMatchObject([{ t: 'nack', code: 'forbidden' }])
    remove()
    expect(await guest.say(pub)).toMatchObject([{ t: 'ack' }])
  })

  it('evicts history, so that nobody recovers, and offsets go on', async () => {
    const { enter, faults, publish } = setupRaw()
    const { epoch } = await publish('a', 'said')
    faults.add({ at: 'now', do: 'evict', channel: 'a' })
    const guest = await enter()
    expect(await guest.say({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })).toMatchObject([
      { recovered: false, epoch, off: 1 },
    ])
  })

  it('records what clients publish, in order, with repeats', async () => {
    const { enter, faults } = setupRaw()
    const guest = await enter()
    const pub = (id: string) => ({ t: 'pub', id, ch: 'a', ev: 'x', data: { id } })
    await guest.say(pub('before'))
    const recording = faults.record({ most: 2 })
    await guest.say(pub('1'), pub('2'), pub('2'))
    recording.stop()
    await guest.say(pub('after'))
    expect(recording.received).toMatchObject([
      { id: '2', channel: 'a', event: 'x', payload: '{"id":"2"}', connection: guest.id, isRepeat: false },
      { id: '2', isRepeat: true },
    ])
    expect(recording.left).toBe(1)
  })
})

describe('the board of faults', () => {
  it('lists the rules that hold', async () => {
    const { faults } = setupRaw()
    const first = { at: 'join', do: 'refuse' } as const
    const remove = faults.add(first)
    faults.add({ ...out, do: 'drop' })
    expect(faults.list()).toEqual([{ ...out, do: 'drop' }, first])
    remove()
    remove()
    faults.clear()
    await settled()
    expect(faults.list()).toEqual([])
  })

  it.each([
    [{}, 'Option fault.at must be one of upgrade, open, now, frame, hello, welcome, join, publish'],
    [
      { at: 'open', do: 'explode' },
      'Option fault.do must be one of close, cut, freeze, drain, later, expire',
    ],
    [{ at: 'open', do: 'close', code: 1006 }, 'Option fault.code must be a close code'],
    [{ at: 'open', do: 'cut', afterMs: -1 }, 'Option fault.afterMs must be milliseconds'],
    [{ at: 'frame', do: 'drop', nth: 0 }, 'Option fault.nth must be a whole number from 1'],
    [{ at: 'frame', do: 'drop', direction: 'up' }, 'Option fault.direction must be one of in, out'],
    [{ at: 'now', do: 'evict' }, 'Option fault.channel must be text'],
    [{ at: 'join', do: 'refuse', channel: '{' }, 'Option fault.channel must be a channel'],
    [{ at: 'upgrade', do: 'stall', code: 1 }, 'Option fault.code must be left out of upgrade stall'],
    [
      { at: 'open', do: 'later', ms: 1, endpoint: 'mqtt' },
      'Option fault.endpoint must be another endpoint, since MQTT has no later',
    ],
    [{ at: 'join', do: 'limit', count: 1, perMs: 1, endpoint: 'mqtt' }, 'since MQTT has no limit'],
    [
      { at: 'frame', do: 'malform', endpoint: 'raw' },
      'Option fault.endpoint must be mqtt, since malform is for its packets alone',
    ],
    [{ at: '__proto__', do: 'x' }, 'Option fault.at must be one of'],
    [null, 'Option fault.at must be one of'],
  ])('refuses the rule %j by what is wrong with it', (rule, message) => {
    expect(() => setupRaw().faults.add(rule as never)).toThrow(message)
  })
})
