import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { bytes, connected, KEPT, type Options, setup, versions } from './mqtt-test-setup.ts'

const level = (version: 5 | '3.1.1'): number => (version === 5 ? 5 : 4)

describe.each(versions)('connecting with %s', (version) => {
  it('[MQTT-3.1.0-1, 3.1.0-2] says CONNECT first, and once', async () => {
    const { client, sent, clock } = await connected({ version })
    client.untyped('a').join()
    await clock.advance(60_000)
    const types = sent().map(({ type }) => type)
    expect(types[0]).toBe('connect')
    expect(types.filter((type) => type === 'connect')).toHaveLength(1)
  })

  it('[MQTT-3.1.3-1, -3, -4] says client id, will, user and password, each with its flag', async () => {
    const { sent } = await connected({
      version,
      clientId: 'ä-1',
      credentials: { username: 'user', password: 'pass' },
      will: { topic: 'gone', payload: 'bye', qos: 1, retain: true, delayMs: 1500 },
    })
    expect(sent()[0]).toMatchObject({
      level: level(version),
      clientId: 'ä-1',
      clean: true,
      keepAlive: 20,
      username: 'user',
      password: bytes('pass'),
      will: { topic: 'gone', payload: bytes('bye'), qos: 1, retain: true },
    })
  })

  it('[MQTT-3.1.2-9, -11, -13 to -15, -18 to -21] says nothing of will, user and password that are not there', async () => {
    const { sent } = await connected({ version })
    expect(sent()[0]).toMatchObject({ will: undefined, username: undefined, password: undefined })
  })

  it('makes a client id of its own that every server takes [MQTT-3.1.3-5]', async () => {
    const [first, second] = [
      await connected({ version, clientId: undefined as never }),
      await connected({ version, clientId: undefined as never }),
    ]
    const ids = [first, second].map(({ sent }) => (sent()[0] as { clientId: string }).clientId)
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{4,23}$/)
    expect(first.client.mqtt.session.get()?.clientId).toBe(ids[0])
  })

  it('asks for credentials before every dial', async () => {
    let count = 0
    const { sent, blink } = await connected({
      version,
      credentials: async () => ({ username: `user ${++count}` }),
    })
    await blink()
    expect(sent('connect')).toMatchObject([{ username: 'user 1' }, { username: 'user 2' }])
  })

  it('[MQTT-3.1.2-6 | 3.1.2-4] begins with a new session, and after close() again', async () => {
    const { client, sent, broker } = await connected({ version })
    await client.close()
    await client.connect()
    expect(sent('connect')).toMatchObject([{ clean: true }, { clean: true }])
    expect(broker.sessions).toBe(1)
  })

  it('[MQTT-3.1.2-4, 4.1.0-1 | 3.1.2-25, 4.1.0-1] goes on with a session that the server keeps, also after close()', async () => {
    const { client, sent, blink } = await connected({ version, ...KEPT })
    expect(client.mqtt.session.get()?.isResumed).toBe(false)
    await blink()
    expect(client.mqtt.session.get()?.isResumed).toBe(true)
    await client.close()
    await client.connect()
    expect(client.mqtt.session.get()?.isResumed).toBe(true)
    expect(sent('connect')).toMatchObject([{ clean: false }, { clean: false }, { clean: false }])
  })

  it('begins with a new session for another identity', async () => {
    const { client, sent, clock } = await connected({ version, ...KEPT })
    client.reauthenticate({ newIdentity: true })
    await clock.advance(5000)
    expect(sent('connect')).toMatchObject([{ clean: false }, { clean: true }])
  })

  it('[MQTT-3.2.2-4] ends a connection whose session was to be new and is not', async () => {
    const { client, broker, sent, transport } = setup({ version, backoff: { maxAttempts: 0 } })
    broker.connack = { sessionPresent: true }
    await expect(client.connect()).rejects.toMatchObject({
      code: 'connection.gave-up',
      cause: { code: 'protocol.violation', details: { code: 0x82 } },
    })
    expect([sent().length, transport.open]).toEqual([1, []])
  })

  it('[MQTT-3.2.0-1 | 3.2.0-2] ends a connection that says CONNACK twice, and sets nothing up anew', async () => {
    const { client, broker, clock, sent } = await connected({ version })
    client.untyped('a').join()
    await settled()
    broker.send({ type: 'connack', level: version === 5 ? 5 : 4, sessionPresent: false, code: 0 })
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'reconnecting',
      lastError: { code: 'protocol.violation' },
    })
    if (version === 5) expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x82 })
    expect(sent('subscribe')).toHaveLength(1)
    await clock.advance(2000)
  })

  it('ends a connection where anything else comes before CONNACK', async () => {
    const { client, broker } = setup({ version, backoff: { maxAttempts: 0 } })
    broker.instead = (_packet, answer) => {
      answer({ type: 'pingresp' })
      return true
    }
    await expect(client.connect()).rejects.toMatchObject({ cause: { code: 'protocol.violation' } })
  })

  it('gives a server up that does not answer CONNECT', async () => {
    const { client, broker, clock } = setup({ version, backoff: { maxAttempts: 0 } })
    broker.withhold()
    const connecting = client.connect()
    connecting.catch(() => {})
    await clock.advance(10_000)
    await expect(connecting).rejects.toMatchObject({ cause: { code: 'connection.timeout' } })
  })

  it('[MQTT-3.1.2-23 | 3.1.2-22] asks when nothing was sent for the keep alive, also while messages come', async () => {
    const { client, broker, clock, sent } = await connected({ version, keepAliveMs: 10_000 })
    client.untyped('a').on('message', () => {})
    await settled()
    for (let second = 0; second < 30; second++) {
      broker.publish('a', 'message', second)
      await clock.advance(1000)
    }
    expect(sent('pingreq')).toHaveLength(3)
    expect(client.status.get().status).toBe('connected')
  })

  it('asks when nothing has come for the keep alive, also while it sends itself', async () => {
    const { client, clock, sent } = await connected({ version, keepAliveMs: 10_000 })
    for (let second = 0; second < 25; second++) {
      client.mqtt.publish('a', 'x')
      await clock.advance(1000)
    }
    expect(sent('pingreq')).toHaveLength(2)
  })

  it('finds a silent server within keep alive and 5 s', async () => {
    const { client, transport, clock } = await connected({ version })
    transport.last.stall()
    await clock.advance(22_000)
    expect(transport.sessions).toHaveLength(1)
    await clock.advance(3000)
    expect(transport.sessions[0]?.closedBy).toBe('dead')
    expect(client.status.get().status).toBe('connected')
  })

  it('sends no pings with a keep alive of 0', async () => {
    const { clock, sent } = await connected({ version, keepAliveMs: 0 })
    await clock.advance(600_000)
    expect(sent('pingreq')).toEqual([])
  })

  it('tells how long the server takes to answer', async () => {
    const { client, transport, clock } = await connected({ version })
    transport.latencyMs = 40
    await clock.advance(20_000)
    expect(client.status.get().rttMs).toBe(80)
    transport.latencyMs = 0
    await clock.advance(100)
  })

  it('[MQTT-3.14.4-1, -2] says DISCONNECT last, and closes', async () => {
    const { client, sent, transport } = await connected({ version })
    client.mqtt.publish('a', 'x')
    await client.close()
    client.mqtt.publish('a', 'late').catch(() => {})
    await settled()
    expect(sent().map(({ type }) => type)).toEqual(['connect', 'publish', 'disconnect'])
    expect(sent().at(-1)).toMatchObject({ code: 0 })
    expect(transport.last.closedBy).toEqual({ code: 1000, reason: '' })
  })

  it('can leave so that the will is published', async () => {
    const { client, sent } = await connected({ version, will: { topic: 'gone', payload: 'bye' } })
    await client.mqtt.close({ withWill: true })
    // Before MQTT 5 only a connection that ends without a word does that.
    expect(sent('disconnect')).toMatchObject(version === 5 ? [{ code: 4 }] : [])
  })

  it('keeps the connection for a will or a session until it is closed', async () => {
    for (const options of [KEPT, { will: { topic: 'gone', payload: 'bye' } }]) {
      const { client, clock } = setup({ version, ...options })
      const stop = client.untyped('a').join()
      await settled()
      stop()
      await clock.advance(60_000)
      expect(client.status.get().status).toBe('connected')
    }
  })

  it('[MQTT-6.0.0-1] ends a connection that sends text', async () => {
    const { client, transport, clock } = await connected({ version })
    transport.last.send('text')
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'reconnecting',
      lastError: { code: 'protocol.violation' },
    })
    await clock.advance(2000)
  })

  it('[MQTT-6.0.0-3, -4] offers the subprotocol mqtt, and stops where another one is picked', async () => {
    const { client, transport, broker } = setup({ version })
    broker.subprotocol = 'mqttv3.1'
    await expect(client.connect()).rejects.toMatchObject({ code: 'connection.refused' })
    expect([transport.last.target.subprotocols, transport.last.sent]).toEqual([['mqtt'], []])
  })
})

describe('connecting with 3.1.1', () => {
  it('[MQTT-3.1.2-22] sends no password without a user name', async () => {
    const { sent } = await connected({ version: '3.1.1', credentials: { password: 'pass' } })
    expect(sent()[0]).toMatchObject({ username: '', password: bytes('pass') })
  })

  it('[MQTT-3.1.3-7] refuses an empty client id for a session that is kept', () => {
    expect(() => setup({ version: '3.1.1', clientId: '', clean: false })).toThrow('[option.invalid]')
  })
})

describe('connecting with 5', () => {
  it('says its limits, and only those it has', async () => {
    const { sent } = await connected({
      ...KEPT,
      receiveMaximum: 10,
      maximumPacketBytes: 1000,
      topicAliasMaximum: 0,
      properties: { userProperties: [['app', 'test']] },
    })
    expect((sent()[0] as { properties: object }).properties).toEqual({
      sessionExpiryInterval: 60,
      receiveMaximum: 10,
      maximumPacketSize: 1000,
      userProperties: [['app', 'test']],
    })
  })

  it('goes on with a session that outlives lost connections, and begins anew after close()', async () => {
    const { client, sent, blink } = await connected({ sessionExpiryMs: 60_000 })
    await blink()
    await client.close()
    await client.connect()
    expect(sent('connect')).toMatchObject([{ clean: true }, { clean: false }, { clean: true }])
  })

  it('[MQTT-3.1.3-6, 3.2.2-16] keeps the client id that the server assigns', async () => {
    const { client, sent, broker, blink } = setup({ clientId: '', ...KEPT })
    broker.connack = { properties: { assignedClientIdentifier: 'given' } }
    await client.connect()
    await blink()
    expect(sent('connect')).toMatchObject([{ clientId: '' }, { clientId: 'given' }])
    expect(client.mqtt.session.get()).toMatchObject({ clientId: 'given', isResumed: true })
  })

  it.each([
    [30_000, 5, 5],
    [0, 10, 3],
  ])(
    '[MQTT-3.1.2-23, 3.2.2-21] a keep alive of %i ms gives way to %i s of the server',
    async (keepAliveMs, serverKeepAlive, pings) => {
      const { client, broker, clock, sent } = setup({ keepAliveMs })
      broker.connack = { properties: { serverKeepAlive } }
      await client.connect()
      await clock.advance(30_000)
      expect(sent('pingreq').length).toBeGreaterThanOrEqual(pings)
    },
  )

  it('[MQTT-3.2.2-21] sends no pings when the server says 0', async () => {
    const { client, broker, clock, sent } = setup()
    broker.connack = { properties: { serverKeepAlive: 0 } }
    await client.connect()
    await clock.advance(600_000)
    expect(sent('pingreq')).toEqual([])
  })

  it('leaves with a session expiry, which is never raised from 0 [MQTT-3.14.2-2]', async () => {
    const { client, sent } = await connected({ ...KEPT })
    await client.mqtt.close({ sessionExpiryMs: 0 })
    expect(sent().at(-1)).toMatchObject({ type: 'disconnect', properties: { sessionExpiryInterval: 0 } })
    const other = await connected()
    expect(() => other.client.mqtt.close({ sessionExpiryMs: 1000 })).toThrow('[option.invalid]')
  })

  it('falls back to 3.1.1 at once where the server does not know 5, and stays there', async () => {
    const { client, broker, sent, blink, clock } = setup()
    broker.instead = (packet, answer) => {
      if (packet.type !== 'connect' || packet.level !== 5) return false
      answer({ type: 'connack', level: 4, sessionPresent: false, code: 1 })
      return true
    }
    client.connect().catch(() => {})
    await clock.advance(1100)
    expect(client.mqtt.session.get()?.level).toBe(4)
    await blink()
    expect(sent('connect')).toMatchObject([{ level: 5 }, { level: 4 }, { level: 4 }])
  })

  it('falls back also where the server says so in the words of 5', async () => {
    const { client, broker, sent, clock } = setup()
    broker.instead = (packet, answer) => {
      if (packet.type !== 'connect' || packet.level !== 5) return false
      answer({ type: 'connack', level: 5, sessionPresent: false, code: 0x84 })
      return true
    }
    client.connect().catch(() => {})
    await clock.advance(1100)
    expect(sent('connect')).toMatchObject([{ level: 5 }, { level: 4 }])
  })

  it.each([0x9c, 0x9d])('follows the server that refuses with %i to where it may', async (code) => {
    const seen: string[] = []
    const { client, broker, transport, clock, blink } = setup({
      redirect(reference) {
        seen.push(reference)
        return `ws://${reference}`
      },
    })
    broker.connack = { code, properties: { serverReference: 'other:1' } }
    client.connect().catch(() => {})
    await settled()
    broker.connack = {}
    await clock.advance(1100)
    await blink()
    expect(seen).toEqual(['other:1'])
    const later = code === 0x9d ? 'ws://other:1/mqtt' : 'ws://broker/mqtt'
    expect(transport.sessions.map(({ target }) => target.url)).toEqual([
      'ws://broker/mqtt',
      'ws://other:1/mqtt',
      later,
    ])
  })

  it.each([
    [{ clientId: 5 }, 'clientId'],
    [{ clientId: 'x'.repeat(65_536) }, 'clientId'],
    [{ credentials: { username: 5 } }, 'credentials.username'],
    [{ credentials: async () => ({ username: 'me', password: 5 }) }, 'credentials.password'],
    [{ will: { topic: 'a', payload: { not: 'bytes' } } }, 'will.payload'],
    [{ will: { topic: 'a', payload: '', properties: { contentType: 5 } } }, 'properties'],
    [{ clientId: 5, auth: { method: 'X' } }, 'clientId'],
    [{ clientId: 5, auth: { method: 'X', begin: async () => new Uint8Array() } }, 'clientId'],
  ])('stops at an option that CONNECT cannot carry: %#', async (options, option) => {
    const { client, sent } = setup(options as unknown as Options)
    await expect(client.connect()).rejects.toMatchObject({ code: 'option.invalid', details: { option } })
    expect([client.status.get().status, sent()]).toEqual(['failed', []])
  })

  it('follows nobody without leave', async () => {
    const { client, broker } = setup()
    broker.connack = { code: 0x9d, properties: { serverReference: 'other:1' } }
    await expect(client.connect()).rejects.toMatchObject({
      code: 'connection.refused',
      details: { code: 0x9d },
    })
  })
})
