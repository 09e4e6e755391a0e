import { createAckedServer, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected } from './channel-test-setup.ts'
import type { MembersDiff, MembersStore } from './index.ts'
import { createPresence } from './kit.ts'

const ann = { id: 'ann', info: 'A' }
const bob = { id: 'bob', info: 'B' }
const cat = { id: 'cat', info: 'C' }

/** Each change as `+came -went`. */
function changesOf(members: MembersStore): string[] {
  const log: string[] = []
  const note = ({ joined, left }: MembersDiff): void => {
    for (const { id } of joined) log.push(`+${id}`)
    for (const { id } of left) log.push(`-${id}`)
  }
  members.subscribe((_snapshot, diff) => note(diff))
  return log
}

function present() {
  const errors: unknown[] = []
  const presence = createPresence((error) => errors.push(error))
  return { presence, errors, ids: () => presence.get().list.map(({ id }) => id) }
}

describe('createPresence', () => {
  it('starts empty', () => {
    const { presence } = present()
    expect(presence.get()).toEqual({ list: [], me: undefined })
  })

  it('takes a full list and tells who came', () => {
    const { presence } = present()
    const log = changesOf(presence)
    presence.apply({ all: [ann, bob], me: 'bob' })
    expect(presence.get()).toEqual({ list: [ann, bob], me: bob })
    expect(log).toEqual(['+ann', '+bob'])
  })

  it('tells who joins and who leaves', () => {
    const { presence, ids } = present()
    const log = changesOf(presence)
    presence.apply({ all: [ann] })
    presence.apply({ joined: bob })
    presence.apply({ left: 'ann' })
    expect(ids()).toEqual(['bob'])
    expect(log).toEqual(['+ann', '+bob', '-ann'])
  })

  it('compares a new full list with the old one, so that nobody flickers (edge 73)', () => {
    const { presence, ids } = present()
    presence.apply({ all: [ann, bob] })
    const log = changesOf(presence)
    presence.apply({ all: [bob, ann] })
    presence.apply({ all: [bob, cat] })
    expect(ids()).toEqual(['bob', 'cat'])
    expect(log).toEqual(['+cat', '-ann'])
  })

  it('does not tell of a join twice, but takes the newer info', () => {
    const { presence } = present()
    presence.apply({ all: [ann] })
    const log = changesOf(presence)
    presence.apply({ joined: { id: 'ann', info: 'new' } })
    expect(presence.get().list).toEqual([{ id: 'ann', info: 'new' }])
    expect(log).toEqual([])
  })

  it('ignores that somebody leaves who was not there', () => {
    const { presence } = present()
    presence.apply({ all: [ann] })
    const before = presence.get()
    const log = changesOf(presence)
    presence.apply({ left: 'bob' })
    expect(presence.get()).toBe(before)
    expect(log).toEqual([])
  })

  it('keeps who I am until a list says otherwise', () => {
    const { presence } = present()
    presence.apply({ all: [ann, bob], me: 'ann' })
    presence.apply({ all: [bob, ann] })
    expect(presence.get().me).toEqual(ann)
    presence.apply({ left: 'ann' })
    expect(presence.get().me).toBeUndefined()
    presence.apply({ joined: ann })
    expect(presence.get().me).toEqual(ann)
    presence.apply({ all: [ann, bob], me: 'bob' })
    expect(presence.get().me).toEqual(bob)
  })

  it('has one snapshot until something changes, which never changes itself', () => {
    const { presence } = present()
    presence.apply({ all: [ann] })
    const before = presence.get()
    expect(presence.get()).toBe(before)
    presence.apply({ joined: bob })
    expect(presence.get()).not.toBe(before)
    expect(before.list).toEqual([ann])
  })

  it('gives each listener the snapshot it tells of', () => {
    const { presence } = present()
    const log: unknown[] = []
    presence.subscribe(({ list }, { joined }) => log.push([list.length, joined]))
    presence.apply({ all: [ann] })
    presence.apply({ joined: bob })
    expect(log).toEqual([
      [1, [ann]],
      [2, [bob]],
    ])
  })

  it('tells nobody who has gone, and everybody although one throws (edge 83)', () => {
    const { presence, errors } = present()
    const log: string[] = []
    presence.subscribe(() => log.push('gone'))()
    presence.subscribe(() => {
      throw new Error('mine')
    })
    presence.subscribe(() => log.push('kept'))
    presence.apply({ joined: ann })
    expect(log).toEqual(['kept'])
    expect(errors).toEqual([new Error('mine')])
  })
})

describe('channel.members', () => {
  it('is filled by the far end and joins the channel while it is listened to', async () => {
    const { client, far, frames, clock } = await connected()
    const { members } = client.untyped('a')
    const log: string[] = []
    const stop = members.subscribe(({ list }) => log.push(list.map(({ id }) => id).join()))
    await settled()
    expect(frames()).toEqual(['sub a'])
    far().joined('a')
    far().members('a', { all: [ann, bob] })
    far().members('a', { left: 'ann' })
    expect(log).toEqual(['ann,bob', 'bob'])
    expect(client.untyped('a').members.get()).toBe(members.get())
    stop()
    far().members('a', { joined: cat })
    await clock.advance(1000)
    expect(log).toHaveLength(2)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('of one channel has nothing to do with another', async () => {
    const { client, far } = await connected()
    for (const name of ['a', 'b']) client.untyped(name).join()
    await settled()
    far().members('a', { all: [ann] })
    far().members('b', { joined: bob })
    far().members('c', { joined: cat })
    expect(['a', 'b', 'c'].map((name) => client.untyped(name).members.get().list)).toEqual([[ann], [bob], []])
  })

  it('is told before the answer to the join as well', async () => {
    const { client, far } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    far().members('a', { all: [ann] })
    far().joined('a')
    expect(room.members.get().list).toEqual([ann])
  })

  it('ends with leave() of its handle', async () => {
    const { client, far } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log = changesOf(room.members)
    client.untyped('a').join()
    await settled()
    room.leave({ now: true })
    far().members('a', { joined: ann })
    expect(log).toEqual([])
  })

  it('forgets everybody once the channel is left', async () => {
    const { client, far } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.status.subscribe(() => {})
    room.join()
    await settled()
    far().members('a', { all: [ann, bob] })
    room.leave({ now: true })
    await settled()
    expect(room.members.get().list).toEqual([])
  })

  it('is rebuilt once after a drop, and only those who really came and went are told (edge 73)', async () => {
    const server = createAckedServer()
    const { client, drop, clock } = await connected({ server, credentials: 'me' })
    const room = client.untyped('presence-a')
    const log = changesOf(room.members)
    await settled()
    for (const member of [ann, bob]) server.enter('presence-a', member)
    await settled()
    expect(log).toEqual(['+me', '+ann', '+bob'])
    log.length = 0
    await drop()
    expect(room.members.get().list).toHaveLength(3)
    server.exit('presence-a', 'ann')
    server.enter('presence-a', cat)
    await clock.advance(1000)
    expect(log).toEqual(['+cat', '-ann'])
    expect(room.members.get().me).toEqual({ id: 'me', info: {} })
  })
})
