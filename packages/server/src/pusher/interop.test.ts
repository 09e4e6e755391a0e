import BackendPusher from 'pusher'
import PusherJs, { type Channel, type Options, type PresenceChannel } from 'pusher-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../until-test-setup.ts'
import type { Dialect } from './dialect.ts'
import { startPusher, startReceiver } from './live-test-setup.ts'
import { APP, KEY, SECRET } from './pusher-test-setup.ts'

const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]
async function setup(dialect: Dialect, more = {}) {
  const app = { ...APP, enableUserAuthentication: dialect !== 'reverb', ...more }
  const started = await startPusher({ dialect, apps: [app] })
  let users = 0
  /** The official client; each is another user of the official backend. */
  const connect = () => {
    const id = `${++users}`
    const options: Options = {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: started.port,
      forceTLS: false,
      enabledTransports: ['ws'],
      channelAuthorization: {
        customHandler({ socketId, channelName }, done) {
          const data = { user_id: id, user_info: { name: `user ${id}` } }
          const isPresence = channelName.startsWith('presence-')
          done(null, started.backend.authorizeChannel(socketId, channelName, isPresence ? data : undefined))
        },
      },
      userAuthentication: {
        customHandler: ({ socketId }, done) => done(null, started.backend.authenticateUser(socketId, { id })),
      },
    }
    const pusher = new PusherJs(KEY, options)
    onTestFinished(() => pusher.disconnect())
    return pusher
  }
  const join = async <C extends Channel>(pusher: PusherJs, name: string): Promise<C> => {
    const channel = pusher.subscribe(name) as C
    await until(() => expect(channel.subscribed).toBe(true))
    return channel
  }
  const hear = (channel: { bind(event: string, heard: (data: unknown) => void): unknown }, event: string) => {
    const heard: unknown[] = []
    channel.bind(event, (data) => heard.push(data))
    return heard
  }
  return { ...started, connect, join, hear }
}

describe.each(dialects)('pusher-js and the official library at a %s', (dialect) => {
  it('trigger and hear, one by one and in a batch, but not who is left out', async () => {
    const { connect, join, hear, backend } = await setup(dialect)
    const [one, two] = [connect(), connect()]
    const heard = [hear(await join(one, 'a'), 'said'), hear(await join(two, 'private-a'), 'said')]
    await backend.trigger(['a', 'private-a'], 'said', { n: 1 })
    await backend.trigger('a', 'said', { n: 2 }, { socket_id: one.connection.socket_id })
    await backend.triggerBatch([3, 4].map((n) => ({ channel: 'a', name: 'said', data: { n } })))
    await until(() => expect(heard).toEqual([[{ n: 1 }, { n: 3 }, { n: 4 }], [{ n: 1 }]]))
  })

  it('see members come and go, and ask who is there', async () => {
    const { connect, join, hear, backend } = await setup(dialect)
    const [one, two] = [connect(), connect()]
    const room = await join<PresenceChannel>(one, 'presence-room')
    const [added, removed] = [hear(room, 'pusher:member_added'), hear(room, 'pusher:member_removed')]
    await join(two, 'presence-room')
    await until(() => expect(added).toEqual([{ id: '2', info: { name: 'user 2' } }]))
    expect([room.members.count, room.members.me.id]).toEqual([2, '1'])
    const users = await backend.get({ path: '/channels/presence-room/users' })
    expect(await users.json()).toEqual({ users: [{ id: '1' }, { id: '2' }] })
    const channels = await backend.get({
      path: '/channels',
      params: { filter_by_prefix: 'presence-', info: 'user_count' },
    })
    expect(await channels.json()).toMatchObject({ channels: { 'presence-room': { user_count: 2 } } })
    two.disconnect()
    await until(() => expect(removed).toMatchObject([{ id: '2' }]))
  })

  it('send to each other, and tell who it was', async () => {
    const { connect, join } = await setup(dialect)
    const room = await join(connect(), 'presence-room')
    const other = await join(connect(), 'presence-room')
    const heard: unknown[] = []
    other.bind('client-typing', (data: unknown, meta: unknown) => heard.push([data, meta]))
    room.trigger('client-typing', { on: true })
    await until(() => expect(heard).toEqual([[{ on: true }, { user_id: '1' }]]))
  })

  it('get the last event of a cache channel, or miss it', async () => {
    const { connect, hear, backend } = await setup(dialect)
    const misses = hear(connect().subscribe('cache-a'), 'pusher:cache_miss')
    await until(() => expect(misses).toHaveLength(1))
    await backend.trigger('cache-a', 'said', { n: 1 })
    const heard = hear(connect().subscribe('cache-a'), 'said')
    await until(() => expect(heard).toEqual([{ n: 1 }]))
  })

  it('come back after a cut', async () => {
    const { connect, join, hear, backend, server } = await setup(dialect)
    const heard = hear(await join(connect(), 'private-a'), 'said')
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(server.channels()).toEqual([]))
    await until(() =>
      expect(server.channels()).toMatchObject([{ name: '@app-id/private-a', subscribers: 1 }]),
    )
    await backend.trigger('private-a', 'said', 1)
    await until(() => expect(heard).toEqual([1]))
  })

  it('are told of an unknown key', async () => {
    const { port } = await setup(dialect)
    const errors: unknown[] = []
    const options = {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'] as const,
    }
    const pusher = new PusherJs('other', options as never)
    onTestFinished(() => pusher.disconnect())
    pusher.connection.bind('error', (error: unknown) => errors.push(error))
    await until(() => expect(JSON.stringify(errors)).toContain('4001'))
  })

  it('take webhooks for what they are', async () => {
    const receiver = await startReceiver()
    const { connect, join } = await setup(dialect, { webhooks: [{ url: receiver.url }] })
    await join(connect(), 'presence-room')
    await receiver.until(1)
    const [{ headers, rawBody } = { headers: {}, rawBody: '' }] = receiver.deliveries
    const library = new BackendPusher({ appId: APP.id, key: KEY, secret: SECRET, cluster: 'x' })
    const webhook = library.webhook({ headers: headers as never, rawBody })
    expect([webhook.isValid(), webhook.getEvents().map(({ name }) => name)]).toEqual([
      true,
      ['channel_occupied', 'member_added'],
    ])
  })
})

describe.each(['pusher', 'soketi'] as const)('users at a %s', (dialect) => {
  it('sign in, hear what is for the user, and are ended by it', async () => {
    const { connect, hear, backend } = await setup(dialect)
    const pusher = connect()
    const heard = hear(pusher.user, 'paid')
    pusher.signin()
    await pusher.user.signinDonePromise
    await backend.sendToUser('1', 'paid', { n: 1 })
    await until(() => expect(heard).toEqual([{ n: 1 }]))
    await backend.terminateUserConnections('1')
    await until(() => expect(pusher.connection.state).toBe('disconnected'))
  })
})
