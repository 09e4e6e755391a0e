import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { fromHex, malformedVectors } from './codec/vectors-test-setup.ts'
import { connected, joined, KEPT, setup, versions } from './mqtt-test-setup.ts'

const level = { 5: 5, '3.1.1': 4 } as const
const of = (version: (typeof versions)[number]) =>
  malformedVectors.filter(
    (vector) =>
      vector.role === 'client' &&
      vector.level === level[version] &&
      !/CONNACK|session with|Receive Maximum|Packet Size|Maximum QoS/.test(vector.name),
  )

describe.each(versions)('a server that breaks %s', (version) => {
  it.each(of(version))(
    '[MQTT-4.8.0-1, -2 | 4.13.1-1] is told why and left at $name',
    async ({ hex, code }) => {
      const { client, transport, sent, clock } = await connected({ version, ...KEPT })
      transport.last.send(fromHex(hex))
      await settled()
      expect(client.status.get()).toMatchObject({
        status: 'reconnecting',
        lastError: { code: 'protocol.violation', details: { code } },
      })
      expect(transport.sessions[0]?.closedBy).toEqual({ code: 1000, reason: '' })
      if (version === 5) expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code })
      await clock.advance(2000)
      expect(client.status.get().status).toBe('connected')
    },
  )

  it('by a wrong answer to a publish is left, and the publish is sent again', async () => {
    const { client, broker, publishes, blink } = await connected({ version, ...KEPT })
    broker.instead = (packet, answer) => {
      if (packet.type !== 'publish') return false
      broker.instead = () => false
      answer({ type: 'pubcomp', id: packet.id, code: 0 })
      return true
    }
    const receipt = client.mqtt.publish('a', 'x', { qos: 2 })
    await settled()
    expect(client.status.get().lastError).toMatchObject({ code: 'protocol.violation' })
    await blink()
    await expect(receipt).resolves.toMatchObject({ outcome: 'acknowledged' })
    expect(publishes().map(({ dup }) => dup)).toEqual([false, true])
  })

  it.each(['puback', 'pubcomp'] as const)('by a %s for nothing is not heard', async (type) => {
    const { client, broker } = await connected({ version })
    broker.send({ type, id: 9, code: 0 })
    await settled()
    expect(client.status.get().status).toBe('connected')
  })

  it('by an alias that nobody asked for is left without a crash', async () => {
    const { client, broker, clock } = await joined({ version, topicAliasMaximum: 0 }, 'a')
    if (version === 5) broker.deliver({ topic: 'a', properties: { topicAlias: 1 } })
    else broker.sendBytes(0x30, 2, 0, 0)
    await settled()
    expect(client.status.get().lastError).toMatchObject({ code: 'protocol.violation' })
    await clock.advance(5000)
  })

  it('[MQTT-4.12.0-7] by AUTH without a method is left', async () => {
    const { client, broker, clock } = await connected({ version })
    broker.sendBytes(0xf0, 0)
    await settled()
    expect(client.status.get().lastError).toMatchObject({
      code: 'protocol.violation',
      details: { code: 0x82 },
    })
    await clock.advance(5000)
  })

  it('by HTTP is told that it is one', async () => {
    const { client, broker, transport } = setup({ version, backoff: { maxAttempts: 0 } })
    broker.instead = () => true
    const connecting = client.connect()
    connecting.catch(() => {})
    await settled()
    transport.last.send(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(connecting).rejects.toMatchObject({
      cause: { code: 'protocol.violation', message: expect.stringContaining('HTTP') },
    })
  })
})

describe('a server that refuses', () => {
  it.each([
    [1, 'connection.refused'],
    [2, 'connection.refused'],
    [4, 'auth.failed'],
    [5, 'auth.failed'],
  ] as const)('[MQTT-3.2.2-5] with return code %i stops the client for good: %s', async (code, name) => {
    const { client, broker, transport, clock } = setup({ version: '3.1.1', credentials: { username: 'x' } })
    broker.connack = { code }
    await expect(client.connect()).rejects.toMatchObject({ code: name })
    await clock.advance(600_000)
    expect([client.status.get().status, transport.sessions.length]).toEqual(['failed', 1])
  })

  it('[MQTT-3.2.2-5] with return code 3 is tried again', async () => {
    const { client, broker, clock } = setup({ version: '3.1.1' })
    broker.connack = { code: 3 }
    client.connect().catch(() => {})
    await settled()
    expect(client.status.get()).toMatchObject({
      lastError: { code: 'connection.lost', details: { code: 0x88 } },
    })
    broker.connack = {}
    await clock.advance(5000)
    expect(client.status.get().status).toBe('connected')
  })

  it.each([
    [0x85, 'connection.refused'],
    [0x86, 'auth.failed'],
    [0x87, 'auth.failed'],
    [0x8a, 'connection.refused'],
    [0x8c, 'auth.failed'],
    [0x9a, 'connection.refused'],
    [0x9b, 'connection.refused'],
    [0x9d, 'connection.refused'],
  ] as const)('[MQTT-3.2.2-7] with %i stops the client for good: %s', async (code, name) => {
    const { client, broker, transport, clock } = setup()
    broker.connack = { code, properties: { reasonString: 'because' } }
    await expect(client.connect()).rejects.toMatchObject({ code: name, details: { code, reason: 'because' } })
    await clock.advance(600_000)
    expect(transport.sessions).toHaveLength(1)
  })

  it.each([0x80, 0x83, 0x88, 0x89, 0x97, 0x9c, 0x9f])(
    '[MQTT-3.2.2-7] with %i is tried again, and waits',
    async (code) => {
      const { client, broker, transport, clock } = setup()
      broker.connack = { code }
      client.connect().catch(() => {})
      await clock.advance(400)
      expect([client.status.get().status, transport.sessions.length]).toEqual(['connecting', 1])
      broker.connack = {}
      await clock.advance(5000)
      expect(client.status.get().status).toBe('connected')
    },
  )

  it('credentials of a function gets others once, and then stops', async () => {
    let count = 0
    const { client, broker, sent, clock } = setup({ credentials: () => ({ username: `${++count}` }) })
    broker.connack = { code: 0x86 }
    const connecting = client.connect()
    connecting.catch(() => {})
    await clock.advance(600_000)
    await expect(connecting).rejects.toMatchObject({ code: 'auth.failed' })
    expect(sent('connect')).toMatchObject([{ username: '1' }, { username: '2' }])
  })

  it('old credentials lets in who brings new ones', async () => {
    let count = 0
    const { client, broker, clock } = setup({ credentials: () => ({ username: `${++count}` }) })
    broker.connack = { code: 0x86 }
    client.connect().catch(() => {})
    await settled()
    broker.connack = {}
    await clock.advance(1000)
    expect(client.status.get().status).toBe('connected')
  })
})

describe('a server that says DISCONNECT', () => {
  it.each([
    [0x8b, 'reconnecting', 'connection.lost'],
    [0x8d, 'reconnecting', 'connection.lost'],
    [0x82, 'reconnecting', 'protocol.violation'],
    [0x8e, 'failed', 'connection.replaced'],
    [0x87, 'failed', 'auth.failed'],
    [0x9d, 'failed', 'connection.refused'],
  ] as const)('[MQTT-4.13.2-1] with %i leaves the client %s: %s', async (code, status, name) => {
    const { client, broker, clock } = await connected()
    broker.send({ type: 'disconnect', code, properties: { reasonString: 'because' } })
    await settled()
    expect(client.status.get()).toMatchObject({
      status,
      lastError: { code: name, details: { code, reason: 'because' } },
    })
    await clock.advance(30_000)
    expect(client.status.get().status).toBe(status === 'failed' ? 'failed' : 'connected')
  })
})

describe('a server that takes no packets of the size of an acknowledgement', () => {
  it.each([1, 3])('is left, also one of %i bytes', async (maximumPacketSize) => {
    const { client, broker, clock } = setup()
    broker.connack = { properties: { maximumPacketSize } }
    await client.connect()
    broker.send({
      type: 'publish',
      topic: 'a',
      payload: new Uint8Array(0),
      qos: 1,
      retain: false,
      dup: false,
      id: 1,
    })
    await settled()
    expect(client.status.get()).toMatchObject({
      lastError: { code: 'protocol.violation', cause: { code: 'message.too-large' } },
    })
    await clock.advance(5000)
  })
})
