import { describe, expect, it } from 'vitest'
import { APP, decoded, setupPusher } from './pusher-test-setup.ts'

const typing = (channel = 'private-a', data: unknown = { on: true }) => ({
  event: 'client-typing',
  channel,
  data,
})
const error = (code: number) => ({ event: 'pusher:error', data: { code, message: expect.any(String) } })

async function setupPair(options = {}, channel = 'private-a') {
  const setup = setupPusher(options)
  const [one, two] = [await setup.connect(), await setup.connect()]
  for (const guest of [one, two]) await guest.join(channel)
  two.take()
  return { ...setup, one, two }
}

describe('/app/{key}: client events', () => {
  it('reach all others of the channel as they were sent', async () => {
    const { one, two } = await setupPair()
    expect(await one.say(typing())).toEqual([])
    expect(two.take()).toEqual([typing()])
  })

  it('say in presence channels who has sent them', async () => {
    const { connect } = setupPusher()
    const [one, two] = [await connect(), await connect()]
    await one.join('presence-a', { user_id: 1, user_info: {} })
    await two.join('presence-a', { user_id: 2, user_info: {} })
    await one.say(typing('presence-a'))
    expect(two.take()).toEqual([{ ...typing('presence-a'), user_id: '1' }])
  })

  it('are refused where the app has them off', async () => {
    const { one, two } = await setupPair({ apps: [{ ...APP, enableClientMessages: false }] })
    expect((await one.say(typing())).map(decoded)).toEqual([error(4301)])
    expect(two.take()).toEqual([])
  })

  it.each([
    ['pusher', [error(4301)]],
    ['soketi', []],
    ['reverb', [error(4009)]],
  ] as const)('of who has not joined are answered as %s does', async (dialect, answer) => {
    const { connect } = setupPusher({ dialect })
    expect((await (await connect()).say(typing())).map(decoded)).toEqual(answer)
  })

  it.each([
    ['pusher', 1, 0],
    ['soketi', 0, 1],
    ['reverb', 0, 1],
  ] as const)('in public channels are treated as %s does', async (dialect, refused, relayed) => {
    const { one, two } = await setupPair({ dialect }, 'a')
    expect(await one.say(typing('a'))).toHaveLength(refused)
    expect(two.take()).toHaveLength(relayed)
  })

  it('that are text are relayed as they are, and not by Reverb', async () => {
    const soketi = await setupPair({ dialect: 'soketi' })
    await soketi.one.say(typing('private-a', 'hello'))
    expect(soketi.two.take()).toEqual([typing('private-a', 'hello')])
    const reverb = await setupPair({ dialect: 'reverb' })
    expect((await reverb.one.say(typing('private-a', 'hello'))).map(decoded)).toEqual([error(4200)])
    await reverb.one.say(typing('private-a', '{"on":true}'))
    expect(reverb.two.take()).toEqual([typing()])
  })

  it.each([
    ['pusher', 10_000],
    ['soketi', 102_400],
  ] as const)('may be as long as %s allows', async (dialect, bytes) => {
    const { one, two } = await setupPair({ dialect })
    expect(await one.say(typing('private-a', 'x'.repeat(bytes - 2)))).toEqual([])
    expect((await one.say(typing('private-a', 'x'.repeat(bytes - 1)))).map(decoded)).toEqual([error(4301)])
    expect(two.take()).toHaveLength(1)
  })

  it('have names of a length', async () => {
    const { one } = await setupPair()
    expect((await one.say({ ...typing(), event: `client-${'x'.repeat(194)}` })).map(decoded)).toEqual([
      error(4301),
    ])
  })

  it('are limited per second and connection', async () => {
    const { one, two, clock } = await setupPair()
    const many = Array.from({ length: 30 }, () => typing())
    expect((await one.say(...many)).map(decoded)).toEqual(Array.from({ length: 20 }, () => error(4301)))
    expect(two.take()).toHaveLength(10)
    await clock.advance(1000)
    expect(await one.say(...many.slice(0, 10))).toEqual([])
    expect(two.take()).toHaveLength(10)
  })

  it('count with all other frames as Reverb', async () => {
    const { connect } = setupPusher({ dialect: 'reverb', apps: [{ ...APP, maxClientEventsPerSecond: 2 }] })
    const ping = { event: 'pusher:ping' }
    const answers = await (await connect()).say(ping, ping, ping)
    expect(answers.map(({ event }) => event)).toEqual(['pusher:pong', 'pusher:pong', 'pusher:error'])
  })

  it('can be recorded, and refused by a rule of faults', async () => {
    const { one, two, faults } = await setupPair()
    const recording = faults.record()
    await one.say(typing())
    faults.add({ at: 'publish', channel: 'private-a', do: 'refuse' })
    expect((await one.say(typing())).map(decoded)).toEqual([error(4301)])
    expect(recording.received).toMatchObject([
      { channel: 'private-a', event: 'client-typing', payload: '{"on":true}' },
    ])
    expect(two.take()).toHaveLength(1)
  })
})
