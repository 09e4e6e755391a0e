import { describe, expect, it } from 'vitest'
import { type Options, Pusher } from '../compat.ts'
import { until } from '../until-test-setup.ts'
import { classes, setup } from './clients-test-setup.ts'

const both = Object.entries(classes)

/** What the connection tells of errors, messages and its end, without what only ours adds. */
const record = (pusher: Pusher): unknown[] => {
  const log: unknown[] = []
  pusher.connection.bind('error', ({ type, data, error }: { type: string; data: object; error: object }) =>
    log.push([
      'error',
      JSON.parse(
        JSON.stringify({ type, data, error }, (key, value) => (key === 'cause' ? undefined : value)),
      ),
    ]),
  )
  pusher.connection.bind('message', ({ event }: { event: string }) => log.push(['message', event]))
  pusher.connection.bind('disconnected', () => log.push('disconnected'))
  return log
}
const told = (code: number, message?: string) => ({
  type: 'PusherError',
  data: { code, ...(message && { message }) },
})
const again = (code: number, message?: string) => ({ type: 'WebSocketError', error: told(code, message) })

describe.each(both)('errors of the connection of %s', (_, Class) => {
  it('are one for a key that the server does not know', async () => {
    const { server } = await setup(Class)
    const pusher = new Class('other', place(server.port))
    const log = record(pusher)
    await until(() => expect(log).toContain('disconnected'))
    await until(() => expect(server.open()).toBe(1))
    expect(log).toEqual([['error', again(4001, 'Application does not exist')], 'disconnected'])
  })

  it.each([
    [1000, []],
    [1001, []],
    [1006, [told(1006)]],
    [1011, [told(1011)]],
    [4009, [told(4009), again(4009)]],
    [4100, [told(4100), again(4100)]],
    [4200, [told(4200), again(4200)]],
  ])('say how a line was lost that ends with %i', async (code, errors) => {
    const { pusher, server } = await setup(Class)
    await until(() => expect(pusher.connection.state).toBe('connected'))
    const log = record(pusher)
    let isOver = false
    for (const event of ['connecting_in', 'connecting', 'disconnected'])
      pusher.connection.bind(event, () => {
        isOver = true
      })
    server.dropAll({ code })
    await until(() => expect(isOver).toBe(true))
    expect(log.filter((entry) => entry !== 'disconnected')).toEqual(errors.map((error) => ['error', error]))
  })

  it('tell what the server says of them, before it ends the line and without an end', async () => {
    const { pusher, server } = await setup(Class)
    await until(() => expect(pusher.connection.state).toBe('connected'))
    const log = record(pusher)
    server.error(4301, 'Slow down')
    await until(() => expect(log.length).toBe(2))
    server.error(4009, 'Unauthorized', 'close')
    await until(() => expect(log).toContain('disconnected'))
    expect(log).toEqual([
      ['error', told(4301, 'Slow down')],
      ['message', 'pusher:error'],
      ['error', told(4009, 'Unauthorized')],
      ['message', 'pusher:error'],
      ['error', told(4009)],
      ['error', again(4009)],
      'disconnected',
    ])
  })

  it('are one for each line that ends before it is connected', async () => {
    const { make, server } = await setup(Class)
    server.outage()
    const pusher = make()
    const log = record(pusher)
    await until(() => expect(log.length).toBe(2))
    expect(log).toEqual([
      ['error', again(1006)],
      ['error', again(1006)],
    ])
  })

  it('are none for a server that is silent', async () => {
    const { pusher, server } = await setup(Class, {}, { activityTimeout: 50, pongTimeout: 50 })
    server.withhold('pusher:pong')
    const log = record(pusher)
    await until(() => expect(server.dialled()).toBe(2))
    expect(log).toEqual([])
  })

  it('are none for dials that fail', async () => {
    const { make, server } = await setup(Class)
    await server.stop()
    const pusher = make({ unavailableTimeout: 1500 })
    const log = record(pusher)
    await until(() => expect(pusher.connection.state).toBe('unavailable'))
    expect(log).toEqual([])
  })
})

const place = (wsPort: number): Options => ({
  cluster: '',
  wsHost: '127.0.0.1',
  wsPort,
  forceTLS: false,
  enabledTransports: ['ws'],
})

describe('our Pusher', () => {
  it('tells its own error as the cause', async () => {
    const { pusher, server } = await setup(Pusher)
    await until(() => expect(pusher.connection.state).toBe('connected'))
    const causes: unknown[] = []
    pusher.connection.bind('error', ({ cause }: { cause: unknown }) => causes.push(cause))
    server.dropAll()
    await until(() => expect(causes).toMatchObject([{ code: 'connection.lost', details: { code: 1006 } }]))
  })
})
