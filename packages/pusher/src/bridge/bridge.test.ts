import { defineChannels, event, members } from '@org/realtime-core'
import Echo from 'laravel-echo'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fromEcho, fromPusherJs } from '../bridge.ts'
import { classes, setup as setupPusher } from '../compat/clients-test-setup.ts'
import { encryption } from '../encrypted.ts'
import { seal } from '../far-end-test-setup.ts'
import type { LiveOptions } from '../live-far-end-test-setup.ts'
import { until } from '../until-test-setup.ts'

const channels = defineChannels({
  availability: { Updated: event<{ slots: number }>() },
  'private-booking.{userId}': { BookingStatusUpdated: event<{ code: string }>() },
  'presence-desk.{id}': { 'client-typing': event<{ on: boolean }>(), [members]: event<{ name: string }>() },
})

async function setup(
  Class: (typeof classes)[string],
  farEnd: LiveOptions = {},
  options: { readonly own?: boolean } = {},
) {
  const { pusher, server, make } = await setupPusher(Class, farEnd, { encryption: encryption() })
  const client = fromPusherJs(pusher, { channels, ...options })
  onTestFinished(() => client.close())
  return { client, pusher, server, make }
}

describe.each(Object.entries(classes))('fromPusherJs over %s', (_name, Class) => {
  it('gives typed channels over its connection', async () => {
    const { client, server } = await setup(Class)
    const heard: unknown[] = []
    await client.connect()
    client.channel('availability').on('Updated', ({ slots }) => void heard.push(slots))
    client
      .channel('private-booking.{userId}', { userId: 42 })
      .on('BookingStatusUpdated', ({ code }) => void heard.push(code))
    await until(() =>
      expect([server.joined('availability'), server.joined('private-booking.42')]).toEqual([1, 1]),
    )
    server.publish('availability', 'Updated', { slots: 3 })
    server.publish('private-booking.42', 'BookingStatusUpdated', { code: 'A7' })
    await until(() => expect(heard).toEqual([3, 'A7']))
    expect([server.dialled(), client.pusher.socketId.get()]).toEqual([1, '1.100'])
  })

  it('tells members, and client events with their user', async () => {
    const member = (socketId: string) => ({ user_id: socketId, user_info: { name: socketId } })
    const { client, make } = await setup(Class, { member })
    const desk = client.channel('presence-desk.{id}', { id: 1 })
    const heard: unknown[] = []
    desk.on('client-typing', ({ on }, { userId }) => void heard.push([on, userId]))
    await until(() => expect(desk.members.get().me?.id).toBe('1.100'))
    const other = fromPusherJs(make(), { channels })
    onTestFinished(() => other.close())
    const theirs = other.channel('presence-desk.{id}', { id: 1 })
    await expect(theirs.publish('client-typing', { on: true })).resolves.toMatchObject({ outcome: 'sent' })
    await until(() => expect(heard).toEqual([[true, '2.200']]))
    await until(() => expect(desk.members.get().list.map(({ id }) => id)).toEqual(['1.100', '2.200']))
    await other.close()
    theirs.leave({ now: true })
    await until(() => expect(desk.members.get().list.length).toBe(1))
  })

  it('goes on after the foreign client has reconnected, and tells the gap once', async () => {
    const { client, server } = await setup(Class)
    const channel = client.untyped('private-a')
    const heard: unknown[] = []
    const gaps: string[] = []
    channel.on('said', (value) => heard.push(value))
    channel.onGap(({ continuity }) => gaps.push(continuity))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    server.dropAll()
    await until(() => expect([channel.status.get().state, gaps]).toEqual(['joined', ['unknown']]))
    server.publish('private-a', 'said', 1)
    await until(() => expect(heard).toEqual([1]))
    expect(statuses).toEqual(['reconnecting', 'connected'])
  })

  it('tells a refused channel, which can be tried again', async () => {
    const { client, server } = await setup(Class)
    const codes: string[] = []
    client.onError(({ code }) => codes.push(code))
    await client.connect()
    server.answer(403)
    const channel = client.untyped('private-user.7')
    channel.join()
    await until(() =>
      expect(channel.status.get()).toMatchObject({ state: 'rejected', error: { details: { status: 403 } } }),
    )
    channel.retry()
    await until(() => expect(channel.status.get().state).toBe('joined'))
    expect(codes).toEqual(['channel.rejected'])
  })

  it('reads encrypted channels that the foreign client reads', async () => {
    const { client, server } = await setup(Class)
    const heard: unknown[] = []
    const channel = client.untyped('private-encrypted-a')
    channel.on('said', (value) => heard.push(value))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    server.publish('private-encrypted-a', 'said', seal('private-encrypted-a', { n: 1 }))
    await until(() => expect(heard).toEqual([{ n: 1 }]))
  })

  it('leaves alone what the app has subscribed itself', async () => {
    const { client, pusher, server } = await setup(Class)
    const theirs: unknown[] = []
    const mine: unknown[] = []
    pusher.subscribe('room').bind('said', (data: unknown) => theirs.push(data))
    await until(() => expect(server.joined('room')).toBe(1))
    const channel = client.untyped('room')
    channel.on('said', (value) => mine.push(value))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    server.publish('room', 'said', 1)
    await until(() => expect([theirs, mine]).toEqual([[1], [1]]))
    channel.leave({ now: true })
    server.publish('room', 'said', 2)
    await until(() => expect(theirs).toEqual([1, 2]))
    expect(mine).toEqual([1])
  })

  it('lets go of the foreign client when it is closed, and takes it up again', async () => {
    const { client, pusher, server } = await setup(Class)
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => heard.push(value))
    await until(() => expect(server.joined('room')).toBe(1))
    await client.close()
    await until(() => expect(server.joined('room')).toBe(0))
    expect([pusher.connection.state, client.status.get().status]).toEqual(['connected', 'closed'])
    await client.connect()
    await until(() => expect(server.joined('room')).toBe(1))
    server.publish('room', 'said', 1)
    await until(() => expect(heard).toEqual([1]))
  })

  it('disconnects the foreign client when it owns it', async () => {
    const { client, pusher, server } = await setup(Class, {}, { own: true })
    await client.connect()
    await client.close()
    await until(() => expect(server.open()).toBe(0))
    expect(pusher.connection.state).toBe('disconnected')
  })

  it('follows a foreign client that is disconnected and connected by its owner', async () => {
    const { client, pusher, server } = await setup(Class)
    client.untyped('room').join()
    await until(() => expect(server.joined('room')).toBe(1))
    pusher.disconnect()
    await until(() => expect(client.status.get().status).toBe('closed'))
    pusher.connect()
    await until(() => expect([client.status.get().status, server.joined('room')]).toEqual(['connected', 1]))
  })
})

describe('fromEcho', () => {
  it.each(Object.entries(classes))('shares the connection of Echo over %s', async (_name, Class) => {
    const { pusher, server } = await setupPusher(Class)
    const echo = new Echo({ broadcaster: 'reverb', client: pusher, withoutInterceptors: true } as never)
    const client = fromEcho(echo as never, { channels })
    onTestFinished(() => client.close())
    const heard: unknown[] = []
    client.channel('availability').on('Updated', ({ slots }) => void heard.push(slots))
    await until(() => expect(server.joined('availability')).toBe(1))
    server.publish('availability', 'Updated', { slots: 3 })
    await until(() => expect(heard).toEqual([3]))
    expect(server.dialled()).toBe(1)
  })
})
