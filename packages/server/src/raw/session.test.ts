import { describe, expect, it } from 'vitest'
import { setupRaw } from './raw-test-setup.ts'

describe('/raw: sessions', () => {
  it('keeps the client id when the session is named again', async () => {
    const { enter, connect } = setupRaw()
    const first = connect()
    const { session, client } = await first.hello()
    await first.drop()
    const second = connect()
    expect(await second.hello({ session })).toMatchObject({ session, client, resumed: true })
    const stranger = await enter()
    expect(stranger.end).toBeUndefined()
  })

  it('lets a session outlive its connection for sessionMs, and no longer', async () => {
    const { connect, clock } = setupRaw({ times: { sessionMs: 5000 } })
    const first = connect()
    const { session } = await first.hello()
    await first.drop()
    await clock.advance(4999)
    const second = connect()
    expect(await second.hello({ session })).toMatchObject({ resumed: true })
    await second.drop()
    await clock.advance(5000)
    expect(await connect().hello({ session })).toMatchObject({ resumed: false })
  })

  it('begins a new session for another user, and for a name that nobody has', async () => {
    const { connect } = setupRaw({ authenticate: (token) => ({ id: `${token}` }) })
    const { session, client } = await connect().hello({ token: 'ann' })
    const other = await connect().hello({ token: 'bob', session })
    expect(other.resumed).toBe(false)
    expect([other.session, other.client]).not.toEqual([session, client])
    expect(await connect().hello({ token: 'ann', session: '__proto__' })).toMatchObject({ resumed: false })
  })

  it('serves two connections of a session, and ends the oldest for a third', async () => {
    const { connect } = setupRaw()
    const [first, second, third] = [connect(), connect(), connect()]
    const { session, client } = await first.hello()
    expect(await second.hello({ session })).toMatchObject({ client, resumed: true })
    expect(first.end).toBeUndefined()
    await third.hello({ session })
    expect([first.end, second.end, third.end]).toMatchObject([{ code: 4003 }, undefined, undefined])
  })

  it('forgets the session at a bye', async () => {
    const { connect } = setupRaw()
    const first = connect()
    const { session } = await first.hello()
    await first.say({ t: 'bye' })
    expect(first.end).toMatchObject({ code: 1000 })
    expect(await connect().hello({ session })).toMatchObject({ resumed: false })
  })

  it('keeps it at a bye while another connection goes on with it', async () => {
    const { connect } = setupRaw()
    const [first, second] = [connect(), connect()]
    const { session } = await first.hello()
    await second.hello({ session })
    await first.say({ t: 'bye' })
    expect(await connect().hello({ session })).toMatchObject({ resumed: true })
    expect(second.end).toBeUndefined()
  })
})

describe('/raw: presence', () => {
  const room = 'presence-room'
  const join = { t: 'sub', chs: [{ ch: room }] }

  it('tells all members, oneself, and who comes and goes', async () => {
    const { connect, members } = setupRaw({
      authenticate: (token) => ({ id: `${token}`, info: { name: token } }),
    })
    const [ann, bob] = [connect(), connect()]
    await ann.hello({ token: 'ann' })
    await bob.hello({ token: 'bob' })
    const [annIs, bobIs] = ['ann', 'bob'].map((id) => ({ id, info: { name: id } }))
    expect(await ann.say(join)).toMatchObject([{ t: 'subbed', ch: room, members: [annIs], me: 'ann' }])
    expect(await bob.say(join)).toMatchObject([{ t: 'subbed', members: [annIs, bobIs], me: 'bob' }])
    expect(ann.take()).toEqual([{ t: 'join', ch: room, member: bobIs }])
    expect(await members(room)).toEqual([annIs, bobIs])
    await bob.say({ t: 'unsub', ch: room })
    expect(ann.take()).toEqual([{ t: 'leave', ch: room, id: 'bob' }])
  })

  it('shows a user with several connections once, until the last of them has left', async () => {
    const { connect, enter } = setupRaw({ authenticate: (token) => ({ id: token ?? 'watcher' }) })
    const watcher = await enter(room)
    const [phone, desk] = [connect(), connect()]
    await phone.hello({ token: 'ann' })
    await desk.hello({ token: 'ann' })
    await phone.say(join)
    await desk.say(join)
    watcher.take()
    await phone.say({ t: 'unsub', ch: room })
    expect(watcher.take()).toEqual([])
    await desk.say({ t: 'unsub', ch: room })
    expect(watcher.take()).toEqual([{ t: 'leave', ch: room, id: 'ann' }])
  })

  it('lets a member whose connection was lost leave only when the session is over', async () => {
    const { enter, clock } = setupRaw({ times: { sessionMs: 10_000, idleMs: 60_000 } })
    const watcher = await enter(room)
    const guest = await enter(room)
    watcher.take()
    await guest.drop()
    await clock.advance(9999)
    expect(watcher.take()).toEqual([])
    await clock.advance(1)
    expect(watcher.take()).toMatchObject([{ t: 'leave', ch: room }])
  })

  it('does not flicker when the client comes back and joins again', async () => {
    const { enter, connect, clock } = setupRaw({ times: { sessionMs: 10_000, idleMs: 60_000 } })
    const watcher = await enter(room)
    const first = connect()
    const { session } = await first.hello()
    await first.say(join)
    watcher.take()
    await first.drop()
    const second = connect()
    await second.hello({ session })
    await second.say(join)
    await clock.advance(20_000)
    expect(watcher.take()).toEqual([])
    await second.say({ t: 'bye' })
    expect(watcher.take()).toMatchObject([{ t: 'leave' }])
  })

  it('lets a member leave who came back without joining again', async () => {
    const { enter, connect, clock } = setupRaw({ times: { sessionMs: 10_000, idleMs: 60_000 } })
    const watcher = await enter(room)
    const first = connect()
    const { session } = await first.hello()
    await first.say(join)
    watcher.take()
    await first.drop()
    await connect().hello({ session })
    await clock.advance(10_000)
    expect(watcher.take()).toMatchObject([{ t: 'leave' }])
  })

  it('keeps the place while the client moves from one connection to another', async () => {
    const { enter, connect, clock } = setupRaw({ times: { sessionMs: 10_000, idleMs: 60_000 } })
    const watcher = await enter(room)
    const [first, second] = [connect(), connect()]
    const { session } = await first.hello()
    await first.say(join)
    await second.hello({ session })
    await second.say(join)
    watcher.take()
    await first.say({ t: 'bye' })
    await clock.advance(20_000)
    expect(watcher.take()).toEqual([])
  })

  it('refuses who finds no room, and who is too large', async () => {
    const { connect } = setupRaw({
      authenticate: (token) => ({ id: `${token}`, info: 'x'.repeat(token === 'large' ? 100 : 1) }),
      limits: { members: 1, memberBytes: 50 },
    })
    const answers = []
    for (const token of ['large', 'ann', 'bob']) {
      const guest = connect()
      await guest.hello({ token })
      answers.push(...(await guest.say(join)))
    }
    const full = { t: 'refused', ch: room, code: 'limit' }
    expect(answers).toMatchObject([full, { t: 'subbed' }, full])
  })
})
