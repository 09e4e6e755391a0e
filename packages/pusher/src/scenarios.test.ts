/** The acceptance scenarios of Pusher's protocol, by our client at the reference server. */
import { createServer, type ServerOptions } from '@org/realtime-server'
import { createFakeClock, createMemoryTransport } from '@org/realtime-testing'
import PusherJs from 'pusher-js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPusher, type PusherOptions } from './index.ts'
import { until } from './until-test-setup.ts'

const APP = { id: 'app-id', key: 'app-key', secret: 'app-secret', enableClientMessages: true }
const users: Readonly<Record<string, { readonly id: string; readonly role?: string }>> = {
  'of-42': { id: '42' },
  'of-42-renewed': { id: '42' },
  'of-7': { id: '7' },
  'of-admin': { id: 'admin', role: 'admin' },
}

/** A server that knows four tokens and lets owners and admins in, and clients of it. */
async function setup(options: ServerOptions = {}) {
  /** Tokens in the order in which they were shown. */
  const shown: (string | undefined)[] = []
  const server = createServer({
    mode: 'production',
    port: 0,
    authenticate(token, { path }) {
      if (path.startsWith('/broadcasting')) shown.push(token)
      const user = users[token ?? '']
      return user && { id: user.id, info: { role: user.role } }
    },
    pusher: { apps: [APP] },
    ...options,
  })
  for (const pattern of ['user.{userId}', 'booking.{userId}'] as const)
    server.authorize(pattern, ({ id, info }, { userId }) => id === userId || Object(info).role === 'admin')
  const { port } = await server.listen()
  onTestFinished(() => server.close())
  const connect = (headers: NonNullable<PusherOptions<never>['auth']>['headers']) => {
    const client = createPusher({
      key: APP.key,
      host: '127.0.0.1',
      port,
      auth: { endpoint: `http://127.0.0.1:${port}/broadcasting/auth`, headers: headers ?? {} },
      backoff: { firstMs: 50, baseMs: 50, floorMs: 10 },
      connection: { minDialGapMs: 10 },
    })
    onTestFinished(() => client.close())
    return client
  }
  return { server, port, shown, connect }
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

describe('acceptance scenarios', () => {
  it('1: after a cut the new token is shown, one join is made, and an event is heard once', async () => {
    const { server, connect, shown } = await setup()
    let token = 'of-42'
    const client = connect(() => bearer(token))
    const frames: string[] = []
    client.trace.subscribe((entry) => {
      if (entry.type === 'frame' && entry.direction === 'out') frames.push(entry.text ?? '')
    })
    const channel = client.untyped('private-user.42')
    const heard: unknown[] = []
    channel.on('BookingStatusUpdated', (booking) => heard.push(booking))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    token = 'of-42-renewed'
    frames.length = 0
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(statuses).toContain('connected'))
    expect(statuses[0]).toBe('reconnecting')
    await until(() => expect(channel.status.get().state).toBe('joined'))
    expect(shown).toEqual(['of-42', 'of-42-renewed'])
    await server.publishPusher('private-user.42', 'BookingStatusUpdated', { code: 'B-1' })
    await until(() => expect(heard).toEqual([{ code: 'B-1' }]))
    expect(frames.filter((frame) => frame.includes('pusher:subscribe'))).toHaveLength(1)
  })

  it.each([
    [undefined, ['401', '401', '401']],
    ['of-42', ['joined', 'joined', '403']],
    ['of-7', ['403', '403', '403']],
    ['of-admin', ['joined', 'joined', '403']],
  ])('3: %s gets what the rules give, one refusal each, and the line stays up', async (token, outcomes) => {
    const { connect, shown } = await setup()
    const client = connect(token === undefined ? {} : bearer(token))
    const names = ['private-user.42', 'private-booking.42', 'private-unknown.1']
    const channels = names.map((name) => client.untyped(name))
    const refusals: string[] = []
    for (const channel of channels) {
      channel.status.subscribe(() => {
        const status = channel.status.get()
        if (status.state === 'rejected') refusals.push(channel.name)
      })
      channel.join()
    }
    const seen = channels.map((channel) => {
      const read = (): string => {
        const status = channel.status.get()
        return status.state === 'rejected' ? `${Object(status.error.details).status}` : status.state
      }
      return read
    })
    await until(() => expect(seen.map((read) => read())).toEqual(outcomes))
    expect(refusals.sort()).toEqual(names.filter((_, index) => outcomes[index] !== 'joined').sort())
    for (const channel of channels) {
      const status = channel.status.get()
      if (status.state !== 'rejected') continue
      expect(status.error).toMatchObject({ code: 'auth.failed', details: { channel: channel.name } })
    }
    expect(client.status.get().status).toBe('connected')
    // 403 is final, 401 is tried once more with what is newest.
    expect(shown.length).toBe(token === undefined ? 6 : 3)
  })

  it('4: a token that has run out is renewed once, and a second refusal is final', async () => {
    const { connect, shown } = await setup()
    const renewed = connect(({ refresh }) => bearer(refresh ? 'of-42' : 'expired')).untyped('private-user.42')
    renewed.join()
    await until(() => expect(renewed.status.get().state).toBe('joined'))
    expect(shown.splice(0)).toEqual(['expired', 'of-42'])
    const lost = connect(() => bearer('expired')).untyped('private-user.42')
    lost.join()
    await until(() => expect(lost.status.get().state).toBe('rejected'))
    expect(shown).toEqual(['expired', 'expired'])
  })

  it('6: a server that is down for good is tried at 2, 4, 8, 16 and 32 s, and given up', async () => {
    const clock = createFakeClock()
    const transport = createMemoryTransport({ clock })
    let isDown = true
    const dials: number[] = []
    transport.onDial((peer) => {
      dials.push(clock.now())
      if (isDown) return peer.refuse()
      peer.accept()
      peer.send(
        JSON.stringify({
          event: 'pusher:connection_established',
          data: JSON.stringify({ socket_id: '1.1', activity_timeout: 120 }),
        }),
      )
    })
    const client = createPusher({
      key: APP.key,
      host: 'localhost',
      transport,
      clock,
      backoff: { firstMs: 2000, baseMs: 2000, factor: 2, jitter: 0, capMs: 60_000, maxAttempts: 5 },
    })
    onTestFinished(() => client.close())
    const gaps = (): number[] => dials.map((at, index) => at - (dials[index - 1] ?? at)).slice(1)
    const failed = client.connect().catch((error: { readonly code: string }) => error.code)
    await clock.advance(120_000)
    expect(gaps()).toEqual([2000, 4000, 8000, 16_000, 32_000])
    expect(client.status.get().status).toBe('failed')
    expect(await failed).toBe('connection.gave-up')

    dials.length = 0
    const connected = client.connect()
    await clock.advance(7000)
    isDown = false
    await clock.advance(10_000)
    await connected
    await clock.advance(10_000)
    isDown = true
    dials.length = 0
    for (const peer of transport.open) peer.drop()
    await clock.advance(120_000)
    expect(gaps()).toEqual([4000, 8000, 16_000, 32_000])
  })

  it('7: a line that drops and comes back, and one that is closed, tell what they are', async () => {
    const { server, connect } = await setup()
    const client = connect({})
    await client.connect()
    const statuses: string[] = []
    let last = ''
    client.status.subscribe(({ status }) => {
      if (status !== last) statuses.push(status)
      last = status
    })
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(statuses).toEqual(['reconnecting', 'connected']))
    await client.close()
    expect(statuses).toEqual(['reconnecting', 'connected', 'closed'])
  })

  it('15: of 30 client events at once 10 arrive, the others are told, and the line stays up', async () => {
    const { server, port } = await setup({
      mode: 'development',
      pusher: { apps: [{ ...APP, maxClientEventsPerSecond: 10 }] },
    })
    const make = () => {
      const pusher = new PusherJs(APP.key, {
        cluster: '',
        wsHost: '127.0.0.1',
        wsPort: port,
        forceTLS: false,
        enabledTransports: ['ws'],
        authEndpoint: `http://127.0.0.1:${port}/broadcasting/auth`,
        auth: { headers: bearer('of-42') },
      })
      onTestFinished(() => pusher.disconnect())
      return pusher
    }
    const [sender, listener] = [make(), make()]
    const [from, to] = [sender.subscribe('private-user.42'), listener.subscribe('private-user.42')]
    const errors: unknown[] = []
    sender.connection.bind('error', (error: { readonly data?: { readonly code?: number } }) =>
      errors.push(error.data?.code),
    )
    const heard: unknown[] = []
    to.bind('client-moved', (n: unknown) => heard.push(n))
    await until(() => expect([from.subscribed, to.subscribed]).toEqual([true, true]))
    for (let n = 0; n < 30; n++) from.trigger('client-moved', n)
    await until(() => expect(errors).toHaveLength(20))
    expect(new Set(errors)).toEqual(new Set([4301]))
    await server.publishPusher('private-user.42', 'client-moved', 'last')
    await until(() => expect(heard.at(-1)).toBe('last'))
    expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'last'])
    expect(sender.connection.state).toBe('connected')
  })

  it('20: official clients and ours hear each other, without a rejection or a word that nobody knows', async () => {
    const rejections: unknown[] = []
    const note = (error: unknown): void => void rejections.push(error)
    process.on('unhandledRejection', note)
    const logged: string[] = []
    PusherJs.log = (message: string) => logged.push(message)
    onTestFinished(() => {
      process.off('unhandledRejection', note)
      PusherJs.log = undefined as never
    })
    const { server, port, connect } = await setup({ mode: 'development' })
    const ours = connect(bearer('of-42'))
    const official = new PusherJs(APP.key, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'],
      authEndpoint: `http://127.0.0.1:${port}/broadcasting/auth`,
      auth: { headers: bearer('of-7') },
    })
    onTestFinished(() => official.disconnect())
    server.authorize('presence-desk', () => ({ presence: true, publish: true }))
    const [desk, theirs] = [ours.untyped('presence-desk'), official.subscribe('presence-desk')]
    const heard: unknown[] = []
    desk.on('waved', (by) => heard.push(['ours', by]))
    theirs.bind('client-waved', (by: unknown) => heard.push(['theirs', by]))
    await until(() => expect(server.channels()).toMatchObject([{ subscribers: 2 }]))
    await until(() => expect(theirs.subscribed).toBe(true))
    await desk.publish('waved', 'by ours')
    await until(() => expect(heard).toContainEqual(['theirs', 'by ours']))
    theirs.trigger('client-waved', 'by theirs')
    await until(() => expect(heard).toContainEqual(['ours', 'by theirs']))
    const statuses: string[] = []
    ours.status.subscribe(({ status }) => statuses.push(status))
    server.faults.add({ at: 'now', do: 'cut' })
    await until(() => expect(statuses).toContain('reconnecting'))
    await until(() =>
      expect([ours.status.get().status, desk.status.get().state]).toEqual(['connected', 'joined']),
    )
    await until(() => expect(official.connection.state).toBe('connected'))
    const hints = ours.trace.entries().filter(({ type }) => type === 'hint')
    expect(JSON.stringify(hints)).not.toContain('pusher_internal')
    expect(logged.filter((line) => /No callbacks.*pusher_internal/.test(line))).toEqual([])
    expect(rejections).toEqual([])
  })
})
