import Echo from 'laravel-echo'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { encryption } from '../encrypted.ts'
import { type Dialect, KEY, seal } from '../far-end-test-setup.ts'
import { createLiveFarEnd, type LiveOptions } from '../live-far-end-test-setup.ts'
import { createReferenceServer } from '../reference-server-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { classes } from './clients-test-setup.ts'

const ways = ['Pusher', 'client', 'window.Pusher'] as const
const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]

/** The far end of tests, and the reference server. */
const servers = { 'the far end': createLiveFarEnd, 'the reference server': createReferenceServer }
type ServerName = keyof typeof servers

/** Echo over one of the classes, given in one of the three ways in which it takes one. */
async function setup(
  Class: (typeof classes)[string],
  way: (typeof ways)[number],
  serverName: ServerName,
  { options = {}, ...farEnd }: LiveOptions & { readonly options?: object } = {},
) {
  const server = await servers[serverName](farEnd)
  const pusherOptions = {
    broadcaster: 'reverb',
    key: KEY,
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    authEndpoint: `${server.url}/broadcasting/auth`,
    userAuthentication: { endpoint: `${server.url}/broadcasting/user-auth`, headers: {} },
    withoutInterceptors: true,
    encryption: encryption(),
    ...options,
  }
  vi.stubGlobal('window', way === 'window.Pusher' ? { Pusher: Class } : {})
  const make = (): Echo<'reverb'> =>
    new Echo({
      ...pusherOptions,
      ...(way === 'Pusher' && { Pusher: Class }),
      ...(way === 'client' && { client: new Class(KEY, pusherOptions as never) }),
    } as never)
  const all: Echo<'reverb'>[] = []
  onTestFinished(async () => {
    for (const echo of all) echo.disconnect()
    vi.unstubAllGlobals()
    await server.stop()
  })
  const another = (): Echo<'reverb'> => {
    const echo = make()
    all.push(echo)
    return echo
  }
  return { server, echo: another(), another }
}

const names = Object.keys(servers) as ServerName[]
const cases = Object.entries(classes).flatMap(([name, Class]) =>
  dialects.flatMap((dialect) =>
    names.flatMap((server) => ways.map((way) => [name, way, dialect, server, Class] as const)),
  ),
)

describe.each(cases)('Echo over %s as %s at %s, %s', (_name, way, dialect, at, Class) => {
  it('listens on public and private channels, with its names for events', async () => {
    const { echo, server } = await setup(Class, way, at, { dialect })
    const log: unknown[] = []
    const booking = echo.private('booking.42')
    echo.channel('availability').listen('Updated', (data: unknown) => log.push(['class', data]))
    echo.listen('availability', '.scada.data', (data: unknown) => log.push(['literal', data]))
    booking
      .listen('.BookingStatusUpdated', (data: unknown) => log.push(['private', data]))
      .listenToAll((event: string, data: unknown) => log.push([event, data]))
      .notification((data: unknown) => log.push(['notification', data]))
    await until(() =>
      expect([server.joined('availability'), server.joined('private-booking.42')]).toEqual([1, 1]),
    )
    server.publish('availability', 'App\\Events\\Updated', 1)
    server.publish('availability', 'scada.data', 2)
    server.publish('private-booking.42', 'BookingStatusUpdated', 3)
    server.publish('private-booking.42', 'Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', 4)
    await until(() => expect(log.length).toBe(6))
    expect(log).toEqual([
      ['class', 1],
      ['literal', 2],
      ['.BookingStatusUpdated', 3],
      ['private', 3],
      ['.Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', 4],
      ['notification', 4],
    ])
    booking.stopListening('.BookingStatusUpdated').stopListeningToAll()
    log.length = 0
    server.publish('private-booking.42', 'BookingStatusUpdated', 5)
    server.publish('availability', 'scada.data', 6)
    await until(() => expect(log).toEqual([['literal', 6]]))
  })

  it('tells when a channel is subscribed, and when it is refused', async () => {
    const { echo, server } = await setup(Class, way, at, { dialect })
    const log: string[] = []
    await until(() => expect(echo.connectionStatus()).toBe('connected'))
    server.answer(403)
    echo
      .private('user.7')
      .subscribed(() => log.push('subscribed 7'))
      .error(({ type, status }: { type: string; status: number }) => log.push(`error 7 ${type} ${status}`))
    await until(() => expect(log.length).toBe(1))
    echo.private('user.42').subscribed(() => log.push('subscribed 42'))
    await until(() => expect(log).toEqual(['error 7 AuthError 403', 'subscribed 42']))
  })

  it('tells who is here, joins and leaves', async () => {
    const member = (_: string, nth: number) => ({ user_id: nth, user_info: { name: `user ${nth}` } })
    const { echo, another } = await setup(Class, way, at, { dialect, member })
    const log: unknown[] = []
    echo
      .join('desk')
      .here((users: { name: string }[]) => log.push(['here', users.map(({ name }) => name)]))
      .joining(({ name }: { name: string }) => log.push(['joining', name]))
      .leaving(({ name }: { name: string }) => log.push(['leaving', name]))
    await until(() => expect(log).toEqual([['here', ['user 1']]]))
    const other = another()
    other.join('desk')
    await until(() => expect(log.at(-1)).toEqual(['joining', 'user 2']))
    other.leave('desk')
    await until(() => expect(log.at(-1)).toEqual(['leaving', 'user 2']))
  })

  it('whispers to the others', async () => {
    const member = (socketId: string) => ({ user_id: socketId, user_info: {} })
    const { echo, another, server } = await setup(Class, way, at, { dialect, member })
    const log: unknown[] = []
    const hear = (data: unknown): void => void log.push(data)
    const mine = echo.join('desk')
    const theirs = another().join('desk').listenForWhisper('typing', hear)
    await until(() => expect(server.joined('presence-desk')).toBe(2))
    await until(() => expect(Object.keys(echo.connector.channels).length).toBe(1))
    mine.whisper('typing', { on: true })
    await until(() => expect(log).toEqual([{ on: true }]))
    theirs.stopListeningForWhisper('typing', hear)
    mine.whisper('typing', { on: false })
    echo.private('room')
    await until(() => expect(server.joined('private-room')).toBe(1))
    echo.private('room').whisper('typing', { on: true })
    await until(() => expect(server.received.length).toBe(3))
    expect(log.length).toBe(1)
  })

  it('reads encrypted channels', async () => {
    const { echo, server } = await setup(Class, way, at, { dialect })
    const log: unknown[] = []
    const channel = echo.encryptedPrivate('vault').listen('.Opened', (data: unknown) => log.push(data))
    await until(() => expect(server.joined('private-encrypted-vault')).toBe(1))
    server.publish('private-encrypted-vault', 'Opened', seal('private-encrypted-vault', { by: 'Ada' }))
    await until(() => expect(log).toEqual([{ by: 'Ada' }]))
    expect(() => channel.whisper('typing', {})).toThrow(/not currently supported/)
  })

  it('leaves all variants of a name, or one', async () => {
    const { echo, server } = await setup(Class, way, at, { dialect })
    const joined = (): number[] =>
      ['room', 'private-room', 'private-encrypted-room', 'presence-room'].map((name) => server.joined(name))
    echo.channel('room')
    echo.private('room')
    echo.encryptedPrivate('room')
    echo.join('room')
    await until(() => expect(joined()).toEqual([1, 1, 1, 1]))
    echo.leaveChannel('private-room')
    await until(() => expect(joined()).toEqual([1, 0, 1, 1]))
    echo.leave('room')
    await until(() => expect(joined()).toEqual([0, 0, 0, 0]))
    echo.channel('a')
    echo.private('b')
    await until(() => expect(server.joined('private-b')).toBe(1))
    echo.leaveAllChannels()
    await until(() => expect([server.joined('a'), server.joined('private-b')]).toEqual([0, 0]))
  })

  it('tells status and socket id, and disconnects', async () => {
    const { echo, server } = await setup(Class, way, at, { dialect })
    const log: string[] = []
    const stop = echo.connector.onConnectionChange((status) => log.push(status))
    expect(echo.connectionStatus()).toBe('connecting')
    expect(echo.socketId()).toBeUndefined()
    await until(() => expect(echo.connectionStatus()).toBe('connected'))
    expect(echo.socketId()).toMatch(/^\d+\.\d+$/)
    echo.disconnect()
    await until(() => expect(server.open()).toBe(0))
    expect([echo.connectionStatus(), new Set(log)]).toEqual([
      'disconnected',
      new Set(['connected', 'disconnected']),
    ])
    stop()
  })

  it('sends the headers that are there when they are needed', async () => {
    const { echo, server } = await setup(Class, way, at, {
      dialect,
      options: { auth: { headers: { Authorization: 'Bearer old' } } },
    })
    await until(() => expect(echo.connectionStatus()).toBe('connected'))
    const { options } = echo.connector
    options.auth.headers['Authorization'] = 'Bearer new'
    echo.private('user.42')
    await until(() => expect(server.posts.length).toBe(1))
    expect(server.posts[0]).toMatchObject({ headers: { authorization: 'Bearer new' } })
  })
})

const pairs = Object.entries(classes).flatMap(([name, Class]) =>
  names.map((at) => [name, at, Class] as const),
)

describe.each(pairs)('Echo over %s at %s', (_name, at, Class) => {
  it('signs in', async () => {
    const { echo, server } = await setup(Class, 'Pusher', at)
    echo.connector.signin()
    await until(() => expect(server.joined('#server-to-user-1')).toBe(1))
  })

  it('goes on after the connection was lost', async () => {
    const { echo, server } = await setup(Class, 'Pusher', at)
    const log: unknown[] = []
    echo.private('user.42').listen('.said', (data: unknown) => log.push(data))
    await until(() => expect(server.joined('private-user.42')).toBe(1))
    server.dropAll()
    await until(() => expect([server.dialled(), server.joined('private-user.42')]).toEqual([2, 1]))
    server.publish('private-user.42', 'said', 1)
    await until(() => expect(log).toEqual([1]))
  })

  it('works for the broadcaster pusher too', async () => {
    const { echo } = await setup(Class, 'Pusher', at, { options: { broadcaster: 'pusher' } })
    await until(() => expect(echo.connectionStatus()).toBe('connected'))
  })
})
