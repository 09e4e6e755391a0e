import { describe, expect, it } from 'vitest'
import type { UserAuth } from './auth-options.ts'
import { createPusherFarEnd } from './far-end-test-setup.ts'
import { type SetupOptions, setup } from './pusher-test-setup.ts'
import { createVerbs } from './verbs.ts'

const { sign } = createPusherFarEnd()
const ADA = { id: '7', name: 'Ada' }

function signingIn(userAuthentication: UserAuth = {}, more: SetupOptions = {}) {
  const authenticate: UserAuth['authenticate'] = ({ socketId }) => sign.user(socketId, ADA)
  const fake = setup({ ...more, userAuthentication: { authenticate, ...userAuthentication } })
  return { ...fake, pusher: createVerbs(fake.client as never, fake.protocol.shared) }
}

describe('signin', () => {
  it('connects, and resolves with the user', async () => {
    const { pusher, client } = signingIn()
    await expect(pusher.signin()).resolves.toEqual({ id: '7', data: ADA })
    expect(client.status.get().status).toBe('connected')
    expect(pusher.user.get()?.id).toBe('7')
    await expect(pusher.signin()).resolves.toEqual({ id: '7', data: ADA })
  })

  it('is done again after every reconnect, and the user stays the same', async () => {
    const { pusher, drop, clock, server } = signingIn()
    const users: unknown[] = []
    pusher.user.subscribe((user) => users.push(user?.id))
    await pusher.signin()
    await drop()
    await clock.advance(5000)
    expect(server.frames.filter(({ event }) => event === 'pusher:signin').length).toBe(2)
    expect(users).toEqual(['7'])
  })

  it('posts the socket to /broadcasting/user-auth', async () => {
    const posts: unknown[] = []
    const { pusher } = signingIn({
      authenticate: undefined as never,
      headers: { 'X-CSRF-TOKEN': 'x' },
      fetch: (async (url: string, { body, headers }: RequestInit) => {
        posts.push([url, body, new Headers(headers).get('x-csrf-token')])
        return new Response(JSON.stringify(sign.user('1.100', ADA)))
      }) as never,
    })
    await pusher.signin()
    expect(posts).toEqual([['/broadcasting/user-auth', 'socket_id=1.100', 'x']])
  })

  it('rejects when the app refuses the user, and the connection lives', async () => {
    const authenticate = () => {
      throw Object.assign(new Error('No'), { status: 403 })
    }
    const { pusher, client } = signingIn({ authenticate })
    await expect(pusher.signin()).rejects.toMatchObject({ code: 'auth.failed', details: { status: 403 } })
    expect([client.status.get().status, pusher.user.get()]).toEqual(['connected', undefined])
  })

  it('is tried again after a failure that may pass', async () => {
    let calls = 0
    const fake = signingIn({
      authenticate: ({ socketId }) => {
        if (++calls < 3) throw new Error('Network')
        return sign.user(socketId, ADA)
      },
    })
    fake.expectError('auth.failed', 2)
    let id = ''
    fake.pusher.signin().then((user) => {
      id = user.id
    })
    await fake.clock.advance(10_000)
    expect([id, calls]).toEqual(['7', 3])
    expect(fake.errors).toMatchObject(
      [1, 2].map(() => ({ details: { retry: true }, cause: { message: 'Network' } })),
    )
  })

  it('waits for the next connection when the server restarts before it was asked', async () => {
    const { pusher, server, settled, clock } = signingIn({
      authenticate: ({ socketId }) =>
        socketId === '1.100' ? new Promise(() => {}) : sign.user(socketId, ADA),
    })
    const signedIn = pusher.signin()
    await settled()
    server.error(4200, 'Generic reconnect immediately', 'close')
    await clock.advance(5000)
    await expect(signedIn).resolves.toMatchObject({ id: '7' })
  })

  it('takes no restart of the server for a refusal after one of the app', async () => {
    let isGood = false
    const { pusher, server, clock } = signingIn({
      authenticate: ({ socketId }) => {
        if (!isGood) throw Object.assign(new Error('No'), { status: 403 })
        return sign.user(socketId, ADA)
      },
    })
    await expect(pusher.signin()).rejects.toMatchObject({ details: { status: 403 } })
    isGood = true
    server.error(4200, 'Generic reconnect immediately', 'close')
    await clock.advance(5000)
    expect(pusher.user.get()?.id).toBe('7')
  })

  it('rejects where the server knows no users', async () => {
    const { pusher, client } = signingIn({}, { farEnd: { dialect: 'reverb' } })
    await expect(pusher.signin()).rejects.toMatchObject({ code: 'auth.failed' })
    expect(client.status.get().status).toBe('connected')
  })

  it('rejects when the server does not accept the signature, which ends the connection', async () => {
    const authenticate = () => ({ auth: 'app-key:forged', user_data: '{"id":"7"}' })
    const { pusher, client } = signingIn({ authenticate })
    await expect(pusher.signin()).rejects.toMatchObject({ code: 'connection.refused' })
    expect(client.status.get().status).toBe('failed')
  })

  it('rejects when the client is closed meanwhile', async () => {
    const { pusher, client, settled } = signingIn({ authenticate: () => new Promise(() => {}) })
    const signedIn = pusher.signin()
    await settled()
    await client.close()
    await expect(signedIn).rejects.toMatchObject({ code: 'connection.closed' })
  })

  it('rejects when the server tells no id', async () => {
    const { pusher, settled, server } = signingIn()
    server.withhold('pusher:signin_success')
    const signedIn = pusher.signin()
    await settled()
    server.release()
    server.say('pusher:signin_success', { user_data: '{"id":7}' })
    await expect(signedIn).rejects.toMatchObject({ code: 'auth.failed' })
  })

  it('rejects when the server does not answer, and tries again later', async () => {
    const { pusher, server, clock } = signingIn()
    server.withhold('pusher:signin_success')
    const signedIn = pusher.signin()
    await clock.advance(10_000)
    await expect(signedIn).rejects.toMatchObject({ code: 'auth.failed' })
    server.release()
    await clock.advance(10_000)
    expect(pusher.user.get()?.id).toBe('7')
  })

  it('tells an error that nobody waits for as one of the client', async () => {
    let isGood = true
    const fake = signingIn({
      authenticate: ({ socketId }) => {
        if (!isGood) throw Object.assign(new Error('No'), { status: 403 })
        return sign.user(socketId, ADA)
      },
    })
    await fake.pusher.signin()
    isGood = false
    fake.expectError('auth.failed', 1)
    await fake.drop()
    await fake.clock.advance(5000)
    expect([fake.client.status.get().status, fake.pusher.user.get()]).toEqual(['connected', undefined])
    isGood = true
    await fake.pusher.signin()
    expect(fake.pusher.user.get()?.id).toBe('7')
  })

  it('is over with the client, whether it is closed or the server ends it', async () => {
    const { pusher, client, server, settled } = signingIn()
    const users: unknown[] = []
    pusher.user.subscribe((user) => users.push(user?.id))
    await pusher.signin()
    await client.close()
    await pusher.signin()
    server.error(4009, 'Terminated', 'close')
    await settled()
    expect([client.status.get().status, users]).toEqual(['failed', ['7', undefined, '7', undefined]])
  })

  it('is done again when a closed client connects again, as channels are joined', async () => {
    const { pusher, client, settled } = signingIn()
    await pusher.signin()
    await client.close()
    expect(pusher.user.get()).toBeUndefined()
    await client.connect()
    await settled()
    expect(pusher.user.get()?.id).toBe('7')
  })

  it('is forgotten with the identity', async () => {
    const { pusher, client, clock, server } = signingIn()
    await pusher.signin()
    client.reauthenticate({ newIdentity: true })
    await clock.advance(5000)
    expect(pusher.user.get()).toBeUndefined()
    expect(server.frames.filter(({ event }) => event === 'pusher:signin').length).toBe(1)
  })
})

describe('user events', () => {
  it('are heard once signed in, before and after a reconnect', async () => {
    const { pusher, server, settled, drop, clock } = signingIn()
    const heard: unknown[] = []
    const stop = pusher.onUserEvent('notified', (payload) => heard.push(payload))
    await pusher.signin()
    await settled()
    server.sendToUser('7', 'notified', 1)
    await drop()
    await clock.advance(5000)
    server.sendToUser('7', 'notified', 2)
    await settled()
    stop()
    server.sendToUser('7', 'notified', 3)
    await settled()
    expect(heard).toEqual([1, 2])
  })

  it('wait for the signin of the same socket', async () => {
    const { pusher, server, settled, drop, clock } = signingIn()
    pusher.onUserEvent('notified', () => {})
    await pusher.signin()
    await settled()
    await drop()
    await clock.advance(5000)
    const order = server.frames.map(({ event, data }) => `${event} ${data.channel ?? ''}`.trim())
    expect(order).toEqual([
      'pusher:signin',
      'pusher:subscribe #server-to-user-7',
      'pusher:signin',
      'pusher:subscribe #server-to-user-7',
    ])
  })

  it('give presence channels their member when the answer has none', async () => {
    const fake = signingIn(
      {},
      { auth: { authorize: ({ socketId, channel }) => sign.channel(socketId, channel) } },
    )
    await fake.pusher.signin()
    const { members } = fake.client.untyped('presence-desk')
    members.subscribe(() => {})
    await fake.settled()
    expect(members.get().me?.id).toBe('7')
  })
})

describe('the other verbs', () => {
  it('tell the socket id while there is one', async () => {
    const { pusher, client, drop, clock } = signingIn()
    const ids: unknown[] = []
    pusher.socketId.subscribe((id) => ids.push(id))
    await client.connect()
    await drop()
    await clock.advance(5000)
    expect([ids, pusher.socketId.get()]).toEqual([['1.100', undefined, '2.200'], '2.200'])
  })

  it('tell the socket id of the connection that takes over', async () => {
    const { pusher, client, clock } = signingIn()
    const ids: unknown[] = []
    await client.connect()
    pusher.socketId.subscribe((id) => ids.push(id))
    client.reauthenticate()
    await clock.advance(5000)
    expect([ids, pusher.socketId.get()]).toEqual([['2.200'], '2.200'])
  })

  it('tell watchlist changes, and leave out what makes no sense', async () => {
    const { pusher, client, server, settled } = signingIn()
    const changes: unknown[] = []
    pusher.onWatchlist((change) => changes.push(change))
    await client.connect()
    server.say('pusher_internal:watchlist_events', {
      events: [{ name: 'online', user_ids: ['1', '2'] }, { name: 'offline' }, {}, null, 7],
    })
    server.say('pusher_internal:watchlist_events', 'nonsense')
    await settled()
    expect(changes).toEqual([{ name: 'online', userIds: ['1', '2'] }])
  })

  it('tell how many are in a channel', async () => {
    const { pusher, client, settled, server } = signingIn({}, { farEnd: { dialect: 'pusher' } })
    const count = pusher.subscriptionCount('room')
    client.untyped('room').join()
    await settled()
    expect([count.get(), pusher.subscriptionCount('room') === count]).toEqual([1, true])
    server.say('pusher_internal:subscription_count', { subscription_count: 'many' }, 'room')
    await settled()
    expect(count.get()).toBe(1)
  })

  it('tell what a listener of theirs throws', async () => {
    const fake = signingIn()
    fake.expectError('listener.failed', 1)
    fake.pusher.onWatchlist(() => {
      throw new Error('Mine')
    })
    await fake.client.connect()
    fake.server.say('pusher_internal:watchlist_events', { events: [{ name: 'online', user_ids: ['1'] }] })
    await fake.settled()
  })
})
