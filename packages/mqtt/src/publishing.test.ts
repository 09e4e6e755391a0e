import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { Packet } from './codec.ts'
import { bytes, connected, KEPT, type Options, setup, versions } from './mqtt-test-setup.ts'

type Kit = Awaited<ReturnType<typeof connected>>

/** Publishes, and what came of each so far, in order. */
function publishing({ client }: Pick<Kit, 'client'>) {
  const outcomes: string[] = []
  return {
    outcomes,
    send(topic: string, qos: 0 | 1 | 2, payload: unknown = topic) {
      client.mqtt.publish(topic, payload, { qos }).then(
        ({ outcome }) => outcomes.push(`${topic} ${outcome}`),
        ({ code }) => outcomes.push(`${topic} ${code}`),
      )
    },
  }
}

async function up(options?: Options) {
  const kit = await connected(options)
  return { ...kit, ...publishing(kit) }
}

const seen = (packets: readonly Packet[]): unknown[] =>
  packets.map((packet) =>
    packet.type === 'publish'
      ? `${packet.dup ? 'again ' : ''}${packet.topic || `alias ${packet.properties?.topicAlias}`} ${packet.id}`
      : 'id' in packet
        ? `${packet.type} ${packet.id}`
        : packet.type,
  )

describe('a PUBCOMP that knows nothing of its exchange', () => {
  it('[MQTT-3.7.2.1] is no error where a resumed connection has released it again, and one elsewhere', async () => {
    const { send, broker, blink, outcomes } = await up(KEPT)
    broker.withhold('pubcomp')
    send('a', 2)
    await settled()
    await blink()
    send('b', 2)
    await settled()
    broker.release()
    for (const id of [1, 2]) broker.send({ type: 'pubcomp', id, code: 0x92 })
    await settled()
    expect(outcomes).toEqual(['a acknowledged', 'b publish.refused'])
  })
})

describe.each(versions)('publishing with %s', (version) => {
  it('[MQTT-2.3.1-1, -5 | 2.2.1-2, -3] gives QoS 1 and 2 an identifier of their own, and QoS 0 none', async () => {
    const { send, sent, outcomes, broker } = await up({ version })
    broker.withhold()
    for (const qos of [0, 1, 2, 1] as const) send(`t${qos}`, qos)
    await settled()
    expect(seen(sent('publish'))).toEqual(['t0 0', 't1 1', 't2 2', 't1 3'])
    expect(outcomes).toEqual(['t0 sent'])
  })

  it('sends text and bytes as they are, anything else as JSON, with retain', async () => {
    const { client, publishes } = await up({ version })
    client.mqtt.publish('a', 'ä', { retain: true })
    client.mqtt.publish('a', Uint8Array.of(0, 255))
    client.mqtt.publish('a', { n: 1 })
    client.untyped('a').publish('message', 'text', { retain: true })
    await settled()
    expect(publishes().map(({ payload, retain }) => [payload, retain])).toEqual([
      [bytes('ä'), true],
      [Uint8Array.of(0, 255), false],
      [bytes('{"n":1}'), false],
      [bytes('"text"'), true],
    ])
  })

  it('[MQTT-4.3.2-1, 4.3.3-1 to -7] acknowledges QoS 1 at PUBACK and QoS 2 at PUBCOMP', async () => {
    const { send, sent, outcomes, broker } = await up({ version })
    broker.withhold('pubcomp')
    send('one', 1)
    send('two', 2)
    await settled()
    expect(outcomes).toEqual(['one acknowledged'])
    broker.release()
    broker.send({ type: 'pubcomp', id: 2, code: 0 })
    await settled()
    expect(outcomes).toEqual(['one acknowledged', 'two acknowledged'])
    expect(seen(sent())).toEqual(['connect', 'one 1', 'two 2', 'pubrel 2'])
  })

  it('[MQTT-3.3.1-1, 4.4.0-1, 4.6.0-1] sends again after a resumed session: same ids, same order, DUP', async () => {
    const { send, sent, outcomes, broker, blink } = await up({ version, ...KEPT })
    broker.withhold()
    for (const [topic, qos] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ] as const)
      send(topic, qos)
    await settled()
    await blink(() => broker.release())
    expect(outcomes.sort()).toEqual(['a acknowledged', 'b acknowledged', 'c acknowledged'])
    const second = sent().slice(4)
    expect(seen(second)).toEqual(['connect', 'again a 1', 'again b 2', 'again c 3', 'pubrel 2'])
    expect(sent('publish').slice(0, 3)).toMatchObject([{ dup: false }, { dup: false }, { dup: false }])
  })

  it('[MQTT-4.3.3-1, 4.6.0-4] sends what was released again as PUBREL, in the order of PUBREC, and never the publish', async () => {
    const { send, sent, broker, blink, outcomes } = await up({ version, ...KEPT })
    broker.withhold('pubrec', 'pubcomp')
    send('a', 2)
    send('b', 2)
    send('c', 2)
    await settled()
    broker.release()
    broker.withhold('pubcomp')
    broker.send({ type: 'pubrec', id: 2, code: 0 })
    broker.send({ type: 'pubrec', id: 1, code: 0 })
    await settled()
    const count = sent().length
    await blink(() => broker.release())
    expect(seen(sent().slice(count))).toEqual(['connect', 'pubrel 2', 'pubrel 1', 'again c 3', 'pubrel 3'])
    expect(outcomes.sort()).toEqual(['a acknowledged', 'b acknowledged', 'c acknowledged'])
  })

  it('[MQTT-4.4.0-1] sends nothing again on a connection that lives', async () => {
    const { send, publishes, broker, clock } = await up({ version, ...KEPT })
    broker.withhold('puback')
    send('a', 1)
    await clock.advance(300_000)
    expect(publishes()).toHaveLength(1)
  })

  it('is connected while it still sends again, and takes new publishes', async () => {
    const { client, send, broker, blink, outcomes } = await up({ version, ...KEPT })
    broker.withhold('puback')
    send('old', 1)
    await settled()
    await blink()
    expect(client.status.get().status).toBe('connected')
    send('new', 0)
    await settled()
    expect(outcomes).toEqual(['new sent'])
  })

  it('[MQTT-3.2.2-5] publishes QoS 1 of a lost session as new, and says of QoS 2 that nobody knows', async () => {
    const { send, sent, broker, blink, outcomes } = await up({ version, ...KEPT })
    broker.withhold()
    send('one', 1)
    send('two', 2)
    await settled()
    const count = sent().length
    await blink(() => {
      broker.forgetSessions()
      broker.release()
    })
    expect(outcomes.sort()).toEqual(['one acknowledged', 'two unknown'])
    expect(sent().slice(count)).toMatchObject([{ type: 'connect' }, { topic: 'one', dup: false }])
  })

  it.each([
    ['none', ['one unknown', 'two unknown']],
    ['all', ['one acknowledged', 'two acknowledged']],
  ] as const)('does with a lost session as republish: %s says', async (republish, expected) => {
    const { send, broker, blink, outcomes } = await up({ version, ...KEPT, republish })
    broker.withhold()
    send('one', 1)
    send('two', 2)
    await settled()
    await blink(() => {
      broker.forgetSessions()
      broker.release()
    })
    expect(outcomes.sort()).toEqual(expected)
  })

  it('publishes what the quota held back on a lost session without a doubt', async () => {
    const { send, broker, blink, outcomes } = await up({ version, ...KEPT, inFlight: 1 })
    broker.withhold()
    send('sent', 2)
    send('held', 2)
    await settled()
    await blink(() => {
      broker.forgetSessions()
      broker.release()
    })
    expect(outcomes.sort()).toEqual(['held acknowledged', 'sent unknown'])
  })

  it('rejects what cannot be encoded without ending the process of who does not look', async () => {
    const { client } = await up({ version })
    // Vitest fails for a rejection that nobody handles.
    client.mqtt.publish('a', undefined)
    await settled()
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('refuses by name what turns out to be impossible when its turn comes', async () => {
    const { client, broker, publishes } = await up({ version: 5, inFlight: 1 })
    broker.withhold()
    client.mqtt.publish('a', 'first', { qos: 1 })
    const properties = { messageExpiryInterval: -1 }
    const second = client.mqtt.publish('a', 'second', { qos: 1, properties })
    await settled()
    broker.release()
    broker.send({ type: 'puback', id: publishes()[0]?.id ?? 0, code: 0 })
    await expect(second).rejects.toMatchObject({
      code: 'publish.refused',
      message: expect.stringContaining('messageExpiryInterval'),
    })
  })

  it('sends nothing again after close(), but lets the server forget QoS 2', async () => {
    const { client, send, sent, broker, outcomes } = await up({ version, ...KEPT })
    broker.withhold()
    send('one', 1)
    send('two', 2)
    await settled()
    await client.close()
    expect(outcomes).toEqual(['one unknown', 'two unknown'])
    broker.release()
    const count = sent().length
    await client.connect()
    await settled()
    expect(seen(sent().slice(count))).toEqual(['connect', 'pubrel 2'])
    send('next', 2)
    await settled()
    expect(outcomes.at(-1)).toBe('next acknowledged')
  })

  it('[MQTT-3.3.1-1 to -3, 4.3.2-2, 4.3.3-2] keeps the order of what was published while it was away, without DUP', async () => {
    const { send, publishes, blink } = await up({ version })
    await blink(() => {
      for (const topic of ['a', 'b', 'c']) send(topic, 1)
      send('d', 0)
    })
    expect(publishes().map(({ topic, dup }) => [topic, dup])).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
      ['d', false],
    ])
  })

  it('holds back what is more than may be unanswered, and nothing else', async () => {
    const { send, publishes, broker, outcomes } = await up({ version, inFlight: 2 })
    broker.withhold('puback')
    for (const topic of ['a', 'b', 'c', 'd']) send(topic, 1)
    send('zero', 0)
    await settled()
    expect(publishes().map(({ topic }) => topic)).toEqual(['a', 'b', 'zero'])
    broker.release()
    broker.send({ type: 'puback', id: 1, code: 0 })
    await settled()
    expect(publishes().map(({ topic }) => topic)).toEqual(['a', 'b', 'zero', 'c', 'd'])
    broker.send({ type: 'puback', id: 2, code: 0 })
    await settled()
    expect(outcomes).toHaveLength(5)
  })

  it('sends no more than 20 at once to a server that does not say what it takes', async () => {
    const { send, publishes, broker } = await up({ version })
    broker.withhold('puback')
    for (let count = 0; count < 30; count++) send(`t${count}`, 1)
    await settled()
    expect(publishes()).toHaveLength(version === 5 ? 30 : 20)
  })

  it.each(['a/+', '#', '', 'a\0'])('[MQTT-3.3.2-2, 4.7.3-1, -2] refuses to publish to %j', async (topic) => {
    const { client, publishes } = await up({ version })
    expect(() => client.mqtt.publish(topic, 'x')).toThrow('[option.invalid]')
    await expect(client.untyped(topic).publish('message', 1)).rejects.toMatchObject({
      code: 'publish.refused',
    })
    expect(publishes()).toEqual([])
  })

  it('refuses to publish to a topic that is too long or no text, alone [MQTT-4.7.3-3]', async () => {
    const { client, publishes } = await up({ version })
    for (const topic of ['x'.repeat(65_536), 'a\ud800'])
      for (const qos of [0, 1] as const)
        await expect(client.mqtt.publish(topic, 'x', { qos })).rejects.toMatchObject({
          code: 'publish.refused',
        })
    await client.mqtt.publish('good', 'x', { qos: 1 })
    expect(publishes().map(({ topic, id }) => [topic, id])).toEqual([['good', expect.any(Number)]])
  })

  it('says of a long topic only how it begins, and of an empty one that it is empty', async () => {
    const { client } = await up({ version })
    const { message } = await client.mqtt.publish('x'.repeat(65_536), 'x').catch((error) => error)
    expect(message.length).toBeLessThan(300)
    expect(() => client.mqtt.publish('', 'x')).toThrow('not empty')
  })

  it('refuses a QoS that is none, and one that its delivery does not say', async () => {
    const { client, publishes } = await up({ version })
    const channel = client.untyped('a')
    expect(() => client.mqtt.publish('a', 'x', { qos: 3 as never })).toThrow('[option.invalid] Option qos')
    for (const options of [{ qos: 1 }, { delivery: 'qos1' }, { delivery: 'at-least-once', qos: 0 }])
      await expect(channel.publish('message', 'x', options as never)).rejects.toMatchObject({
        code: 'publish.refused',
        message: expect.stringContaining('delivery'),
      })
    await channel.publish('message', 'x', { delivery: 'at-least-once', qos: 1 as never })
    expect(publishes()).toMatchObject([{ qos: 1 }])
  })

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 10n],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a Blob', new Blob(['x'])],
    ['a promise', Promise.resolve(1)],
  ])('refuses %s as a payload, which nobody could read: it would be empty, or {}', async (_what, payload) => {
    const { client, publishes } = await up({ version })
    const malformed = { code: 'message.malformed', cause: { name: 'TypeError' } }
    await expect(client.mqtt.publish('a', payload)).rejects.toMatchObject(malformed)
    await expect(client.untyped('a').publish('message', payload)).rejects.toMatchObject(malformed)
    expect(publishes()).toEqual([])
  })

  it('gives a publish up that is aborted', async () => {
    const { client, publishes, broker, takeErrors } = await up({ version })
    const abort = new AbortController()
    broker.withhold('puback')
    const flying = client.mqtt.publish('a', 'x', { qos: 1, signal: abort.signal })
    await settled()
    abort.abort()
    await expect(flying).resolves.toMatchObject({ outcome: 'unknown' })
    await expect(client.mqtt.publish('b', 'x', { signal: abort.signal })).resolves.toMatchObject({
      outcome: 'dropped',
    })
    expect(publishes()).toHaveLength(1)
    expect(takeErrors()).toEqual([])
  })

  it('gives a publish up that is not answered in its time', async () => {
    const { client, broker, clock } = await up({ version })
    broker.withhold('puback')
    const flying = client.mqtt.publish('a', 'x', { qos: 1, ttlMs: 1000 })
    await clock.advance(1000)
    await expect(flying).resolves.toMatchObject({ outcome: 'unknown', error: { code: 'publish.timeout' } })
  })

  it('[MQTT-4.3.3-4] releases an identifier that the server holds and nobody knows', async () => {
    const { broker, sent } = await up({ version })
    broker.send({ type: 'pubrec', id: 7, code: 0 })
    await settled()
    expect(sent('pubrel')).toEqual([expect.objectContaining({ id: 7, code: version === 5 ? 0x92 : 0 })])
  })
})

describe('publishing with 5', () => {
  it.each([
    [{ maximumQos: 1 }, { qos: 2 }, 0x9b],
    [{ maximumQos: 0 }, { qos: 1 }, 0x9b],
    [{ retainAvailable: false }, { retain: true }, 0x9a],
  ] as const)('[MQTT-3.2.2-11, -14] respects %j of the server', async (properties, options, code) => {
    const { client, broker, publishes } = setup()
    broker.connack = { properties }
    await client.connect()
    await expect(client.mqtt.publish('a', 'x', options)).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel: 'a', event: 'message', code },
    })
    expect(publishes()).toEqual([])
  })

  it('[MQTT-3.2.2-15] sends no packet that is larger than the server takes', async () => {
    const { client, broker, sent, takeErrors } = setup()
    broker.connack = { properties: { maximumPacketSize: 50 } }
    await client.connect()
    await expect(client.mqtt.publish('a', 'x'.repeat(100), { qos: 1 })).rejects.toMatchObject({
      code: 'message.too-large',
      details: { channel: 'a', bytes: 108, limitBytes: 50 },
    })
    const channel = client.untyped('x'.repeat(100))
    channel.join()
    await settled()
    expect(channel.status.get().state).toBe('rejected')
    expect(takeErrors()).toMatchObject([{ code: 'message.too-large' }])
    await client.mqtt.publish('a', 'x', { qos: 1 })
    expect(seen(sent())).toEqual(['connect', 'a 3'])
  })

  it('[MQTT-3.3.4-7, -8, 4.9.0-1 to -3] keeps the Receive Maximum, and other packets go on', async () => {
    const { client, broker, sent } = setup()
    broker.connack = { properties: { receiveMaximum: 2 } }
    await client.connect()
    const { send, outcomes } = publishing({ client })
    broker.withhold('puback', 'pubcomp')
    send('a', 2)
    for (const topic of ['b', 'c', 'd']) send(topic, 1)
    client.untyped('x').join()
    await settled()
    expect(seen(sent())).toEqual(['connect', 'a 1', 'b 2', 'subscribe 5', 'pubrel 1'])
    broker.release()
    broker.send({ type: 'pubcomp', id: 1, code: 0 })
    await settled()
    expect(seen(sent('publish'))).toEqual(['a 1', 'b 2', 'c 3', 'd 4'])
    broker.send({ type: 'puback', id: 2, code: 0 })
    await settled()
    expect(outcomes).toHaveLength(4)
  })

  it('[MQTT-4.9.0-1] gets the quota back when PUBREC refuses', async () => {
    const { client, broker, publishes } = setup()
    broker.connack = { properties: { receiveMaximum: 1 } }
    await client.connect()
    const { send, outcomes } = publishing({ client })
    broker.withhold('pubrec')
    send('a', 2)
    send('b', 2)
    await settled()
    broker.release()
    broker.send({ type: 'pubrec', id: 1, code: 0x97 })
    await settled()
    expect(publishes().map(({ topic }) => topic)).toEqual(['a', 'b'])
    expect(outcomes).toEqual(['a publish.refused', 'b acknowledged'])
  })

  it('sends again within the quota of the new connection', async () => {
    const { client, broker, publishes, blink } = await connected(KEPT)
    const { send, outcomes } = publishing({ client })
    broker.withhold()
    for (let count = 0; count < 5; count++) send(`t${count}`, 1)
    await settled()
    await blink(() => {
      broker.connack = { properties: { receiveMaximum: 2 } }
      broker.release()
      broker.withhold('puback')
    })
    expect(
      publishes()
        .slice(5)
        .map(({ topic, dup }) => [topic, dup]),
    ).toEqual([
      ['t0', true],
      ['t1', true],
    ])
    broker.release()
    for (let id = 1; id <= 2; id++) broker.send({ type: 'puback', id, code: 0 })
    await settled()
    expect(outcomes).toHaveLength(5)
  })

  it.each([
    ['puback', 1, 0x87],
    ['pubrec', 2, 0x99],
  ] as const)(
    '[MQTT-4.4.0-2] takes a %s that refuses as an answer, and does not send again',
    async (type, qos, code) => {
      const { client, broker, publishes, blink } = await connected(KEPT)
      broker.instead = (packet, answer) => {
        if (packet.type !== 'publish') return false
        answer({ type, id: packet.id, code, properties: { reasonString: 'no' } })
        return true
      }
      await expect(client.mqtt.publish('a', 'x', { qos })).rejects.toMatchObject({
        code: 'publish.refused',
        details: { channel: 'a', code },
        message: expect.stringContaining('no'),
      })
      await blink()
      expect(publishes()).toHaveLength(1)
    },
  )

  it('takes PUBACK without subscribers as an acknowledgement', async () => {
    const { client, broker } = await connected()
    broker.withhold('puback')
    const receipt = client.mqtt.publish('a', 'x', { qos: 1 })
    await settled()
    broker.release()
    broker.send({ type: 'puback', id: 1, code: 0x10 })
    await expect(receipt).resolves.toMatchObject({ outcome: 'acknowledged' })
  })

  it('carries properties as they are', async () => {
    const { client, publishes } = await connected()
    const properties = {
      messageExpiryInterval: 5,
      contentType: 'text/plain',
      userProperties: [['a', 'b']],
      correlationData: Uint8Array.of(1),
      responseTopic: 'r',
    } as const
    client.mqtt.publish('a', 'x', { properties })
    await settled()
    expect(publishes()[0]?.properties).toEqual(properties)
  })

  it.each([
    { responseTopic: 'a/#' },
    { responseTopic: '' },
    { subscriptionIdentifiers: [1] },
    { topicAlias: 1 },
    { messageExpiryInterval: -1 },
    { messageExpiryInterval: 0.5 },
    { correlationData: 'text' },
    { contentType: 5 },
    { userProperties: { a: 'b' } },
    { other: 1 },
  ])('[MQTT-3.3.2-14, 3.3.4-6] refuses the property %j, and names it', async (properties) => {
    const { client, publishes } = await connected()
    const [name] = Object.keys(properties)
    for (const qos of [0, 1] as const)
      await expect(
        client.mqtt.publish('a', 'x', { qos, properties: properties as never }),
      ).rejects.toMatchObject({
        code: 'publish.refused',
        message: expect.stringContaining(name as string),
      })
    expect(publishes()).toEqual([])
  })

  it('[MQTT-3.3.2-7 to -10, 3.2.2-17] uses as many topic aliases as the server allows, anew on every connection', async () => {
    const { client, broker, publishes, blink } = setup()
    broker.connack = { properties: { topicAliasMaximum: 2 } }
    await client.connect()
    for (const topic of ['a', 'b', 'c', 'a', 'b', 'c']) client.mqtt.publish(topic, 'x')
    await settled()
    expect(publishes().map(({ topic, properties }) => [topic, properties?.topicAlias])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', undefined],
      ['', 1],
      ['', 2],
      ['c', undefined],
    ])
    await blink()
    client.mqtt.publish('b', 'x')
    await settled()
    expect(publishes().at(-1)).toMatchObject({ topic: 'b', properties: { topicAlias: 1 } })
  })

  it('[MQTT-3.2.2-18] uses no alias where the server has none', async () => {
    const { client, publishes } = await connected()
    client.mqtt.publish('a', 'x')
    client.mqtt.publish('a', 'x')
    await settled()
    expect(publishes()).toMatchObject([
      { topic: 'a', properties: undefined },
      { topic: 'a', properties: undefined },
    ])
  })

  it('[MQTT-3.4.2-2, 3.5.2-2, 3.6.2-2, 3.7.2-2, 3.14.2-3, 3.15.2-2] says no reason in words that could be too long', async () => {
    const { client, sent, broker } = await connected()
    client.untyped('a', { qos: 2 }).join()
    client.mqtt.publish('b', 'x', { qos: 2 })
    await settled()
    broker.deliver({ topic: 'a', qos: 1 })
    broker.deliver({ topic: 'a', qos: 2 })
    await settled()
    await client.close()
    const acks = sent('puback', 'pubrec', 'pubrel', 'pubcomp', 'disconnect')
    expect(acks).toHaveLength(5)
    for (const packet of acks) expect(packet).toMatchObject({ properties: undefined })
  })
})
