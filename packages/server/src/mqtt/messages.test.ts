import { describe, expect, it } from 'vitest'
import { bytes, publishesOf, setupMqtt, shown, toPublish, toSubscribe } from './mqtt-test-setup.ts'

describe('publish and subscribe', () => {
  it.each([
    ['a/b', ['a/b', 'a/+', '+/+', 'a/#', '#', 'a/b/#']],
    ['a', ['a', '+', '#', 'a/#']],
    ['/a', ['/a', '/+', '+/+', '#', '/#']],
    ['a//b', ['a//b', 'a/+/b', 'a/#', '#', '+/+/b']],
    ['$own/a', ['$own/a', '$own/+', '$own/#']],
    ['finance', ['finance/#', 'finance', '+', '#']],
  ] as const)('%s matches what it should, and no other', async (topic, matching) => {
    const { connect } = setupMqtt()
    const filters = ['a/b', 'a/+', '+/+', 'a/#', '#', 'a/b/#', 'a', '+', '/a', '/+', '/#']
    filters.push('a//b', 'a/+/b', '+/+/b', '$own/a', '$own/+', '$own/#', 'finance/#', 'finance')
    const heard: string[] = []
    for (const filter of filters) {
      const guest = await connect()
      await guest.say(toSubscribe(filter))
      await (await connect()).say(toPublish(topic, '1'))
      if (guest.take().length) heard.push(filter)
    }
    expect(new Set(heard)).toEqual(new Set(matching))
  })

  it('sends one message once, at the highest QoS of the filters that match, with all their identifiers', async () => {
    const { connect } = setupMqtt()
    const guest = await connect()
    for (const [filter, qos, id] of [
      ['a/+', 1, 3],
      ['a/b', 0, 4],
      ['#', 2, 5],
    ] as const)
      await guest.say({ ...toSubscribe(filter, qos), properties: { subscriptionIdentifiers: [id] } } as never)
    await (await connect()).say(toPublish('a/b', '1', { qos: 1 }))
    const [publish, ...rest] = publishesOf(guest.take())
    expect(rest).toEqual([])
    expect(publish?.qos).toBe(1)
    expect([...(publish?.properties?.subscriptionIdentifiers ?? [])].sort()).toEqual([3, 4, 5])
  })

  it('passes properties on, and no others', async () => {
    const { connect } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('a'))
    const properties = {
      payloadFormatIndicator: true,
      contentType: 'text/plain',
      responseTopic: 'back',
      correlationData: bytes('7'),
      userProperties: [
        ['k', 'v'],
        ['k', 'w'],
      ],
    } as const
    await (await connect()).say(toPublish('a', '1', { properties: { ...properties, topicAlias: 1 } }))
    expect(publishesOf(guest.take())).toMatchObject([{ properties }])
    expect(publishesOf(guest.take())[0]?.properties).toBeUndefined()
  })

  it('does not send to itself what is not local, and tells of retain where that was asked', async () => {
    const { connect } = setupMqtt()
    const guest = await connect()
    await guest.say(
      toSubscribe('a', 0, { noLocal: true }),
      toSubscribe('b', 0, { retainAsPublished: true }),
      toSubscribe('c'),
    )
    const packets = await guest.say(
      toPublish('a', '1'),
      toPublish('b', '1', { retain: true }),
      toPublish('c', '1', { retain: true }),
    )
    expect(publishesOf(packets).map(({ topic, retain }) => [topic, retain])).toEqual([
      ['b', true],
      ['c', false],
    ])
  })

  it('grants no more than it has, and refuses filters that are none', async () => {
    const { connect } = setupMqtt({ mqtt: { maximumQos: 1 } })
    const guest = await connect()
    const filters = ['a', 'a/#/b', 'a+', '', '$share/g', 'x/'.repeat(300)].map((filter) => ({
      filter,
      qos: 2 as const,
    }))
    expect(await guest.say({ type: 'subscribe', id: 3, filters })).toEqual([
      { type: 'suback', id: 3, codes: [1, 0x8f, 0x8f, 0x8f, 0x8f, 0x8f], properties: undefined },
    ])
    expect(await guest.say({ type: 'unsubscribe', id: 4, filters: ['a', 'b'] })).toMatchObject([
      { type: 'unsuback', id: 4, codes: [0, 0x11] },
    ])
    const old = await connect({ level: 4 })
    expect(await old.say({ type: 'subscribe', id: 3, filters })).toMatchObject([
      { codes: [1, 0x80, 0x80, 0x80, 0x80, 0x80] },
    ])
  })

  it('takes each message of QoS 2 once, until it is released', async () => {
    const { connect } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('a'))
    const publish = toPublish('a', '1', { qos: 2, id: 9 })
    expect(shown(await guest.say(publish, { ...publish, dup: true }))).toEqual(['a 1', 'pubrec', 'pubrec'])
    const pubrel = { type: 'pubrel', id: 9, code: 0 } as const
    expect(await guest.say(pubrel)).toMatchObject([{ type: 'pubcomp', code: 0 }])
    expect(await guest.say(pubrel)).toMatchObject([{ type: 'pubcomp', code: 0 }])
    expect(shown(await guest.say(publish))).toEqual(['a 1', 'pubrec'])
  })

  it('sends QoS 2 in its two halves, and answers what it does not know', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('a', 2))
    await publishMqtt('a', '1', { qos: 2 })
    const [{ id = 0 } = {}] = publishesOf(guest.take())
    expect(await guest.say({ type: 'pubrec', id, code: 0 })).toMatchObject([{ type: 'pubrel', id, code: 0 }])
    expect(await guest.say({ type: 'pubcomp', id, code: 0 })).toEqual([])
    expect(await guest.say({ type: 'pubrec', id: 77, code: 0 })).toMatchObject([
      { type: 'pubrel', code: 0x92 },
    ])
    expect(await guest.say({ type: 'puback', id: 78, code: 0 })).toEqual([])
  })

  it.each(['puback', 'pubcomp'] as const)('ends who answers QoS 2 by %s', async (type) => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('a', 2))
    await publishMqtt('a', '1', { qos: 2 })
    const [{ id = 0 } = {}] = publishesOf(guest.take())
    expect(await guest.say({ type, id, code: 0 })).toMatchObject([{ type: 'disconnect', code: 0x82 }])
  })

  it('sends no message after it is over', async () => {
    const { connect, publishMqtt, clock } = setupMqtt()
    const session = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } }
    const guest = await connect(session)
    await guest.say(toSubscribe('a', 1))
    await guest.drop()
    await publishMqtt('a', 'short', { qos: 1, properties: { messageExpiryInterval: 5 } })
    await publishMqtt('a', 'long', { qos: 1, properties: { messageExpiryInterval: 50 } })
    await clock.advance(6000)
    const packets = publishesOf((await connect(session)).take())
    expect(shown(packets)).toEqual(['a long'])
    expect(packets[0]?.properties?.messageExpiryInterval).toBe(44)
  })
})

describe('topic aliases', () => {
  it('stand for topics, of clients and for them', async () => {
    const { connect } = setupMqtt({ mqtt: { topicAliases: 2 } })
    const guest = await connect({ properties: { topicAliasMaximum: 1 } })
    await guest.say(toSubscribe('#'))
    const packets = await guest.say(
      toPublish('long/topic', '1', { properties: { topicAlias: 2 } }),
      toPublish('', '2', { properties: { topicAlias: 2 } }),
      toPublish('other', '3', { properties: { topicAlias: 2 } }),
      toPublish('', '4', { properties: { topicAlias: 2 } }),
    )
    expect(publishesOf(packets).map(({ topic, properties }) => [topic, properties?.topicAlias])).toEqual([
      ['long/topic', 1],
      ['', 1],
      ['other', undefined],
      ['other', undefined],
    ])
  })

  it.each([
    [3, 'a', 0x94],
    [1, '', 0x82],
  ] as const)('ends who uses %i wrongly', async (topicAlias, topic, code) => {
    const { connect } = setupMqtt({ mqtt: { topicAliases: 2 } })
    const guest = await connect()
    const packets = await guest.say(toPublish(topic, '1', { properties: { topicAlias } }))
    expect(packets).toMatchObject([{ type: 'disconnect', code }])
  })
})

describe('flow control', () => {
  it('has no more under way than the client takes, and goes on in order', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect({ properties: { receiveMaximum: 2 } })
    await guest.say(toSubscribe('a', 1))
    for (const text of ['1', '2', '3', '4']) await publishMqtt('a', text, { qos: 1 })
    await publishMqtt('a', 'at once')
    const first = publishesOf(guest.take())
    expect(shown(first)).toEqual(['a 1', 'a 2', 'a at once'])
    const next = await guest.say({ type: 'puback', id: first[1]?.id ?? 0, code: 0 })
    expect(shown(next)).toEqual(['a 3'])
  })

  it('gives the place back for a PUBREC that refuses', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect({ properties: { receiveMaximum: 1 } })
    await guest.say(toSubscribe('a', 2))
    for (const text of ['1', '2']) await publishMqtt('a', text, { qos: 2 })
    const [first] = publishesOf(guest.take())
    expect(shown(await guest.say({ type: 'pubrec', id: first?.id ?? 0, code: 0x80 }))).toEqual(['a 2'])
  })

  it('has an own bound for clients that have none', async () => {
    const { connect, publishMqtt } = setupMqtt({ mqtt: { inFlight: 1, queuedMessages: 1 } })
    const guest = await connect({ level: 4 })
    await guest.say(toSubscribe('a', 1))
    for (const text of ['1', '2', '3']) await publishMqtt('a', text, { qos: 1 })
    const [first] = publishesOf(guest.take())
    expect(shown(await guest.say({ type: 'puback', id: first?.id ?? 0, code: 0 }))).toEqual(['a 2'])
  })

  it('ends who has more of QoS 2 open than it may', async () => {
    const { connect } = setupMqtt({ mqtt: { receiveMaximum: 2 } })
    const guest = await connect()
    const packets = await guest.say(...[1, 2, 3].map((id) => toPublish('a', '1', { qos: 2, id })))
    expect(shown(packets)).toEqual(['pubrec', 'pubrec', 'disconnect'])
    expect(packets.at(-1)).toMatchObject({ code: 0x93 })
  })

  it('sends nothing that is too large for the client, and goes on', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect({ properties: { maximumPacketSize: 30, receiveMaximum: 1 } })
    await guest.say(toSubscribe('a', 1))
    for (const text of ['x'.repeat(50), 'y']) await publishMqtt('a', text, { qos: 1 })
    expect(shown(guest.take())).toEqual(['a y'])
  })

  it('leaves QoS 0 out for who reads too slowly, when asked to', async () => {
    const { connect, publishMqtt } = setupMqtt({ slowConsumer: 'drop', limits: { bufferBytes: 2048 } })
    const guest = await connect()
    await guest.say(toSubscribe('a', 1))
    Object.getPrototypeOf(guest).bufferedBytes = 1500
    await publishMqtt('a', '1')
    await publishMqtt('a', '2', { qos: 1 })
    expect(shown(guest.take())).toEqual(['a 2'])
  })

  it('ends who reads too slowly, with a word', async () => {
    const { connect, publishMqtt } = setupMqtt({ limits: { bufferBytes: 2048 } })
    const guest = await connect()
    await guest.say(toSubscribe('a', 1))
    Object.getPrototypeOf(guest).bufferedBytes = 3000
    await publishMqtt('a', '1')
    expect(guest.take()).toMatchObject([{ type: 'disconnect', code: 0x97 }])
    expect(guest.end).toBe(1013)
  })
})

describe('retained messages', () => {
  it('come to who subscribes later, the last of each topic', async () => {
    const { connect, publishMqtt } = setupMqtt()
    for (const [topic, text] of [
      ['a/1', 'old'],
      ['a/1', 'new'],
      ['a/2', 'gone'],
      ['a/2', ''],
      ['$x/1', 'hidden'],
    ] as const)
      await publishMqtt(topic, text, { qos: 1, retain: true })
    const guest = await connect()
    const packets = publishesOf(
      await guest.say(toSubscribe('#', 1), toSubscribe('a/#', 1), toSubscribe('a', 1)),
    )
    expect(packets.map(({ topic, retain, qos }) => [topic, retain, qos])).toEqual([
      ['a/1', true, 1],
      ['a/1', true, 1],
    ])
    expect(shown(packets)).toEqual(['a/1 new', 'a/1 new'])
  })

  it.each([
    [0, ['a 1', 'a 1']],
    [1, ['a 1']],
    [2, []],
  ] as const)('are handled as the client of MQTT 5 asks by %i', async (retainHandling, expected) => {
    const { connect, publishMqtt } = setupMqtt()
    await publishMqtt('a', '1', { retain: true })
    const guest = await connect()
    const packets = await guest.say(
      toSubscribe('a', 0, { retainHandling }),
      toSubscribe('a', 0, { retainHandling }),
    )
    expect(shown(publishesOf(packets))).toEqual(expected)
  })

  it('wait for a client that reads slowly', async () => {
    const { connect, publishMqtt, clock } = setupMqtt({ limits: { bufferBytes: 4096 } })
    await publishMqtt('a', '1', { retain: true })
    const guest = await connect()
    const base = Object.getPrototypeOf(guest)
    base.bufferedBytes = 2000
    expect(shown(await guest.say(toSubscribe('a')))).toEqual(['suback'])
    await clock.advance(100)
    expect([guest.take(), guest.isPaused]).toEqual([[], true])
    base.bufferedBytes = 0
    await clock.advance(5)
    expect([shown(guest.take()), guest.isPaused]).toEqual([['a 1'], false])
  })

  it('do not come to shared subscriptions', async () => {
    const { connect, publishMqtt } = setupMqtt()
    await publishMqtt('a', '1', { retain: true })
    expect(shown(await (await connect()).say(toSubscribe('$share/g/a')))).toEqual(['suback'])
  })

  it('end with their expiry', async () => {
    const { connect, publishMqtt, clock, core } = setupMqtt()
    await publishMqtt('a', '1', { retain: true, properties: { messageExpiryInterval: 1 } })
    await clock.advance(1000)
    expect(shown(await (await connect()).say(toSubscribe('a')))).toEqual(['suback'])
    expect(core.mqtt?.broker.store.retained.size).toBe(0)
  })

  it('are refused when there are too many, or too much', async () => {
    const { connect, publishMqtt } = setupMqtt({ mqtt: { retained: 1, retainedBytes: 1000 } })
    const guest = await connect()
    const retain = true
    expect(await guest.say(toPublish('a', '1', { retain, qos: 1 }))).toMatchObject([
      { type: 'puback', code: 0 },
    ])
    expect(await guest.say(toPublish('b', '1', { retain, qos: 1 }))).toMatchObject([
      { type: 'puback', code: 0x97 },
    ])
    await expect(publishMqtt('a', 'x'.repeat(2000), { retain })).rejects.toMatchObject({
      code: 'publish.refused',
    })
    await publishMqtt('a', '', { retain })
    expect(await guest.say(toPublish('b', '1', { retain, qos: 1 }))).toMatchObject([
      { type: 'puback', code: 0 },
    ])
  })

  it('may not be, and higher QoS neither', async () => {
    const { connect } = setupMqtt({ mqtt: { retainAvailable: false, maximumQos: 0 } })
    const [one, other] = [await connect(), await connect()]
    expect(await one.say(toPublish('a', '1', { retain: true }))).toMatchObject([
      { type: 'disconnect', code: 0x9a },
    ])
    expect(await other.say(toPublish('a', '1', { qos: 1 }))).toMatchObject([
      { type: 'disconnect', code: 0x9b },
    ])
  })
})
