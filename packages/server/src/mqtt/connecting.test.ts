import { describe, expect, it } from 'vitest'
import { endConnections } from '../shutdown.ts'
import { bytes, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

describe('connecting', () => {
  it.each([3, 4, 5] as const)('lets a client of level %i in', async (level) => {
    const { connect } = setupMqtt()
    const { connack } = await connect({ level })
    expect(connack).toMatchObject({ code: 0, sessionPresent: false })
  })

  it('tells a client of MQTT 5 what holds here, and no other', async () => {
    const { connect } = setupMqtt({
      mqtt: {
        receiveMaximum: 7,
        packetBytes: 5000,
        topicAliases: 3,
        maximumQos: 1,
        keepAliveMs: 30_000,
        retainAvailable: false,
        assignClientId: () => 'given',
      },
    })
    expect((await connect({ clientId: '' })).connack.properties).toEqual({
      receiveMaximum: 7,
      maximumPacketSize: 5000,
      topicAliasMaximum: 3,
      maximumQos: 1,
      retainAvailable: false,
      serverKeepAlive: 30,
      assignedClientIdentifier: 'given',
    })
    expect((await connect({ level: 4 })).connack.properties).toBeUndefined()
  })

  it.each([
    ['an empty id with level 3', { level: 3, clientId: '' }, 2],
    ['an empty id that is to be kept', { level: 4, clientId: '', clean: false }, 2],
    ['an id without end', { clientId: 'x'.repeat(300) }, 0x85],
  ] as const)('refuses %s', async (_what, more, code) => {
    const { dial } = setupMqtt()
    const guest = dial('level' in more ? more.level : 5)
    expect(await guest.say(toConnect(more))).toMatchObject([{ type: 'connack', code }])
    expect(guest.end).toBe(1008)
  })

  it('gives an id to a client of 3.1.1 that has none and keeps nothing', async () => {
    const { connect, connections } = setupMqtt()
    await connect({ level: 4, clientId: '' })
    expect(connections()[0]?.client).toMatch(/^.{8,}$/)
  })

  it.each([
    ['2', [0, 4, ...bytes('MQTT'), 2, 2, 0, 0, 0, 0], 1],
    ['6', [0, 4, ...bytes('MQTT'), 6, 2, 0, 0, 0, 0], 0x84],
  ])('refuses level %s in a form that its client may read', async (level, body, code) => {
    const { dial } = setupMqtt()
    const guest = dial(level === '6' ? 5 : 4)
    const answer = await guest.say(Uint8Array.of(0x10, body.length, ...body))
    expect(answer).toMatchObject([{ type: 'connack', code }])
    expect(guest.end).toBe(1008)
  })

  it('ends who does not begin with CONNECT, or sends another one', async () => {
    const { dial, connect } = setupMqtt()
    const early = dial()
    expect(await early.say({ type: 'pingreq' })).toEqual([])
    const twice = await connect()
    expect(await twice.say(toConnect())).toMatchObject([{ type: 'disconnect', code: 0x82 }])
    expect([early.end, twice.end]).toEqual([1002, 1008])
  })

  it('ends who says nothing in times.helloMs', async () => {
    const { dial, clock } = setupMqtt({ times: { helloMs: 100 } })
    const guest = dial()
    await clock.advance(100)
    expect(guest.end).toBe(1008)
  })

  it('ends text frames', async () => {
    const { dial } = setupMqtt()
    const guest = dial()
    await guest.say('hello')
    expect(guest.end).toBe(1003)
  })

  it('handles what came before it was decided, in order', async () => {
    const { dial } = setupMqtt({
      authenticate: async (token) => (token === 'secret' ? { id: 'u' } : undefined),
    })
    const guest = dial()
    const packets = await guest.say(
      toConnect({ username: 'me', password: bytes('secret') }),
      toSubscribe('a'),
      toPublish('a', '1'),
      { type: 'pingreq' },
    )
    expect(shown(packets)).toEqual(['connack', 'suback', 'a 1', 'pingresp'])
    expect(guest.isPaused).toBe(false)
  })
})

describe('authenticate', () => {
  it('gets password, user name and client id', async () => {
    const asked: unknown[] = []
    const { connect, connections } = setupMqtt({
      authenticate(token, { username, client, path }) {
        asked.push([token, username, client, path])
        return { id: 'u-1' }
      },
    })
    await connect({ clientId: 'c', username: 'me', password: bytes('secret') })
    await connect({ clientId: 'd', username: 'token' })
    expect(asked).toEqual([
      ['secret', 'me', 'c', '/mqtt'],
      ['token', 'token', 'd', '/mqtt'],
    ])
    expect(connections()[0]?.user).toBe('u-1')
  })

  it.each([
    [undefined, 5, 0x86],
    [undefined, 4, 4],
    [{ refuse: 'expired' }, 5, 0x86],
    [{ refuse: 'rate-limited' }, 5, 0x9f],
    [{ refuse: 'rate-limited' }, 3, 3],
    [{ refuse: 'unavailable' }, 5, 0x88],
  ] as const)('refuses with %o at level %i as %i', async (result, level, code) => {
    const { dial } = setupMqtt({ authenticate: () => result })
    const guest = dial(level)
    const connect = toConnect({ level, username: 'me', password: bytes('wrong') })
    expect(await guest.say(connect)).toMatchObject([{ type: 'connack', code }])
    expect(guest.end).toBe(1008)
  })

  it.each([
    [5, 0x88],
    [4, 3],
  ] as const)(
    'while it takes its time, the server that goes away tells a client of level %i so with %i',
    async (level, code) => {
      let answer = (_user: { id: string }): void => {}
      const authenticate = () =>
        new Promise<{ id: string }>((resolve) => {
          answer = resolve
        })
      const { dial, core } = setupMqtt({ authenticate })
      const guest = dial(level)
      expect(await guest.say(toConnect({ level }))).toEqual([])
      endConnections(core)
      expect(guest.take()).toMatchObject([{ type: 'connack', code }])
      answer({ id: 'u' })
      expect(await guest.say()).toEqual([])
    },
  )

  it('refuses who has no credentials as not authorized', async () => {
    const { dial } = setupMqtt({ authenticate: () => undefined })
    expect(await dial().say(toConnect())).toMatchObject([{ code: 0x87 }])
    expect(await dial(4).say(toConnect({ level: 4 }))).toMatchObject([{ code: 5 }])
  })

  it('ends a connection when its credentials end', async () => {
    const { connect, clock } = setupMqtt({
      authenticate: () => ({ id: 'u', expiresAt: clock.date() + 1000 }),
    })
    const guest = await connect()
    await clock.advance(1001)
    expect(guest.take()).toMatchObject([{ type: 'disconnect', code: 0xa0 }])
    expect(guest.end).toBe(1008)
  })

  it('lets nobody have the session of somebody else', async () => {
    const { connect, dial } = setupMqtt({ authenticate: (token) => ({ id: `${token}` }) })
    const first = await connect({ clientId: 'c', username: 'one', properties: { sessionExpiryInterval: 9 } })
    expect(await dial().say(toConnect({ clientId: 'c', username: 'two' }))).toMatchObject([{ code: 0x85 }])
    await first.drop()
    expect(await dial().say(toConnect({ clientId: 'c', username: 'two' }))).toMatchObject([{ code: 0x85 }])
    const again = await connect({ clientId: 'c', username: 'one', clean: false })
    expect(again.connack.sessionPresent).toBe(true)
  })
})

describe('keep alive', () => {
  it.each([4, 5] as const)('ends a silent client of level %i after one and a half of it', async (level) => {
    const { connect, clock } = setupMqtt()
    const guest = await connect({ level, keepAlive: 10 })
    await clock.advance(14_000)
    await guest.say({ type: 'pingreq' })
    await clock.advance(14_999)
    expect(guest.end).toBeUndefined()
    await clock.advance(1)
    expect(guest.take()).toMatchObject(level === 5 ? [{ type: 'disconnect', code: 0x8d }] : [])
    expect(guest.end).toBe(1008)
  })

  it('counts by the one of the server, where that replaces it', async () => {
    const { connect, clock } = setupMqtt({ mqtt: { keepAliveMs: 2000 } })
    const guest = await connect({ keepAlive: 0 })
    await clock.advance(3000)
    expect(guest.end).toBe(1008)
  })

  it('waits for ever for a client that has none', async () => {
    const { connect, clock } = setupMqtt()
    const guest = await connect({ keepAlive: 0 })
    await clock.advance(10_000_000)
    expect(guest.end).toBeUndefined()
  })
})

describe('enhanced authentication', () => {
  const auth = { method: 'sum', next: (data: Uint8Array | undefined) => data?.[0] ?? 0 }
  const options = {
    mqtt: {
      auth: ({ method }: { method: string }) =>
        method !== auth.method
          ? undefined
          : (data: Uint8Array | undefined) =>
              data?.[0] === 9
                ? { user: { id: 'u' }, data: bytes('done') }
                : data?.[0] === 8
                  ? { refuse: 'unauthenticated' as const }
                  : { more: bytes('and?') },
    },
  }
  const properties = { authenticationMethod: 'sum', authenticationData: Uint8Array.of(1) }
  const answer = (code: number, byte: number) =>
    ({
      type: 'auth',
      code,
      properties: { authenticationMethod: 'sum', authenticationData: Uint8Array.of(byte) },
    }) as const

  it('goes on until it knows, and again later', async () => {
    const { dial } = setupMqtt(options)
    const guest = dial()
    expect(await guest.say(toConnect({ properties }))).toMatchObject([
      {
        type: 'auth',
        code: 0x18,
        properties: { authenticationMethod: 'sum', authenticationData: bytes('and?') },
      },
    ])
    expect(await guest.say(answer(0x18, 9))).toMatchObject([
      {
        type: 'connack',
        code: 0,
        properties: { authenticationMethod: 'sum', authenticationData: bytes('done') },
      },
    ])
    expect(await guest.say(answer(0x19, 1))).toMatchObject([{ type: 'auth', code: 0x18 }])
    expect(await guest.say(answer(0x18, 9))).toMatchObject([{ type: 'auth', code: 0 }])
  })

  it('refuses, before and after CONNACK', async () => {
    const { dial } = setupMqtt(options)
    const early = dial()
    await early.say(toConnect({ properties }))
    expect(await early.say(answer(0x18, 8))).toMatchObject([{ type: 'connack', code: 0x87 }])
    const late = dial()
    await late.say(toConnect({ properties }), answer(0x18, 9))
    expect(await late.say(answer(0x19, 8))).toMatchObject([{ type: 'disconnect', code: 0x87 }])
  })

  it('refuses methods that it does not know, and AUTH that does not fit', async () => {
    const { dial, connect } = setupMqtt(options)
    const unknown = toConnect({ properties: { authenticationMethod: 'other' } })
    expect(await dial().say(unknown)).toMatchObject([{ type: 'connack', code: 0x8c }])
    const plain = await connect()
    expect(await plain.say(answer(0x19, 9))).toMatchObject([{ type: 'disconnect', code: 0x82 }])
  })
})
