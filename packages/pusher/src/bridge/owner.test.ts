import Echo from 'laravel-echo'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type BridgedClient, fromEcho, fromPusherJs } from '../bridge.ts'
import { classes, setup as setupPusher } from '../compat/clients-test-setup.ts'
import { encryption } from '../encrypted.ts'
import { seal } from '../far-end-test-setup.ts'
import type { LiveOptions } from '../live-far-end-test-setup.ts'
import { until } from '../until-test-setup.ts'

async function setup(Class: (typeof classes)[string], farEnd: LiveOptions = {}) {
  const { pusher, server } = await setupPusher(Class, farEnd, { encryption: encryption() })
  const bridge = (): BridgedClient => {
    const client = fromPusherJs(pusher)
    onTestFinished(() => client.close())
    return client
  }
  return { pusher, server, bridge, client: bridge() }
}

/** A joined channel, and all that it tells from then on. */
async function joined(client: BridgedClient, name: string) {
  const channel = client.untyped(name)
  const log: unknown[] = []
  const errors: string[] = []
  channel.on('said', (value) => log.push(value))
  channel.onGap(({ continuity, cause }) => log.push([continuity, cause]))
  client.onError(({ code }) => errors.push(code))
  await until(() => expect(channel.status.get().state).toBe('joined'))
  channel.status.subscribe(({ state }) => log.push(state))
  return { channel, log, errors }
}

const back = ['joining', 'joined', ['unknown', 'reconnect']]

describe.each(Object.entries(classes))('a bridge whose owner unsubscribes, over %s', (_name, Class) => {
  it.each([
    ['room', 'the owner'],
    ['room', 'the bridge'],
    ['private-room', 'the owner'],
    ['private-room', 'the bridge'],
  ])('has %s again, which %s had first, with one gap', async (name, first) => {
    const { pusher, server, client } = await setup(Class)
    if (first === 'the owner') pusher.subscribe(name)
    const { channel, log, errors } = await joined(client, name)
    pusher.subscribe(name)
    pusher.unsubscribe(name)
    await until(() => expect(log).toEqual(back))
    expect(channel.status.get()).toEqual({ state: 'joined', continuity: 'unknown' })
    server.publish(name, 'said', 1)
    await until(() => expect(log).toEqual([...back, 1]))
    expect([errors, server.joined(name), server.dialled()]).toEqual([[], 1, 1])
    channel.leave({ now: true })
    await until(() => expect(server.joined(name)).toBe(0))
  })

  it('hears a channel again that unsubscribes itself, as components do when they unmount', async () => {
    const { pusher, server, client } = await setup(Class)
    const theirs = pusher.subscribe('private-encrypted-a')
    const { log } = await joined(client, 'private-encrypted-a')
    theirs.unbind_all()
    theirs.unsubscribe()
    await until(() => expect(log).toEqual(back))
    server.publish('private-encrypted-a', 'said', seal('private-encrypted-a', 1))
    await until(() => expect(log).toEqual([...back, 1]))
  })

  it('shares the channel when its owner subscribes again at once', async () => {
    const { pusher, server, client } = await setup(Class)
    pusher.subscribe('room')
    const { channel, log } = await joined(client, 'room')
    const theirs: unknown[] = []
    pusher.unsubscribe('room')
    pusher.subscribe('room').bind('said', (value: unknown) => theirs.push(value))
    await until(() => expect(log).toEqual(back))
    server.publish('room', 'said', 1)
    await until(() => expect([log, theirs]).toEqual([[...back, 1], [1]]))
    channel.leave({ now: true })
    server.publish('room', 'said', 2)
    await until(() => expect(theirs).toEqual([1, 2]))
  })

  it('leaves a channel to its owner who has subscribed it later', async () => {
    const { pusher, server, client } = await setup(Class)
    const { channel } = await joined(client, 'room')
    const theirs: unknown[] = []
    pusher.subscribe('room').bind('said', (value: unknown) => theirs.push(value))
    channel.leave({ now: true })
    server.dropAll()
    await until(() => expect([server.dialled(), server.joined('room')]).toEqual([2, 1]))
    await client.close()
    server.publish('room', 'said', 1)
    await until(() => expect(theirs).toEqual([1]))
  })

  it('joins when its owner unsubscribes before the answer has come', async () => {
    const { pusher, server, client } = await setup(Class)
    await client.connect()
    const { length } = server.frames
    const joining = joined(client, 'private-room')
    await Promise.resolve()
    pusher.unsubscribe('private-room')
    const { log } = await joining
    server.publish('private-room', 'said', 1)
    await until(() => expect(log).toContain(1))
    expect([log.at(-1), server.frames.length > length]).toEqual([1, true])
  })

  it('joins over the next connection what its owner has unsubscribed without one', async () => {
    const { pusher, server, client } = await setup(Class)
    pusher.subscribe('room')
    const { log } = await joined(client, 'room')
    server.outage()
    await until(() => expect(client.status.get().status).toBe('reconnecting'))
    pusher.unsubscribe('room')
    server.restore()
    await until(() => expect(log).toEqual(back))
    server.publish('room', 'said', 1)
    await until(() => expect(log).toEqual([...back, 1]))
    await client.close()
    await until(() => expect(server.joined('room')).toBe(0))
  })

  it('has the members again', async () => {
    const { pusher, client } = await setup(Class)
    pusher.subscribe('presence-desk')
    const { channel, log } = await joined(client, 'presence-desk')
    await until(() => expect(channel.members.get().list.length).toBe(1))
    const before = channel.members.get()
    pusher.unsubscribe('presence-desk')
    await until(() => expect(log).toEqual(back))
    expect(channel.members.get()).toEqual(before)
  })

  it('is rejected when it is not let in again', async () => {
    const { pusher, server, client } = await setup(Class)
    const { channel, log, errors } = await joined(client, 'private-room')
    server.answer(403)
    pusher.unsubscribe('private-room')
    await until(() => expect(log).toEqual(['joining', 'rejected']))
    expect(channel.status.get()).toMatchObject({ error: { details: { status: 403 } } })
    expect(errors).toEqual(['channel.rejected'])
  })

  it('leaves a channel alone that another bridge has', async () => {
    const { pusher, server, client, bridge } = await setup(Class)
    const one = await joined(client, 'room')
    const other = await joined(bridge(), 'room')
    one.channel.leave({ now: true })
    server.publish('room', 'said', 1)
    await until(() => expect(other.log).toEqual([1]))
    await client.close()
    pusher.unsubscribe('room')
    await until(() => expect(other.log).toEqual([1, ...back]))
    server.publish('room', 'said', 2)
    await until(() => expect(other.log).toEqual([1, ...back, 2]))
    other.channel.leave({ now: true })
    await until(() => expect(server.joined('room')).toBe(0))
  })

  it('says it to every bridge', async () => {
    const { pusher, server, client, bridge } = await setup(Class)
    const both = [await joined(client, 'private-room'), await joined(bridge(), 'private-room')]
    pusher.unsubscribe('private-room')
    await until(() => expect(both.map(({ log }) => log)).toEqual([back, back]))
    expect(server.joined('private-room')).toBe(1)
  })

  it('puts the methods back when the last bridge is closed', async () => {
    const { pusher, client, bridge } = await setup(Class)
    await client.close()
    const own = (object: object) =>
      Object.getOwnPropertyNames(object).filter((name) => /subscribe(All)?$/.test(name))
    const before = own(pusher)
    const room = pusher.subscribe('room')
    const [one, other] = [bridge(), bridge()]
    await joined(one, 'room')
    await joined(other, 'room')
    expect([own(pusher).length, own(room)]).toEqual([before.length + 2, ['unsubscribe']])
    await one.close()
    expect(own(room)).toEqual(['unsubscribe'])
    await other.close()
    expect([own(pusher), own(room)]).toEqual([before, []])
  })
})

describe('fromEcho', () => {
  it.each(Object.entries(classes))('survives echo.leave() over %s', async (_name, Class) => {
    const { pusher, server } = await setup(Class)
    const echo = new Echo({ broadcaster: 'reverb', client: pusher, withoutInterceptors: true } as never)
    const client = fromEcho(echo as never)
    onTestFinished(() => client.close())
    echo.private('orders').listen('.said', () => {})
    const { log } = await joined(client, 'private-orders')
    echo.leave('orders')
    await until(() => expect(log).toEqual(back))
    server.publish('private-orders', 'said', 1)
    await until(() => expect(log).toEqual([...back, 1]))
  })
})
