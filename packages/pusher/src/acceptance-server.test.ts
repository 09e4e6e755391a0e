import { createServer, type ServerOptions } from '@org/realtime-server'
import { createPublisher } from '@org/realtime-server/publisher'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Dialect, KEY, SECRET } from './far-end-test-setup.ts'
import { createPusher, type PusherOptions, type RealtimeError } from './index.ts'
import { until } from './until-test-setup.ts'

const app = { id: 'app-id', key: KEY, secret: SECRET, enableClientMessages: true }
/** The reference server with users and rules, its publisher, and our client. */
async function setup(pusher: NonNullable<ServerOptions['pusher']> & object = {}, more: ServerOptions = {}) {
  const tokens: (string | undefined)[] = []
  const server = createServer({
    mode: 'development',
    port: 0,
    authenticate(token) {
      tokens.push(token)
      if (token === 'expired') return { refuse: 'expired' }
      const [name = '', id = ''] = token?.split(' ') ?? []
      return ['customer', 'admin'].includes(name) ? { id, info: { isAdmin: name === 'admin' } } : undefined
    },
    ...more,
    pusher: { apps: [app], ...pusher },
  })
  for (const pattern of ['user.{userId}', 'booking.{userId}'] as const)
    server.authorize(pattern, (user, { userId }) => user.id === userId || Object(user.info).isAdmin === true)
  server.authorize('room', () => true)
  const { port, url } = await server.listen()
  onTestFinished(() => server.close())
  const frames: string[] = []
  server.on('receive', (connection, frame) => frames.push(connection.kindOf(frame, 'in').type))
  const publisher = createPublisher({ appId: app.id, key: KEY, secret: SECRET, port })
  const connect = (token: () => string | undefined, options: Partial<PusherOptions> = {}) => {
    const client = createPusher({
      key: KEY,
      host: '127.0.0.1',
      port,
      backoff: { firstMs: 1, baseMs: 1 },
      connection: { minDialGapMs: 1 },
      auth: {
        endpoint: `${url}/broadcasting/auth`,
        headers: () =>
          (token() === undefined ? {} : { Authorization: `Bearer ${token()}` }) as Record<string, string>,
      },
      ...options,
    })
    onTestFinished(() => client.close())
    return client
  }
  return { server, publisher, connect, tokens, frames, port, url }
}

const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]

describe.each(dialects)('our client at a reference server that is a %s', (dialect) => {
  it('hears a booking once, with the token that is new after a cut', async () => {
    const { server, publisher, connect, tokens, frames } = await setup({ dialect })
    let token = 'customer 42'
    const client = connect(() => token)
    const heard: unknown[] = []
    const booking = client.untyped('private-user.42')
    booking.on('BookingStatusUpdated', (payload) => heard.push(payload))
    await until(() => expect(booking.status.get().state).toBe('joined'))
    token = 'admin 1'
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(tokens).toEqual(['customer 42', 'admin 1']))
    await until(() => expect(server.channels()).toMatchObject([{ name: '@app-id/private-user.42' }]))
    await publisher.channel('private-user.42').publish('BookingStatusUpdated', { booking_code: 'A7' })
    await until(() => expect(heard).toEqual([{ booking_code: 'A7' }]))
    expect(frames.filter((type) => type === 'pusher:subscribe')).toHaveLength(2)
  })

  it.each([
    ['nobody', undefined, [401, 401, 401]],
    ['customer 42', 'customer 42', ['joined', 'joined', 403]],
    ['customer 7', 'customer 7', [403, 403, 403]],
    ['an admin', 'admin 1', ['joined', 'joined', 403]],
  ] as const)('joins as %s what the rules allow, and stays connected', async (_, token, expected) => {
    const { connect } = await setup({ dialect })
    const client = connect(() => token)
    const errors: RealtimeError[] = []
    client.onError((error) => errors.push(error))
    const names = ['private-user.42', 'private-booking.42', 'private-unknown.1']
    const channels = names.map((name) => client.untyped(name))
    for (const channel of channels) channel.join()
    const outcomes = () =>
      channels.map((channel) => {
        const status = channel.status.get()
        return status.state === 'rejected'
          ? (status.error.details as { status: number }).status
          : status.state
      })
    await until(() => expect(outcomes()).toEqual(expected))
    expect(errors.map(({ code }) => code)).toEqual(
      expected.filter((outcome) => outcome !== 'joined').map(() => 'auth.failed'),
    )
    expect(client.status.get().status).toBe('connected')
  })

  it.each([
    ['customer 42', 'joined'],
    ['expired', 'rejected'],
  ])('asks for another token once when the old one is over; with %s it is %s', async (next, outcome) => {
    const { connect, tokens, url } = await setup({ dialect })
    let token = 'expired'
    const headers = ({ refresh }: { readonly refresh: boolean }) => {
      if (refresh) token = next
      return { Authorization: `Bearer ${token}` }
    }
    const client = connect(() => token, { auth: { endpoint: `${url}/broadcasting/auth`, headers } })
    const channel = client.untyped('private-user.42')
    channel.join()
    await until(() => expect(channel.status.get().state).toBe(outcome))
    expect(tokens).toEqual(['expired', next])
  })

  it('is reconnecting and connected again, once each, after a cut', async () => {
    const { server, connect } = await setup({ dialect })
    const client = connect(() => undefined)
    await client.connect()
    const log: string[] = []
    client.status.subscribe(() => {
      const { status } = client.status.get()
      if (log.at(-1) !== status) log.push(status)
    })
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(log).toEqual(['reconnecting', 'connected']))
    await client.close()
    expect(log).toEqual(['reconnecting', 'connected', 'closed'])
  })

  it('stays connected while nothing happens, and finds a server that is silent', async () => {
    const { server, connect, frames } = await setup({ dialect, silenceMs: 200 })
    const client = connect(() => undefined, { heartbeat: { receiveIdleMs: 60, answerMs: 60 } })
    await client.connect()
    await until(() =>
      expect(frames.filter((type) => /^pusher:p[io]ng$/.test(type)).length).toBeGreaterThan(8),
    )
    expect([server.connections().length, client.status.get().everConnected]).toEqual([1, true])
    const [{ id = '' } = {}] = server.connections()
    const thaw = server.faults.add({ at: 'now', do: 'freeze' })
    await until(() => expect(server.connections().some((connection) => connection.id !== id)).toBe(true))
    thaw()
    await until(() => expect(client.status.get().status).toBe('connected'))
  })

  it('is told of client events over the rate, and stays connected', async () => {
    const { connect } = await setup({ dialect, apps: [{ ...app, maxClientEventsPerSecond: 10 }] })
    const token = 'customer 42'
    // Here all frames count, so its join is one of the ten.
    const rate = dialect === 'reverb' ? 9 : 10
    const [one, two] = [connect(() => token, { clientEventRate: false }), connect(() => token)]
    const errors: RealtimeError[] = []
    one.onError((error) => errors.push(error))
    const heard: unknown[] = []
    two.untyped('private-room').on('typing', (payload) => heard.push(payload))
    const room = one.untyped('private-room')
    room.join()
    await until(() =>
      expect([room, two.untyped('private-room')].map((each) => each.status.get().state)).toEqual([
        'joined',
        'joined',
      ]),
    )
    await Promise.all(Array.from({ length: 30 }, (_, n) => room.publish('typing', { n })))
    await until(() => expect(errors.length).toBe(30 - rate))
    await until(() => expect(heard.length).toBe(rate))
    expect(new Set(errors.map(({ code, details }) => `${code} ${Object(details).code}`))).toEqual(
      new Set(['server.error 4301']),
    )
    expect(one.status.get().status).toBe('connected')
  })

  it('hears of members, and is heard by them', async () => {
    const { connect } = await setup({ dialect })
    const [one, two] = [connect(() => 'customer 42'), connect(() => 'customer 7')]
    const room = one.untyped('presence-room')
    room.join()
    const ids = (): string[] => room.members.get().list.map(({ id }) => id)
    await until(() => expect(ids()).toEqual(['42']))
    const heard: unknown[] = []
    two.untyped('presence-room').on('typing', (payload, meta) => heard.push([payload, meta.userId]))
    await until(() => expect(ids()).toEqual(['42', '7']))
    await room.publish('typing', { on: true })
    await until(() => expect(heard).toEqual([[{ on: true }, '42']]))
    await two.close()
    await until(() => expect(ids()).toEqual(['42']))
  })

  it('stops at an unknown key, and says why', async () => {
    const { port } = await setup({ dialect })
    const client = createPusher({ key: 'other', host: '127.0.0.1', port })
    onTestFinished(() => client.close())
    await expect(client.connect()).rejects.toMatchObject({
      code: 'connection.refused',
      details: { code: 4001 },
    })
    expect(client.status.get().status).toBe('failed')
  })
})

describe.each(['pusher', 'soketi'] as const)('our client at a reference server that is a %s', (dialect) => {
  it('signs in, and hears what is for the user', async () => {
    const { connect, url, publisher } = await setup({
      dialect,
      apps: [{ ...app, enableUserAuthentication: true }],
    })
    const client = connect(() => 'customer 42', {
      userAuthentication: {
        endpoint: `${url}/broadcasting/user-auth`,
        headers: { Authorization: 'Bearer customer 42' },
      },
    })
    const heard: unknown[] = []
    client.pusher.onUserEvent('InvoicePaid', (payload) => heard.push(payload))
    expect(await client.pusher.signin()).toMatchObject({ id: '42' })
    await publisher.backend.sendToUser('42', 'InvoicePaid', { n: 7 })
    await until(() => expect(heard).toEqual([{ n: 7 }]))
  })
})
