import { defineChannels, event, type Schema } from '@org/realtime-core'
import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { Packet } from './codec.ts'
import type { FakeBroker } from './fake-broker-test-setup.ts'
import type { MqttMeta } from './incoming.ts'
import {
  bytes,
  connected,
  encodeAll,
  joined,
  KEPT,
  type Options,
  setup,
  versions,
} from './mqtt-test-setup.ts'

const acks = (packets: readonly Packet[]): string[] =>
  packets.flatMap((packet) => ('code' in packet && 'id' in packet ? [`${packet.type} ${packet.id}`] : []))

const publish = (id: number, qos: 0 | 1 | 2, more: object = {}): Packet => ({
  type: 'publish',
  topic: 'a',
  payload: bytes('1'),
  qos,
  retain: false,
  dup: false,
  id,
  ...more,
})

const numberSchema: Schema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'It is no number' }] },
  },
}

/** Lets the test alone release what is QoS 2. */
const keepPubrel = (broker: Pick<FakeBroker, 'instead'>): void => {
  broker.instead = ({ type }) => type === 'pubrec'
}

/** Joined to a channel whose listener acknowledges when the test says so. */
async function working(options: Options) {
  const kit = await connected({ ...options, manualAck: true })
  const metas: MqttMeta[] = []
  kit.client.untyped('a').on('message', (_payload, meta) => metas.push(meta))
  await settled()
  keepPubrel(kit.broker)
  return { ...kit, metas }
}

describe.each(versions)('messages with %s', (version) => {
  it('[MQTT-4.3.2-2, 2.3.1-6 | 4.3.2-3 to -5, 3.3.4-1, 2.2.1-5] of QoS 1 are delivered and acknowledged by their identifier', async () => {
    const { broker, sent, log } = await joined({ version }, 'a')
    broker.send(publish(300, 1))
    await settled()
    expect([log, acks(sent())]).toEqual([[['a', 'a', 1]], ['puback 300']])
  })

  it('[MQTT-4.3.3-2 | 4.3.3-8 to -13] of QoS 2 are delivered once, answered every time, and released', async () => {
    const { broker, sent, log } = await joined({ version }, 'a')
    keepPubrel(broker)
    broker.send(publish(5, 2))
    broker.send(publish(5, 2, { dup: true }))
    broker.send({ type: 'pubrel', id: 5, code: 0 })
    broker.send({ type: 'pubrel', id: 5, code: 0 })
    broker.send(publish(5, 2))
    await settled()
    expect(log).toHaveLength(2)
    const answers = sent('pubrec', 'pubcomp')
    expect(acks(answers)).toEqual(['pubrec 5', 'pubrec 5', 'pubcomp 5', 'pubcomp 5', 'pubrec 5'])
    const unknown = version === 5 ? 0x92 : 0
    expect(answers.map((packet) => (packet as { code: number }).code)).toEqual([0, 0, 0, unknown, 0])
  })

  it('[MQTT-4.3.3-10] of QoS 2 are delivered once also across connections, and on a new session again', async () => {
    const { broker, log, blink } = await joined({ version, ...KEPT }, 'a')
    broker.send(publish(5, 2))
    await blink()
    broker.send(publish(5, 2, { dup: true }))
    await settled()
    expect(log).toHaveLength(1)
    await blink(() => broker.forgetSessions())
    broker.send(publish(5, 2))
    await settled()
    expect(log).toHaveLength(2)
  })

  it('[MQTT-4.5.0-2] are acknowledged though nobody hears them', async () => {
    const { broker, sent } = await connected({ version })
    keepPubrel(broker)
    broker.send(publish(1, 1, { topic: 'unwanted' }))
    broker.send(publish(2, 2, { topic: 'unwanted' }))
    await settled()
    expect(acks(sent())).toEqual(['puback 1', 'pubrec 2'])
  })

  it('are acknowledged though nobody can decode them', async () => {
    const { broker, sent, takeErrors } = await joined({ version }, 'a')
    broker.send(publish(1, 1, { payload: bytes('{') }))
    await settled()
    expect(takeErrors()).toMatchObject([{ code: 'message.malformed', details: { channel: 'a' } }])
    expect(acks(sent())).toEqual(['puback 1'])
  })

  it('name their topic when nobody can decode them, also behind a wildcard', async () => {
    const { broker, takeErrors } = await joined({ version }, 'sensors/+')
    broker.send(publish(1, 0, { topic: 'sensors/7', payload: bytes('{') }))
    await settled()
    expect(takeErrors()).toMatchObject([
      {
        message: expect.stringContaining('Payload of message on sensors/7 cannot be decoded'),
        details: { channel: 'sensors/+', topic: 'sensors/7' },
      },
    ])
  })

  it('[MQTT-4.6.0-2, -3] are acknowledged in the order in which they came', async () => {
    const { broker, sent } = await joined({ version }, 'a')
    keepPubrel(broker)
    for (const [id, qos] of [
      [7, 1],
      [3, 2],
      [5, 1],
      [4, 2],
    ] as const)
      broker.send(publish(id, qos))
    await settled()
    expect(acks(sent())).toEqual(['puback 7', 'pubrec 3', 'puback 5', 'pubrec 4'])
  })

  it('carry topic, QoS, retain and dup', async () => {
    const { client, broker } = await connected({ version })
    const metas: MqttMeta[] = []
    client.untyped('a/+').on('message', (_payload, meta) => metas.push(meta))
    await settled()
    broker.send(publish(9, 1, { topic: 'a/b', retain: true, dup: true }))
    await settled()
    expect(metas).toMatchObject([
      {
        channel: 'a/+',
        event: 'message',
        topic: 'a/b',
        qos: 1,
        retain: true,
        dup: true,
        properties: undefined,
      },
    ])
  })

  it('come once to each channel whose filter matches, and to no other', async () => {
    const { broker, log } = await joined({ version }, 'a/b', 'a/+', 'a/#', '#', '+/b', 'b/#', 'a')
    broker.deliver({ topic: 'a/b', payload: bytes('1') })
    await settled()
    expect(log.map((entry) => (entry as string[])[0]).sort()).toEqual(['#', '+/b', 'a/#', 'a/+', 'a/b'])
  })

  it('[MQTT-4.7.2-1] of $ topics come to no channel that begins with a wildcard', async () => {
    const { broker, log } = await joined({ version }, '#', '+/x', '$SYS/#', '$SYS/+')
    broker.send(publish(0, 0, { topic: '$SYS/x' }))
    await settled()
    expect(log.map((entry) => (entry as string[])[0])).toEqual(['$SYS/#', '$SYS/+'])
  })

  it('of a shared subscription come to its channel', async () => {
    const { broker, log } = await joined({ version }, '$share/group/a/+')
    broker.deliver({ topic: 'a/b', payload: bytes('1') })
    await settled()
    expect(log).toEqual([['$share/group/a/+', 'a/b', 1]])
  })

  it('of topics that are names of JavaScript come like others', async () => {
    const { broker, log } = await joined({ version }, '__proto__', 'constructor/#')
    broker.deliver({ topic: '__proto__', payload: bytes('1') })
    broker.deliver({ topic: 'constructor/prototype', payload: bytes('2') })
    await settled()
    expect(log).toEqual([
      ['__proto__', '__proto__', 1],
      ['constructor/#', 'constructor/prototype', 2],
    ])
  })

  it('are decoded as the option says', async () => {
    const cases: [Options, unknown][] = [
      [{ payload: 'text' }, '\ufffd{"n":1}'],
      [{ payload: 'bytes' }, Uint8Array.of(0xff, ...bytes('{"n":1}'))],
      [{ payload: (topic) => (topic === 'a' ? 'text' : 'json') }, '\ufffd{"n":1}'],
      [{ payload: { encode: () => bytes(''), decode: ({ length }, topic) => `${topic} ${length}` } }, 'a 8'],
    ]
    for (const [options, expected] of cases) {
      const { broker, log } = await joined({ version, ...options }, 'a')
      broker.send(publish(0, 0, { payload: Uint8Array.of(0xff, ...bytes('{"n":1}')) }))
      await settled()
      expect(log).toEqual([['a', 'a', expected]])
    }
  })

  it('that no codec can be found for are one error each, and are acknowledged', async () => {
    const payload = (): never => {
      throw new Error('mine')
    }
    const { broker, sent, takeErrors, log } = await joined({ version, payload }, 'a')
    broker.send(publish(1, 1))
    broker.send(publish(2, 1))
    await settled()
    expect(takeErrors()).toMatchObject([{ cause: new Error('mine') }, { cause: new Error('mine') }])
    expect([log, acks(sent())]).toEqual([[], ['puback 1', 'puback 2']])
  })

  it('that clear what was retained are nothing', async () => {
    const { broker, log } = await joined({ version }, 'a')
    broker.send(publish(0, 0, { payload: bytes('') }))
    await settled()
    expect(log).toEqual([['a', 'a', undefined]])
  })

  it('stop in the middle of a chunk when a listener closes the client', async () => {
    const { client, broker, transport, sent } = await connected({ version })
    const values: unknown[] = []
    client.untyped('a').on('message', (value) => {
      values.push(value)
      client.close()
    })
    await settled()
    transport.last.send(Uint8Array.of(...encodeAll(version, publish(1, 1), publish(2, 1))))
    await settled()
    expect(values).toEqual([1])
    expect(acks(sent()).includes('puback 2')).toBe(false)
    expect(broker.sessions).toBe(0)
  })

  it('that are retained come to a late listener too, the newest of each topic', async () => {
    const { client, broker, log } = await joined({ version }, 'a/+')
    broker.deliver({ topic: 'a/1', payload: bytes('1'), retain: true })
    broker.deliver({ topic: 'a/2', payload: bytes('2'), retain: true })
    broker.deliver({ topic: 'a/3', payload: bytes('3') })
    broker.deliver({ topic: 'a/2', payload: bytes('22') })
    await settled()
    const late: unknown[] = []
    client.untyped('a/+').on('message', (payload, { topic, retain }) => late.push([topic, payload, retain]))
    await settled()
    expect(late).toEqual([
      ['a/1', 1, true],
      ['a/2', 22, true],
    ])
    expect(log).toHaveLength(4)
  })

  it('that were retained and cleared come to no late listener', async () => {
    const { client, broker } = await joined({ version }, 'a')
    broker.deliver({ topic: 'a', payload: bytes('1'), retain: true })
    broker.deliver({ topic: 'a', payload: bytes('') })
    await settled()
    const late: unknown[] = []
    client.untyped('a').on('message', (payload) => late.push(payload))
    await settled()
    expect(late).toEqual([])
  })

  it('with manualAck are acknowledged by their listener, in order of arrival', async () => {
    const { broker, sent, metas } = await working({ version })
    broker.send(publish(1, 1))
    broker.send(publish(2, 2))
    broker.send(publish(3, 1))
    broker.send(publish(0, 0))
    broker.send(publish(4, 1, { topic: 'unheard' }))
    await settled()
    metas[3]?.ack?.()
    metas[1]?.ack?.()
    await settled()
    expect(acks(sent())).toEqual([])
    metas[0]?.ack?.()
    metas[0]?.ack?.()
    await settled()
    expect(acks(sent())).toEqual(['puback 1', 'pubrec 2'])
    metas[2]?.ack?.()
    await settled()
    expect(acks(sent())).toEqual(['puback 1', 'pubrec 2', 'puback 3', 'puback 4'])
  })

  it('with manualAck come again when the connection was lost before they were acknowledged', async () => {
    const { broker, sent, blink, metas } = await working({ version, ...KEPT })
    broker.send(publish(1, 2))
    await blink()
    broker.send(publish(1, 2, { dup: true }))
    await settled()
    metas[0]?.ack?.()
    await settled()
    expect([metas.length, acks(sent())]).toEqual([2, []])
    metas[1]?.ack?.()
    await settled()
    expect(acks(sent())).toEqual(['pubrec 1'])
  })

  it.each([
    ['cannot be decoded', '{'],
    ['do not fit their schema', '"text"'],
  ])('with manualAck are acknowledged though they %s: no listener can do it', async (_why, payload) => {
    const channels = defineChannels({ a: { message: numberSchema } })
    const kit = await connected({ version, manualAck: true, validate: 'always', channels: channels as never })
    const { client, broker, sent, takeErrors } = kit
    const log: unknown[] = []
    client.untyped('a').on('message', (value, { ack }) => {
      log.push(value)
      ack?.()
    })
    await settled()
    broker.send(publish(1, 1, { payload: bytes(payload) }))
    broker.send(publish(2, 1))
    await settled()
    expect([log, acks(sent())]).toEqual([[1], ['puback 1', 'puback 2']])
    expect(takeErrors()).toMatchObject([{ code: 'message.malformed' }])
  })

  it('with manualAck wait for who can get them, though they do not fit another channel', async () => {
    const channels = defineChannels({ a: { message: numberSchema }, '+': { message: event<unknown>() } })
    const kit = await connected({ version, manualAck: true, validate: 'always', channels: channels as never })
    const { client, broker, sent, takeErrors } = kit
    const metas: MqttMeta[] = []
    for (const channel of ['a', '+'])
      client.untyped(channel).on('message', (_value, meta) => {
        metas.push(meta)
      })
    await settled()
    broker.send(publish(1, 1, { payload: bytes('"text"') }))
    await settled()
    expect([metas.length, acks(sent())]).toEqual([1, []])
    metas[0]?.ack?.()
    await settled()
    expect(acks(sent())).toEqual(['puback 1'])
    takeErrors()
  })

  it('with manualAck are acknowledged on a joined channel where nobody hears them any more', async () => {
    const { client, broker, sent } = await connected({ version, manualAck: true })
    const stop = client.untyped('a').on('message', () => {})
    await settled()
    stop()
    broker.send(publish(1, 1))
    await settled()
    expect(acks(sent())).toEqual(['puback 1'])
  })

  it('with manualAck come though an older one of a lost session is acknowledged late', async () => {
    const { broker, sent, blink, metas } = await working({ version })
    broker.send(publish(1, 2))
    await blink()
    metas[0]?.ack?.()
    broker.send(publish(1, 2))
    await settled()
    expect([metas.length, acks(sent())]).toEqual([2, []])
  })
})

describe('messages with 5', () => {
  it('[MQTT-3.3.2-9, -11, -12] are resolved by the alias of their topic, which dies with the connection', async () => {
    const { broker, log, blink, client, sent, clock } = await joined({}, 'a', 'b')
    const alias = (topic: string, topicAlias: number) => publish(0, 0, { topic, properties: { topicAlias } })
    broker.send(alias('a', 1))
    broker.send(alias('', 1))
    broker.send(alias('b', 1))
    broker.send(alias('', 1))
    broker.send(alias('a', 16))
    await settled()
    expect(log.map((entry) => (entry as string[])[1])).toEqual(['a', 'a', 'b', 'b', 'a'])
    await blink()
    broker.send(alias('', 1))
    await settled()
    expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x82 })
    expect(client.status.get().lastError).toMatchObject({ code: 'protocol.violation' })
    await clock.advance(5000)
  })

  it('[MQTT-3.3.2-10, 3.1.2-26, -27] end the connection when their alias is above our maximum', async () => {
    for (const topicAliasMaximum of [0, 16]) {
      const { broker, sent, clock } = await joined({ topicAliasMaximum }, 'a')
      broker.send(publish(0, 0, { properties: { topicAlias: topicAliasMaximum + 1 } }))
      await settled()
      expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x94 })
      await clock.advance(5000)
    }
  })

  it('are taken when they are over our Receive Maximum: a server that overruns it would do so again', async () => {
    const { broker, sent, log } = await joined({ receiveMaximum: 2 }, 'a')
    keepPubrel(broker)
    for (const id of [1, 2, 3]) broker.send(publish(id, 2))
    await settled()
    expect([log.length, acks(sent())]).toEqual([3, ['pubrec 1', 'pubrec 2', 'pubrec 3']])
  })

  it('[MQTT-3.3.4-9, 4.13.1-1] end the connection when more are unanswered than there are identifiers', async () => {
    const { client, broker, sent, clock } = await connected({ manualAck: true })
    client.untyped('a').on('message', () => {})
    await settled()
    const many = Array.from({ length: 65_535 }, (_, at) => publish(at + 1, 1))
    for (const packet of many) broker.send(packet)
    await settled()
    expect(client.status.get().status).toBe('connected')
    broker.send(publish(1, 1))
    await settled()
    expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x93 })
    await clock.advance(5000)
  })

  it('[MQTT-3.1.2-24, 4.13.1-1] end the connection when they are over our maximum size', async () => {
    const { broker, sent, clock } = await joined({ maximumPacketBytes: 1000 }, 'a')
    broker.send(publish(0, 0, { payload: new Uint8Array(1000) }))
    await settled()
    expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x95 })
    await clock.advance(5000)
  })

  it('carry their properties', async () => {
    const { client, broker } = await connected()
    const metas: MqttMeta[] = []
    client.untyped('a').on('message', (_payload, meta) => metas.push(meta))
    await settled()
    const properties = { contentType: 'x', userProperties: [['a', 'b']] } as const
    broker.send(publish(0, 0, { properties }))
    await settled()
    expect(metas[0]?.properties).toEqual(properties)
  })

  it('that a server sends once for each matching subscription come once to each channel', async () => {
    const { client, broker, log } = await joined({}, 'a/+', 'a/#')
    for (const identifier of [1, 2])
      broker.send(publish(0, 0, { topic: 'a/b', properties: { subscriptionIdentifiers: [identifier] } }))
    await settled()
    expect(log).toEqual([
      ['a/+', 'a/b', 1],
      ['a/#', 'a/b', 1],
    ])
    expect(client.mqtt.granted('a/+')).toBe(2)
  })

  it.each([999, 5, 0x82])(
    'with manualAck are not acknowledged with %i, which no server knows',
    async (code) => {
      const { client, broker, sent, takeErrors } = await connected({ manualAck: true })
      client.untyped('a').on('message', (_payload, { ack }) => ack?.(code))
      await settled()
      broker.send(publish(1, 1))
      await settled()
      expect([sent('puback'), takeErrors()]).toMatchObject([
        [],
        [
          {
            code: 'listener.failed',
            cause: { code: 'option.invalid', details: { option: 'code', value: code } },
          },
        ],
      ])
    },
  )

  it('with manualAck may be refused with a code, which is an answer too', async () => {
    const { client, broker, sent } = await connected({ manualAck: true })
    client.untyped('a').on('message', (_payload, { ack }) => ack?.(0x99))
    await settled()
    broker.send(publish(1, 1))
    broker.send(publish(2, 2))
    broker.send(publish(2, 2))
    await settled()
    expect(sent('puback', 'pubrec')).toMatchObject([
      { id: 1, code: 0x99 },
      { id: 2, code: 0x99 },
      { id: 2, code: 0x99 },
    ])
  })
})

it('gives a hint while developing when a listener misspells the one event', async () => {
  const { client, broker } = await connected()
  client.untyped('a').on('mesage', () => {})
  await settled()
  broker.send(publish(0, 0))
  await settled()
  expect(client.trace.entries()).toContainEqual(
    expect.objectContaining({ type: 'hint', message: expect.stringContaining('only mesage is listened to') }),
  )
})

describe('last-level', () => {
  it('makes the last level of a topic the event, both ways', async () => {
    const { client, broker, publishes } = setup({ events: 'last-level' })
    await client.connect()
    const log: unknown[] = []
    const room = client.untyped('room/1')
    room.on('Said', (payload, meta) => log.push([payload, meta.topic, meta.event]))
    await settled()
    room.publish('Said', 'hi')
    client.mqtt.publish('room/1/Left', 'x')
    await settled()
    expect(broker.joined('room/1/+')).toBe(1)
    expect(publishes().map(({ topic }) => topic)).toEqual(['room/1/Said', 'room/1/Left'])
    expect(log).toEqual([['hi', 'room/1/Said', 'Said']])
  })

  it('refuses an event that is no level', async () => {
    const { client } = await connected({ events: 'last-level' })
    for (const event of ['a/b', '+'])
      await expect(client.untyped('room').publish(event, 1)).rejects.toMatchObject({
        code: 'publish.refused',
      })
  })
})
