import { describe, expect, it } from 'vitest'
import { request, setupStrict, welcome } from './strict-test-setup.ts'

const subbed = (off: number, more: object = {}) => ({
  t: 'subbed',
  ch: 'room',
  epoch: 'e1',
  off,
  recovered: false,
  ...more,
})
const msg = (off: number, more: object = {}) => ({
  t: 'msg',
  ch: 'room',
  off,
  ev: 'said',
  data: off,
  ...more,
})

/** A link that has joined `room` at offset 5. */
async function joined(strict = setupStrict()) {
  const opened = await strict.open()
  opened.link.subscribe([request('room')])
  await opened.say(subbed(5))
  opened.heard()
  opened.log.length = 0
  return { ...opened, ...strict }
}

/** What was delivered, by offset, and the gaps between. */
const delivered = (log: readonly (readonly unknown[])[]): unknown[] =>
  log
    .filter(([name]) => name === 'message' || name === 'gap')
    .map(([name, , , payload]) => (name === 'gap' ? 'gap' : payload))

describe('strict channels', () => {
  it('joins as many channels in one frame as the server takes', async () => {
    const { open } = setupStrict()
    const { link, heard } = await open()
    heard()
    link.subscribe(['a', 'b', 'c'].map((name) => request(name)))
    expect(heard()).toEqual([
      { t: 'sub', chs: [{ ch: 'a' }, { ch: 'b' }] },
      { t: 'sub', chs: [{ ch: 'c' }] },
    ])
  })

  it.each([0, -1, 0.5])('joins one by one when the server says it takes %d', async (joins) => {
    const { open } = setupStrict()
    const { link, heard } = await open(undefined, { ...welcome, limits: { ...welcome.limits, joins } })
    heard()
    link.subscribe(['a', 'b'].map((name) => request(name)))
    expect(heard()).toHaveLength(2)
  })

  it('tells of joins, refusals and whether they may be tried again', async () => {
    const { open } = setupStrict()
    const { link, log, say } = await open()
    link.subscribe(['room', 'secret', 'busy'].map((name) => request(name)))
    await say(
      subbed(5),
      { t: 'refused', ch: 'secret', code: 'forbidden', message: 'Not yours' },
      { t: 'refused', ch: 'busy', code: 'unavailable', message: 'Later', retryMs: 300 },
    )
    expect(log).toMatchObject([
      ['joined', 'room', { continuity: 'unknown' }],
      [
        'refused',
        'secret',
        { code: 'channel.rejected', details: { channel: 'secret', code: 'forbidden' } },
        false,
      ],
      ['refused', 'busy', { details: { code: 'unavailable' } }, { afterMs: 300 }],
    ])
  })

  it('delivers messages with their place, id and sender', async () => {
    const { log, say } = await joined()
    await say(msg(6, { id: 'x', from: 'c-9' }), msg(7))
    const base = { channel: 'room', event: 'said', epoch: 'e1' }
    expect(log).toEqual([
      ['message', 'room', 'said', 6, { ...base, offset: 6, id: 'x', from: 'c-9' }, undefined],
      ['message', 'room', 'said', 7, { ...base, offset: 7, id: undefined, from: undefined }, undefined],
    ])
  })

  it('drops repeats, and tells of a hole before the message behind it', async () => {
    const { log, say } = await joined()
    await say(msg(6), msg(6), msg(3), msg(9), msg(8), msg(10))
    expect(delivered(log)).toEqual([6, 'gap', 9, 10])
  })

  it('does not count a message as delivered when the hole before it ended the link', async () => {
    const strict = setupStrict()
    const first = await joined(strict)
    const push = first.log.push.bind(first.log)
    first.log.push = (...reports) => {
      if (reports[0]?.[0] === 'gap') first.link.dispose?.()
      return push(...reports)
    }
    first.link.receive(JSON.stringify(msg(9)))
    expect(delivered(first.log)).toEqual(['gap'])
    const { link, heard } = await strict.open()
    heard()
    link.subscribe([request('room', true)])
    expect(heard()).toEqual([{ t: 'sub', chs: [{ ch: 'room', epoch: 'e1', off: 5 }] }])
  })

  it('continues where it stopped, and proves that nothing was lost', async () => {
    const first = await joined()
    await first.say(msg(6))
    first.peer.drop()
    const { link, log, say, heard } = await first.open()
    heard()
    link.subscribe([request('room', true)])
    expect(heard()).toEqual([{ t: 'sub', chs: [{ ch: 'room', epoch: 'e1', off: 6 }] }])
    await say(subbed(8, { recovered: true }), msg(7), msg(8), msg(9))
    expect(log[0]).toEqual(['joined', 'room', { continuity: 'complete' }])
    expect(delivered(log)).toEqual([7, 8, 9])
  })

  it.each([
    ['the history is gone', subbed(9), 10],
    ['the epoch is another', subbed(2, { epoch: 'e2' }), 3],
    ['the server claims to continue another epoch', subbed(2, { epoch: 'e2', recovered: true }), 3],
  ])('starts at the new position when %s', async (_why, answer, next) => {
    const first = await joined()
    first.peer.drop()
    const { link, log, say } = await first.open()
    link.subscribe([request('room', true)])
    await say(answer, msg(next))
    expect(log[0]).toEqual(['joined', 'room', { continuity: 'unknown' }])
    expect(delivered(log)).toEqual([next])
  })

  it('forgets its place when it is to start anew', async () => {
    const first = await joined()
    first.peer.drop()
    const { link, heard } = await first.open()
    heard()
    link.subscribe([request('room')])
    expect(heard()).toEqual([{ t: 'sub', chs: [{ ch: 'room' }] }])
  })

  it('moves to the position of a gap', async () => {
    const { log, say } = await joined()
    const gap = { t: 'gap', ch: 'room', epoch: 'e1' }
    await say({ ...gap, off: 20 }, msg(21), { ...gap, off: 21 }, { ...gap, epoch: 'e2', off: 0 }, msg(1))
    expect(delivered(log)).toEqual(['gap', 21, 'gap', 1])
    expect(log.at(-1)?.[4]).toMatchObject({ epoch: 'e2', offset: 1 })
  })

  it('delivers each message once, in order, while a handover joins the channel a second time', async () => {
    const old = await joined()
    await old.say(msg(6))
    const next = await old.open()
    next.link.subscribe([request('room', true)])
    await old.say(msg(7))
    await next.say(subbed(7, { recovered: true }), msg(7))
    await old.say(msg(8))
    await next.say(msg(8), msg(9))
    expect([delivered(old.log), delivered(next.log)]).toEqual([
      [6, 7],
      [8, 9],
    ])
  })

  it('does not take an old epoch for a new one when the server starts anew during a handover', async () => {
    const old = await joined()
    const next = await old.open()
    next.link.subscribe([request('room', true)])
    await next.say(subbed(3, { epoch: 'e2' }))
    await old.say(msg(6), { t: 'gap', ch: 'room', epoch: 'e2', off: 0 }, msg(1))
    await next.say(msg(4))
    expect([delivered(old.log), delivered(next.log)]).toEqual([[], [4]])
  })

  it('starts behind what the older link has delivered when the history is gone', async () => {
    const old = await joined()
    const next = await old.open()
    next.link.subscribe([request('room', true)])
    await old.say(msg(6), msg(7))
    await next.say(subbed(6), msg(7), msg(8))
    expect(delivered(next.log)).toEqual([8])
  })

  it('takes the channel back when the newer link of a handover is lost', async () => {
    const old = await joined()
    const next = await old.open()
    next.link.subscribe([request('room', true)])
    await next.say(subbed(5, { recovered: true }), msg(6))
    next.peer.drop()
    old.link.subscribe([request('room', true)])
    expect(old.heard()).toEqual([{ t: 'sub', chs: [{ ch: 'room', epoch: 'e1', off: 6 }] }])
    await old.say(subbed(7, { recovered: true }), msg(7))
    expect(delivered(old.log)).toEqual([7])
  })

  it('hears nothing more of a channel that it left, nor answers to what it asked before', async () => {
    const { link, log, say, heard } = await joined()
    link.unsubscribe?.('room')
    link.subscribe([request('room')])
    link.unsubscribe?.('room')
    link.subscribe([request('room')])
    expect(heard()).toHaveLength(4)
    await say(msg(6), { t: 'unsubbed', ch: 'room' })
    await say(subbed(6), msg(7), { t: 'refused', ch: 'room', code: 'limit', message: 'no' })
    expect(log).toEqual([])
    await say({ t: 'unsubbed', ch: 'room' }, subbed(9), msg(10))
    expect(delivered(log)).toEqual([10])
  })

  it('tells all members, who is who, who comes and who goes', async () => {
    const { open } = setupStrict()
    const { link, log, say } = await open()
    link.subscribe([request('room')])
    const members = [{ id: 'ann', info: { age: 7 } }, { id: 'me' }]
    await say(
      subbed(0, { members, me: 'me' }),
      { t: 'join', ch: 'room', member: { id: 'bob' } },
      { t: 'leave', ch: 'room', id: 'ann' },
    )
    expect(log.slice(1)).toEqual([
      ['members', 'room', { all: members, me: 'me' }],
      ['members', 'room', { joined: { id: 'bob' } }],
      ['members', 'room', { left: 'ann' }],
    ])
  })

  it('does not bring a member back by what the older link of a handover says late', async () => {
    const old = await joined()
    const next = await old.open()
    next.link.subscribe([request('room', true)])
    await next.say(subbed(5, { recovered: true, members: [{ id: 'me' }] }))
    await old.say({ t: 'join', ch: 'room', member: { id: 'gone' } }, { t: 'leave', ch: 'room', id: 'me' })
    expect(old.log).toEqual([])
  })

  it('hands over bytes as a view that is copied when somebody wants them', async () => {
    const { log, link } = await joined()
    const header = new TextEncoder().encode('{"t":"msg","ch":"room","off":6,"ev":"said"}')
    const frame = new Uint8Array([0, header.length, ...header, 1, 2, 3])
    link.receive(frame)
    const report = log[0]
    if (report?.[0] !== 'message') throw new Error('No message')
    const value = report[5]?.(report[3])
    frame.fill(0)
    expect([report[3], value]).toEqual([Uint8Array.of(0, 0, 0), Uint8Array.of(1, 2, 3)])
  })

  it('joins its own direct channel without the server, which refuses those of others', async () => {
    const { open } = setupStrict()
    const { link, log, say, heard } = await open()
    heard()
    link.subscribe([request('@me'), request('@c-9')])
    expect(heard()).toEqual([{ t: 'sub', chs: [{ ch: '@c-9' }] }])
    await say({ t: 'refused', ch: '@c-9', code: 'bad-name', message: 'No' })
    await say({ t: 'direct', from: 'c-9', ev: 'hi', data: { n: 1 }, id: 'x' })
    link.unsubscribe?.('@me')
    expect(heard()).toEqual([])
    expect(log).toMatchObject([
      ['joined', '@me'],
      ['refused', '@c-9', { code: 'channel.rejected', details: { channel: '@c-9' } }, false],
      ['message', '@me', 'hi', { n: 1 }, { channel: '@me', event: 'hi', from: 'c-9', id: 'x' }, undefined],
    ])
  })
})
