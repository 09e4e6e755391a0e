import { describe, expect, it, onTestFinished } from 'vitest'
import { encryption } from '../encrypted.ts'
import { type Dialect, KEY, seal } from '../far-end-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { classes, setup } from './clients-test-setup.ts'

const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]
const both = Object.entries(classes)
const every = both.flatMap(([name, Class]) => dialects.map((dialect) => [name, dialect, Class] as const))

/** Everything an emitter tells, in order. */
const record = (emitter: {
  bind_global(callback: (event: string, data: unknown) => void): unknown
}): string[] => {
  const log: string[] = []
  emitter.bind_global((event, data) => log.push(`${event} ${JSON.stringify(data) ?? ''}`.trim()))
  return log
}

describe.each(every)('%s at %s', (name, dialect, Class) => {
  const isOurs = name !== 'pusher-js'

  it('connects and tells its states', async () => {
    const { pusher } = await setup(Class, { dialect })
    const log = record(pusher.connection)
    expect(pusher.connection.state).toBe('connecting')
    await until(() => expect(pusher.connection.state).toBe('connected'))
    expect(pusher.connection.socket_id).toBe('1.100')
    expect(log).toEqual([
      'state_change {"previous":"connecting","current":"connected"}',
      'connected {"socket_id":"1.100"}',
    ])
    pusher.disconnect()
    expect(pusher.connection.state).toBe('disconnected')
  })

  it('hears events of public channels that it joined before it was connected', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    const channel = pusher.subscribe('availability')
    const log = record(channel)
    const bound: unknown[] = []
    channel.bind('Updated', (data: unknown) => bound.push(data))
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('availability', 'Updated', { slots: 3 })
    server.publish('availability', 'App\\Events\\Other', 'text')
    await until(() => expect(bound.length).toBe(1))
    await until(() => expect(log.at(-1)).toBe('App\\Events\\Other "text"'))
    expect(bound).toEqual([{ slots: 3 }])
    expect(log.filter((line) => !line.startsWith('pusher:subscription_count'))).toEqual([
      'pusher:subscription_succeeded {}',
      'Updated {"slots":3}',
      'App\\Events\\Other "text"',
    ])
  })

  it('authorizes private channels with a form and headers, seen when they are needed', async () => {
    const headers: Record<string, string> = { Authorization: 'old' }
    const { pusher, server } = await setup(Class, { dialect }, { auth: { headers, params: { a: 'b' } } })
    await until(() => expect(pusher.connection.state).toBe('connected'))
    headers['Authorization'] = 'Bearer new'
    const channel = pusher.subscribe('private-user.42')
    await until(() => expect(channel.subscribed).toBe(true))
    expect(server.posts[0]).toMatchObject({
      path: '/broadcasting/auth',
      headers: { authorization: 'Bearer new', 'content-type': 'application/x-www-form-urlencoded' },
      form: { socket_id: '1.100', channel_name: 'private-user.42', a: 'b' },
    })
  })

  it('tells a refused authorization on its channel', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    server.answer(403)
    const channel = pusher.subscribe('private-user.7')
    const log: { type: string; status: number }[] = []
    channel.bind('pusher:subscription_error', (data: { type: string; status: number }) => log.push(data))
    await until(() => expect(log.length).toBe(1))
    expect(log[0]).toMatchObject({ type: 'AuthError', status: 403 })
    expect([channel.subscribed, pusher.connection.state]).toEqual([false, 'connected'])
    pusher.subscribe('private-user.7')
    await until(() => expect(channel.subscribed).toBe(true))
  })

  it('tells the members of presence channels', async () => {
    const member = (socketId: string) => ({ user_id: socketId, user_info: { name: `user ${socketId}` } })
    const { pusher, server, make } = await setup(Class, { dialect, member })
    const channel = pusher.subscribe('presence-desk')
    const log: string[] = []
    channel.bind(
      'pusher:subscription_succeeded',
      (members: { count: number; myID: string; members: object }) =>
        log.push(`here ${members.count} ${members.myID} ${JSON.stringify(members.members)}`),
    )
    channel.bind('pusher:member_added', ({ id, info }: { id: string; info: { name: string } }) =>
      log.push(`joined ${id} ${info.name}`),
    )
    channel.bind('pusher:member_removed', ({ id }: { id: string }) => log.push(`left ${id}`))
    await until(() => expect(log.length).toBe(1))
    const other = make()
    other.subscribe('presence-desk')
    await until(() => expect(log.length).toBe(2))
    other.disconnect()
    await until(() => expect(log.length).toBe(3))
    expect(log).toEqual([
      'here 1 1.100 {"1.100":{"name":"user 1.100"}}',
      'joined 2.200 user 2.200',
      'left 2.200',
    ])
    expect(server.posts.length).toBe(2)
  })

  it('sends client events to the others, with the user on presence channels', async () => {
    const member = (socketId: string) => ({ user_id: socketId })
    const { pusher, make } = await setup(Class, { dialect, member })
    const mine = pusher.subscribe('presence-desk')
    const theirs = make().subscribe('presence-desk')
    const heard: unknown[] = []
    mine.bind('client-typing', () => heard.push('echo'))
    theirs.bind('client-typing', (data: unknown, metadata: unknown) => heard.push([data, metadata]))
    await until(() => expect([mine.subscribed, theirs.subscribed]).toEqual([true, true]))
    expect(mine.trigger('client-typing', { on: true })).toBe(true)
    await until(() => expect(heard).toEqual([[{ on: true }, { user_id: expect.any(String) }]]))
    expect(() => mine.trigger('typing', {})).toThrow(/client-/)
  })

  it('reads encrypted channels', async () => {
    const { pusher, server } = await setup(Class, { dialect }, { encryption: encryption() })
    const channel = pusher.subscribe('private-encrypted-a')
    const log: unknown[] = []
    channel.bind('said', (data: unknown) => log.push(data))
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('private-encrypted-a', 'said', seal('private-encrypted-a', { text: 'ä€' }))
    await until(() => expect(log).toEqual([{ text: 'ä€' }]))
    expect(() => channel.trigger('client-a', {})).toThrow(/not currently supported/)
    expect(server.posts.length).toBe(1)
  })

  it('joins all its channels again after the connection was lost, and hears everything once', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    const channel = pusher.subscribe('private-a')
    const log: unknown[] = []
    let joins = 0
    channel.bind('said', (data: unknown) => log.push(data))
    channel.bind('pusher:subscription_succeeded', () => joins++)
    await until(() => expect(joins).toBe(1))
    server.dropAll()
    await until(() => expect(joins).toBe(2))
    server.publish('private-a', 'said', 1)
    await until(() => expect(log).toEqual([1]))
    expect(pusher.connection.socket_id).toBe('2.200')
  })

  it('subscribes twice as once, and unsubscribes twice as once', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    await until(() => expect(pusher.connection.state).toBe('connected'))
    const channel = pusher.subscribe('room')
    expect(pusher.subscribe('room')).toBe(channel)
    await until(() => expect(channel.subscribed).toBe(true))
    pusher.unsubscribe('room')
    pusher.unsubscribe('room')
    pusher.unsubscribe('never')
    await until(() => expect(server.frames.at(-1)?.event).toBe('pusher:unsubscribe'))
    expect(server.frames.map(({ event }) => event)).toEqual(['pusher:subscribe', 'pusher:unsubscribe'])
    expect([pusher.channel('room'), pusher.allChannels()]).toEqual([undefined, []])
  })

  it('says that a channel is joined that was unsubscribed and subscribed in one turn', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    const before = pusher.subscribe('room')
    await until(() => expect(before.subscribed).toBe(true))
    pusher.unsubscribe('room')
    const log: unknown[] = []
    const channel = pusher.subscribe('room')
    for (const event of ['pusher:subscription_succeeded', 'said'])
      channel.bind(event, (data: unknown) => log.push([event, data]))
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('room', 'said', 1)
    await until(() => expect(log).toHaveLength(2))
    expect(log).toEqual([
      ['pusher:subscription_succeeded', {}],
      ['said', 1],
    ])
  })

  it('stops for a key that the server does not know, and says so', async () => {
    const { server } = await setup(Class, { dialect })
    const pusher = new Class('other', {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: server.port,
      forceTLS: false,
      enabledTransports: ['ws'],
    })
    const errors: { error?: { data: { code: number } }; data?: { code: number } }[] = []
    pusher.connection.bind('error', (error: never) => errors.push(error))
    if (!isOurs && dialect === 'reverb') {
      // The official client comes back every second for ever, because no close tells it the code.
      await until(() => expect(errors.length).toBeGreaterThan(0))
      return pusher.disconnect()
    }
    await until(() => expect(pusher.connection.state).toBe('disconnected'))
    expect(errors.some(({ error, data }) => (error?.data ?? data)?.code === 4001)).toBe(true)
  })

  it('tells global listeners before the others, of channels and of itself', async () => {
    const { pusher, server } = await setup(Class, { dialect })
    const channel = pusher.subscribe('room')
    const log: string[] = []
    pusher.bind('said', () => log.push('pusher'))
    pusher.bind_global((event: string) => event === 'said' && log.push('pusher, all'))
    channel.bind('said', () => log.push('channel'))
    channel.bind_global((event: string) => event === 'said' && log.push('channel, all'))
    pusher.connection.bind(
      'message',
      ({ event }: { event: string }) => event === 'said' && log.push('message'),
    )
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('room', 'said', 1)
    await until(() => expect(log.length).toBe(5))
    expect(log).toEqual(['channel, all', 'channel', 'pusher, all', 'pusher', 'message'])
  })
})

describe.each(both)('%s', (name, Class) => {
  const isOurs = name !== 'pusher-js'

  it('signs in, hears events of the user and the watchlist, and stays signed in', async () => {
    const { pusher, server } = await setup(Class)
    const log: unknown[] = []
    pusher.user.bind('notified', (data: unknown) => log.push(data))
    pusher.user.watchlist.bind('online', (change: unknown) => log.push(change))
    pusher.signin()
    await until(() => expect(pusher.user.user_data?.id).toBe('1'))
    await pusher.user.signinDonePromise
    await until(() => expect(server.joined('#server-to-user-1')).toBe(1))
    server.sendToUser('1', 'notified', { n: 1 })
    server.say('pusher_internal:watchlist_events', { events: [{ name: 'online', user_ids: ['2'] }] })
    await until(() => expect(log).toEqual([{ n: 1 }, { name: 'online', user_ids: ['2'] }]))
    server.dropAll()
    await until(() => expect(server.frames.filter(({ event }) => event === 'pusher:signin').length).toBe(2))
  })

  it('tells when signing in is refused', async () => {
    const { pusher, server } = await setup(Class)
    const errors: unknown[] = []
    pusher.user.bind('pusher:signin_error', (error: unknown) => errors.push(error))
    await until(() => expect(pusher.connection.state).toBe('connected'))
    server.answer(403)
    pusher.signin()
    await until(() => expect(errors).toMatchObject([{ type: 'AuthError', status: 403 }]))
  })

  it.each([403, 500])(
    'asks again for a channel that was refused with %i, left and joined again',
    async (status) => {
      const { pusher, server } = await setup(Class)
      server.answer(status)
      const before = pusher.subscribe('private-a')
      let errors = 0
      before.bind('pusher:subscription_error', () => errors++)
      await until(() => expect(errors).toBe(1))
      pusher.unsubscribe('private-a')
      const channel = pusher.subscribe('private-a')
      expect(channel.subscriptionPending).toBe(true)
      await until(() => expect(channel.subscribed).toBe(true))
      expect([errors, server.posts.length]).toEqual([1, 2])
    },
  )

  it('tells how many are in a channel', async () => {
    const { pusher } = await setup(Class, { dialect: 'pusher' })
    const channel = pusher.subscribe('room')
    const counts: unknown[] = []
    channel.bind('pusher:subscription_count', (data: unknown) => counts.push(data))
    await until(() => expect(counts).toEqual([{ subscription_count: 1 }]))
    expect(channel.subscriptionCount).toBe(1)
  })

  it('tells cache misses, and the last event of cache channels', async () => {
    const { pusher, server, make } = await setup(Class)
    const log = record(pusher.subscribe('cache-prices'))
    await until(() => expect(log.at(-1)).toBe('pusher:cache_miss'))
    server.publish('cache-prices', 'priced', 1)
    const late = record(make().subscribe('cache-prices'))
    await until(() => expect(late.at(-1)).toBe('priced 1'))
    await until(() =>
      expect(log).toEqual(['pusher:subscription_succeeded {}', 'pusher:cache_miss', 'priced 1']),
    )
  })

  it('takes an authorizer, a channelAuthorization and a handler of its own', async () => {
    const { make, server } = await setup(Class)
    const sign = ({ socketId, channelName }: { socketId: string; channelName: string }) =>
      server.sign.channel(socketId, channelName)
    const clients = [
      make({
        authorizer: ({ name: channelName }) => ({
          authorize: (socketId, done) => done(null, sign({ socketId, channelName })),
        }),
      }),
      make({
        channelAuthorization: {
          transport: 'ajax',
          endpoint: `${server.url}/mine`,
          headers: { 'X-A': '1' },
          headersProvider: () => ({ 'X-B': '2' }),
          params: { a: '1' },
          paramsProvider: () => ({ b: '2' }),
        },
      }),
      make({
        channelAuthorization: {
          transport: 'ajax',
          endpoint: '',
          customHandler: (request, done) => done(null, sign(request)),
        },
      }),
    ]
    for (const client of clients) {
      const channel = client.subscribe('private-a')
      await until(() => expect(channel.subscribed).toBe(true))
    }
    expect(server.posts.length).toBe(1)
    expect(server.posts[0]).toMatchObject({
      path: '/mine',
      headers: { 'x-a': '1', 'x-b': '2' },
      form: { a: '1', b: '2', channel_name: 'private-a' },
    })
  })

  it.each(['authorizer', 'customHandler'] as const)(
    'hands on what the %s of the app refuses with, and asks it once',
    async (how) => {
      const { make } = await setup(Class)
      let calls = 0
      const refuse = (done: (error: unknown, answer: null) => void): void => {
        calls++
        done(new Error('Seat is not yours'), null)
      }
      const pusher = make(
        how === 'authorizer'
          ? { authorizer: () => ({ authorize: (_, done) => refuse(done) }) }
          : { channelAuthorization: { customHandler: (_, done) => refuse(done) } },
      )
      const errors: unknown[] = []
      const hear = (error: unknown) => errors.push(error)
      pusher.subscribe('private-a').bind('pusher:subscription_error', hear)
      await until(() => expect(errors).toEqual([{ type: 'AuthError', error: 'Seat is not yours' }]))
      if (isOurs) {
        const status = pusher.client.untyped('private-a').status.get()
        expect(status).toMatchObject({
          error: { message: '[auth.failed] Authorization of private-a failed: Seat is not yours' },
        })
        expect(status).not.toHaveProperty('retryAt')
      }
      expect(calls).toBe(1)
    },
  )

  it('logs refusals and events that cannot be read', async () => {
    const lines: string[] = []
    Class.log = (line) => lines.push(line)
    onTestFinished(() => {
      Class.log = undefined
    })
    const { pusher, server } = await setup(Class, {}, { encryption: encryption() })
    const channel = pusher.subscribe('private-encrypted-a')
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('private-encrypted-a', 'said', seal('private-encrypted-a', 1, Buffer.alloc(32, 9)))
    await until(() => expect(lines.some((line) => /decrypt/.test(line))).toBe(true))
    server.answer(403)
    pusher.subscribe('private-a')
    await until(() => expect(lines.some((line) => /403/.test(line))).toBe(true))
    server.answer(404)
    pusher.signin()
    await until(() => expect(lines.some((line) => /404/.test(line))).toBe(true))
  })

  it('unbinds by event, callback and context, and all of them', async () => {
    const { pusher } = await setup(Class)
    const log: string[] = []
    const context = { who: 'context' }
    const one = (): void => void log.push('one')
    function two(this: { who?: string }): void {
      log.push(this.who ?? 'two')
    }
    const fire = (): string[] => {
      log.length = 0
      pusher.global_emitter.emit('e', 1)
      pusher.global_emitter.emit('f', 1)
      return [...log]
    }
    pusher.bind('e', one).bind('e', two, context).bind('f', one).bind('f', two)
    expect(fire()).toEqual(['one', 'context', 'one', 'two'])
    pusher.unbind('e', one)
    expect(fire()).toEqual(['context', 'one', 'two'])
    pusher.unbind(undefined, undefined, context)
    expect(fire()).toEqual(['one', 'two'])
    pusher.unbind(undefined, one)
    expect(fire()).toEqual(['two'])
    pusher.bind_global(one)
    pusher.unbind_all()
    expect(fire()).toEqual([])
  })

  it('refuses channels of the protocol itself', async () => {
    const { pusher } = await setup(Class)
    expect(() => pusher.subscribe('#server-to-user-2')).toThrow(/#server-to-user-2/)
    // The build of pusher-js for Node always has its cipher.
    if (isOurs) expect(() => pusher.subscribe('private-encrypted-a')).toThrow(/encryption/)
  })

  it('stays disconnected after disconnect, and connects again when told', async () => {
    const { pusher, server } = await setup(Class)
    const channel = pusher.subscribe('room')
    await until(() => expect(channel.subscribed).toBe(true))
    pusher.disconnect()
    await until(() => expect(server.open()).toBe(0))
    expect([channel.subscribed, pusher.connection.state]).toEqual([false, 'disconnected'])
    pusher.connect()
    await until(() => expect(channel.subscribed).toBe(true))
    expect(server.dialled()).toBe(2)
  })

  it('sends events of its own, and tells whether it could', async () => {
    const { pusher, server } = await setup(Class)
    expect(pusher.send_event('client-x', 1, 'room')).toBe(false)
    await until(() => expect(pusher.connection.state).toBe('connected'))
    expect(pusher.send_event('client-x', { a: 1 }, 'room')).toBe(true)
    await until(() => expect(server.frames).toEqual([{ event: 'client-x', channel: 'room', data: { a: 1 } }]))
  })

  it('moves to another app with all its channels', async () => {
    const { pusher } = await setup(Class)
    const channel = pusher.subscribe('room')
    await until(() => expect(channel.subscribed).toBe(true))
    const states: string[] = []
    pusher.connection.bind('state_change', ({ current }: { current: string }) => states.push(current))
    pusher.switchCluster({ appKey: 'other', cluster: 'eu' })
    expect(pusher.key).toBe('other')
    if (isOurs) await until(() => expect(pusher.connection.state).toBe('disconnected'))
  })
})

describe('our Pusher', () => {
  const [, [, Class]] = both as [unknown, [string, (typeof classes)[string]]]

  it('has the client behind it, another one after it was moved', async () => {
    const { pusher } = await setup(Class)
    const { client } = pusher
    await until(() => expect(client.status.get().status).toBe('connected'))
    expect(client.pusher.socketId.get()).toBe(pusher.connection.socket_id)
    pusher.switchCluster({ appKey: KEY, cluster: '' })
    expect(pusher.client).not.toBe(client)
    expect(client.status.get().status).toBe('closed')
  })

  it('goes on when a callback throws, and tells it', async () => {
    const { pusher, server } = await setup(Class)
    const channel = pusher.subscribe('room')
    const log: unknown[] = []
    pusher.connection.bind('error', (error: unknown) => log.push(error))
    channel.bind('said', () => {
      throw new Error('Mine')
    })
    channel.bind('said', (data: unknown) => log.push(data))
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('room', 'said', 1)
    await until(() => expect(log).toEqual([{ type: 'CallbackError', error: new Error('Mine') }, 1]))
  })

  it('tries an authorization again that failed for now', async () => {
    const { pusher, server } = await setup(Class)
    server.answer(503)
    const channel = pusher.subscribe('private-a')
    await until(() => expect(channel.subscribed).toBe(true))
    expect(server.posts.length).toBe(2)
  })

  it('is unavailable when it takes long to connect, and connected in the end', async () => {
    const { make, server } = await setup(Class)
    server.outage()
    const pusher = make({ unavailableTimeout: 50 })
    const states: string[] = []
    pusher.connection.bind('state_change', ({ current }: { current: string }) => states.push(current))
    await until(() => expect(pusher.connection.state).toBe('unavailable'))
    server.restore()
    await until(() => expect(pusher.connection.state).toBe('connected'))
    expect(states).toEqual(['unavailable', 'connected'])
  })

  it('tells an app that has lost its server to the waiting, in seconds', async () => {
    const { pusher, server } = await setup(Class)
    await until(() => expect(pusher.connection.state).toBe('connected'))
    const log = record(pusher.connection)
    server.dropAll()
    await until(() => expect(server.dialled()).toBe(2))
    await until(() => expect(pusher.connection.state).toBe('connected'))
    expect(log[0]).toMatch(/^error \{"type":"PusherError","data":\{"code":1006\}/)
    expect(log.filter((line) => /^(state|connected )/.test(line))).toEqual([
      'state_change {"previous":"connected","current":"connecting"}',
      'state_change {"previous":"connecting","current":"connected"}',
      'connected {"socket_id":"2.200"}',
    ])
  })

  it('shares no headers with another instance', async () => {
    const { make, server } = await setup(Class)
    const first = make({ auth: { headers: { Authorization: 'Bearer 1' } } }).subscribe('private-a')
    await until(() => expect(first.subscribed).toBe(true))
    const second = make().subscribe('private-a')
    await until(() => expect(second.subscribed).toBe(true))
    expect(server.posts.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', undefined])
  })

  it('throws for a missing key, naming the option', () => {
    expect(() => new Class(undefined as never, { wsHost: 'a.test' })).toThrow(/Option key/)
  })

  it('drops a channel that was left while it was pending, with its listeners', async () => {
    const { pusher, server } = await setup(Class)
    const log: string[] = []
    pusher.subscribe('room').bind('said', () => log.push('old'))
    pusher.unsubscribe('room')
    const channel = pusher.subscribe('room')
    channel.bind('said', () => log.push('new'))
    await until(() => expect(channel.subscribed).toBe(true))
    server.publish('room', 'said', 1)
    await until(() => expect(log).toEqual(['new']))
  })
})
