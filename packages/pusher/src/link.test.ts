import { describe, expect, it } from 'vitest'
import type { SetupOptions } from './pusher-test-setup.ts'
import { setup } from './pusher-test-setup.ts'

const connected = async (options?: SetupOptions) => {
  const fake = setup(options)
  await fake.client.connect()
  return fake
}

describe('the connection', () => {
  it.each([
    ['a short one as it is', 10, 10_000],
    ['a long one not beyond what finds a silent peer within 30 s', 120, 25_000],
    ['none by the same', Number.NaN, 25_000],
    ['nonsense by the same', -5, 25_000],
  ])("takes the server's activity time-out: %s", async (_name, activityTimeoutS, idleMs) => {
    const { clock, server } = await connected({ farEnd: { activityTimeoutS } })
    await clock.advance(idleMs - 1)
    expect(server.frames).toEqual([])
    await clock.advance(1)
    expect(server.frames).toEqual([{ event: 'pusher:ping', data: {} }])
  })

  it('finds a silent server within 30 s', async () => {
    const { client, clock, transport } = await connected()
    const errors: unknown[] = []
    client.status.subscribe(({ lastError }) => errors.push(lastError?.code))
    transport.last.stall()
    await clock.advance(30_000)
    expect(errors).toContain('connection.stale')
  })

  it.each([
    ['{"event":"pusher:ping","data":{}}'],
    ['{"event":"pusher:ping"}'],
    ['{"event":"pusher:ping","data":[]}'],
  ])('answers the ping %s', async (ping) => {
    const { transport, settled, server } = await connected()
    transport.last.send(ping)
    await settled()
    expect(server.frames).toEqual([{ event: 'pusher:pong', data: {} }])
  })

  it('tries again when the server tells no socket id', async () => {
    const { client, transport, server, settled } = setup()
    server.withhold('pusher:connection_established')
    client.connect().catch(() => {})
    await settled()
    transport.last.send('{"event":"pusher:connection_established","data":"{}"}')
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'connecting',
      lastError: { code: 'protocol.violation' },
    })
    server.release()
  })

  it('stays connected through ten idle minutes with a server that goes by what it sent itself', async () => {
    const { client, clock, server, transport } = await connected({ farEnd: { activityTimeoutS: 30 } })
    await clock.advance(600_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['connected', 1])
    expect(server.frames.length).toBeGreaterThan(20)
  })

  it('tells an event of no channel, an internal one it does not know and a second greeting to nobody', async () => {
    const { server, settled, transport, client } = await connected()
    server.say('pusher_internal:news', {}, 'room')
    server.say('nothing')
    server.say('pusher:connection_established', { socket_id: '9.9' })
    transport.last.send('{"event":"e","channel":null,"data":"1"}')
    await settled()
    expect(client.status.get().status).toBe('connected')
  })
})

describe('messages', () => {
  const received = async (channel: string, event: string, frames: readonly string[]) => {
    const fake = await connected()
    const values: unknown[] = []
    fake.client.untyped(channel).on(event, (value, meta) => values.push([value, meta.userId]))
    await fake.settled()
    for (const frame of frames) fake.transport.last.send(frame)
    await fake.settled()
    return { ...fake, values }
  }

  it('are read with data as a string, as a value, absent, and as text that is no JSON', async () => {
    const { values } = await received('room', 'said', [
      '{"event":"said","channel":"room","data":"{\\"a\\":1}"}',
      '{"event":"said","data":"{\\"a\\":2}","channel":"room"}',
      '{"event":"said","channel":"room","data":{"a":3}}',
      '{"event":"said","channel":"room"}',
      '{"event":"said","channel":"room","data":"plain text"}',
      '{"channel":"room", "data":[5], "event":"said"}',
    ])
    expect(values.map((entry) => (entry as unknown[])[0])).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 },
      undefined,
      'plain text',
      [5],
    ])
  })

  it('of other clients are heard under the bare name, with the user who sent them', async () => {
    const { values } = await received('presence-room', 'typing', [
      '{"event":"client-typing","channel":"presence-room","data":{"on":true},"user_id":"7"}',
      '{"event":"client-typing","channel":"presence-room","data":"{\\"on\\":false}","user_id":8}',
    ])
    expect(values).toEqual([
      [{ on: true }, '7'],
      [{ on: false }, '8'],
    ])
  })

  it('of a channel that was not joined go nowhere', async () => {
    const { values } = await received('room', 'said', ['{"event":"said","channel":"other","data":"1"}'])
    expect(values).toEqual([])
  })

  it('whose data breaks off are told as malformed, and the connection lives', async () => {
    const { values, expectError, client } = await received('room', 'said', [
      '{"event":"said","channel":"room","data":"{\\"a\\":1}',
      '{"event":"said","channel":"room","data":"{\\"a":1}"}',
    ])
    expectError('message.malformed', 2)
    expect(values).toEqual([])
    expect(client.status.get().status).toBe('connected')
  })

  it('are not decoded when nobody gets to see them', async () => {
    const fake = await connected()
    const values: unknown[] = []
    fake.client
      .untyped('room')
      .on('said', (value) => values.push(value), { rate: { everyMs: 100, keep: 'latest' } })
    await fake.settled()
    const parse = JSON.parse
    let count = 0
    JSON.parse = (...given: Parameters<typeof parse>) => {
      count++
      return parse(...given)
    }
    try {
      for (let n = 0; n < 100; n++)
        fake.transport.last.send(`{"event":"said","channel":"room","data":"${n}"}`)
      await fake.clock.advance(1000)
    } finally {
      JSON.parse = parse
    }
    expect(values).toEqual([0, 99])
    expect(count).toBeLessThanOrEqual(4)
  })
})

describe('client events', () => {
  const joined = async (options?: SetupOptions, channel = 'private-room') => {
    const fake = await connected(options)
    const handle = fake.client.untyped(channel)
    handle.join()
    await fake.settled()
    return { ...fake, handle }
  }

  it('get their prefix, unless they have it', async () => {
    const { handle, server, settled } = await joined()
    await handle.publish('typing', { on: true })
    await handle.publish('client-typing', { on: false })
    await settled()
    expect(server.frames.slice(-2)).toEqual([
      { event: 'client-typing', channel: 'private-room', data: { on: true } },
      { event: 'client-typing', channel: 'private-room', data: { on: false } },
    ])
  })

  it('reach the others and not the sender', async () => {
    const { handle, server, settled } = await joined()
    const heard: unknown[] = []
    handle.on('typing', (value) => heard.push(value))
    await handle.publish('typing', 1)
    await settled()
    expect([server.received.length, heard]).toEqual([1, []])
  })

  it('are refused here beyond ten in a second, and taken again after it', async () => {
    const { handle, clock, server } = await joined()
    const receipts = Array.from({ length: 12 }, (_, n) => handle.publish('typing', n))
    const outcomes = await Promise.allSettled(receipts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(10)
    expect(outcomes[11]).toMatchObject({
      reason: { code: 'publish.refused', details: { code: 'rate-limited' } },
    })
    await clock.advance(1000)
    await expect(handle.publish('typing', 12)).resolves.toMatchObject({ outcome: 'sent' })
    expect(server.received.length).toBe(11)
  })

  it('take another limit, or none', async () => {
    const one = await joined({ clientEventRate: { count: 1, perMs: 1000 } })
    await one.handle.publish('typing', 1)
    await expect(one.handle.publish('typing', 2)).rejects.toMatchObject({ code: 'publish.refused' })
    const none = await joined({ clientEventRate: false })
    await Promise.all(Array.from({ length: 50 }, (_, n) => none.handle.publish('typing', n)))
    expect(none.server.received.length).toBe(50)
  })

  it('that are too long are refused here', async () => {
    const { handle } = await joined()
    await expect(handle.publish('typing', 'x'.repeat(10_000))).rejects.toMatchObject({
      code: 'message.too-large',
      details: { limitBytes: 10_000, channel: 'private-room', event: 'typing' },
    })
    await expect(handle.publish('typing', 'ä'.repeat(4000))).resolves.toMatchObject({ outcome: 'sent' })
    await expect(handle.publish('typing', 'ä'.repeat(5000))).rejects.toMatchObject({
      code: 'message.too-large',
    })
  })

  it('without a value are sent as null', async () => {
    const { handle, server, settled } = await joined()
    await handle.publish('ended', undefined)
    await settled()
    expect(server.frames.at(-1)).toMatchObject({ event: 'client-ended', data: null })
  })

  it('that the server refuses are told, and the connection lives', async () => {
    const { handle, settled, expectError, client } = await joined({ farEnd: { clientEvents: 1 } })
    expectError('server.error', 1)
    await handle.publish('typing', 1)
    await handle.publish('typing', 2)
    await settled()
    expect(client.status.get().status).toBe('connected')
  })

  it('are refused on encrypted channels', async () => {
    const fake = await connected({ encryption: () => ({ receive() {} }) })
    const handle = fake.client.untyped('private-encrypted-room')
    handle.join()
    await fake.settled()
    await expect(handle.publish('typing', 1)).rejects.toMatchObject({ code: 'publish.refused' })
  })
})

describe('presence', () => {
  const member = { user_id: 7, user_info: { name: 'Ada' } }

  it('tells the members and which one we are, with ids as strings', async () => {
    const { client, settled } = await connected({ member })
    const { members } = client.untyped('presence-desk')
    members.subscribe(() => {})
    await settled()
    expect(members.get()).toEqual({
      list: [{ id: '7', info: { name: 'Ada' } }],
      me: { id: '7', info: { name: 'Ada' } },
    })
  })

  it('tells who comes and goes, without an info too', async () => {
    const { client, settled, server } = await connected({ member })
    const { members } = client.untyped('presence-desk')
    const log: unknown[] = []
    members.subscribe((_, { joined, left }) =>
      log.push([joined.map(({ id }) => id), left.map(({ id }) => id)]),
    )
    await settled()
    server.say('pusher_internal:member_added', { user_id: 8 }, 'presence-desk')
    server.say('pusher_internal:member_removed', { user_id: '8' }, 'presence-desk')
    await settled()
    expect(log).toEqual([
      [['7'], []],
      [['8'], []],
      [[], ['8']],
    ])
  })

  it('does not flicker across a reconnect', async () => {
    const { client, settled, drop, clock } = await connected({ member })
    const { members } = client.untyped('presence-desk')
    const log: number[] = []
    await settled()
    members.subscribe((_, { joined, left }) => log.push(joined.length + left.length))
    await settled()
    log.length = 0
    await drop()
    await clock.advance(5000)
    expect(client.status.get().status).toBe('connected')
    expect(log.filter((count) => count > 0)).toEqual([])
    expect(members.get().me?.id).toBe('7')
  })

  it.each([
    ['no member', {}],
    ['no object', 'x'],
    ['an id that is none', { user_id: {} }],
  ])('tells a member frame with %s as malformed', async (_name, data) => {
    const { client, settled, server, expectError } = await connected({ member })
    expectError('message.malformed', 1)
    const { members } = client.untyped('presence-desk')
    members.subscribe(() => {})
    await settled()
    server.say('pusher_internal:member_added', data, 'presence-desk')
    await settled()
    expect(members.get().list.length).toBe(1)
  })

  it('takes an answer without a list for an empty one', async () => {
    const { client, settled, server, transport } = await connected({ member })
    server.withhold('pusher_internal:subscription_succeeded')
    const channel = client.untyped('presence-desk')
    channel.join()
    await settled()
    transport.last.send('{"event":"pusher_internal:subscription_succeeded","channel":"presence-desk"}')
    await settled()
    expect([channel.status.get().state, channel.members.get().list]).toEqual(['joined', []])
    server.release()
  })
})

describe('cache channels', () => {
  it('say latest-only after a reconnect', async () => {
    const { client, settled, server, drop, clock } = await connected()
    const channel = client.untyped('cache-prices')
    const gaps: string[] = []
    const misses: unknown[] = []
    channel.onGap(({ continuity }) => gaps.push(continuity))
    channel.on('pusher:cache_miss', () => misses.push('miss'))
    const values: unknown[] = []
    channel.on('priced', (value) => values.push(value))
    await settled()
    expect(misses).toEqual(['miss'])
    server.publish('cache-prices', 'priced', 1)
    await drop()
    await clock.advance(5000)
    expect([gaps, values]).toEqual([['latest-only'], [1, 1]])
  })
})
