import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { Subscribe } from './codec.ts'
import { connected, joined, KEPT, setup, versions } from './mqtt-test-setup.ts'

const filters = (packets: readonly unknown[]): unknown[] =>
  (packets as Subscribe[]).map((packet) => packet.filters.map(({ filter, qos }) => `${filter} ${qos}`))

describe.each(versions)('subscribing with %s', (version) => {
  it('[MQTT-3.8.1-1, 3.8.3-1, 3.8.4-1] asks once for each filter, however many listen', async () => {
    const { client, sent } = await connected({ version })
    for (let count = 0; count < 3; count++) client.untyped('a/+').on('message', () => {})
    client.untyped('b', { qos: 1 }).join()
    await settled()
    expect(filters(sent('subscribe')).flat()).toEqual(['a/+ 0', 'b 1'])
    expect([client.untyped('a/+').status.get().state, client.mqtt.granted('b')]).toEqual(['joined', 1])
  })

  it('asks in any state, and again after a lost session', async () => {
    const { client, sent, broker, blink } = setup({ version })
    client.untyped('a', { qos: 1 }).join()
    await settled()
    await blink()
    expect(filters(sent('subscribe')).flat()).toEqual(['a 1', 'a 1'])
    expect(broker.joined('a')).toBe(1)
  })

  it('does not ask again for what a resumed session has', async () => {
    const { client, sent, blink } = await joined({ version, ...KEPT }, 'a')
    const gaps: unknown[] = []
    client.untyped('a').onGap(({ continuity, resumed }) => gaps.push([continuity, resumed]))
    await blink()
    expect([sent('subscribe').length, gaps]).toEqual([1, [['unknown', true]]])
  })

  it('says of a session that the server has kept beyond close() that it was resumed', async () => {
    const { client, broker } = await joined({ version, ...KEPT }, 'a')
    const gaps: unknown[] = []
    client.untyped('a').onGap(({ continuity, resumed }) => gaps.push([continuity, resumed]))
    await client.close()
    await client.connect()
    await settled()
    await client.close()
    broker.forgetSessions()
    await client.connect()
    await settled()
    expect(gaps).toEqual([
      ['unknown', true],
      ['unknown', false],
    ])
  })

  it('[MQTT-3.10.3-1, 3.10.3-2] unsubscribes when the last has left', async () => {
    const { client, sent, clock } = await connected({ version })
    const [first, second] = [client.untyped('a').join(), client.untyped('a').join()]
    await settled()
    first()
    await clock.advance(5000)
    expect(sent('unsubscribe')).toEqual([])
    second()
    await clock.advance(1000)
    expect(sent('unsubscribe')).toMatchObject([{ filters: ['a'], id: expect.any(Number) }])
  })

  it('unsubscribes on a resumed session from what was left meanwhile', async () => {
    const { client, sent, blink } = await joined({ version, ...KEPT }, 'a')
    await blink(() => client.untyped('a').leave({ now: true }))
    const other = client.untyped('b')
    const stop = other.join()
    await settled()
    await blink(() => {
      stop()
      other.leave({ now: true })
    })
    expect(sent('unsubscribe')).toMatchObject([{ filters: ['b'] }])
  })

  it('[MQTT-3.9.3-1] tells which filter of several was refused, and that alone', async () => {
    const { client, broker, takeErrors } = await connected({ version })
    broker.refuseWith('bad', version === 5 ? 0x87 : 0x80)
    const [good, bad] = [client.untyped('good'), client.untyped('bad')]
    bad.join()
    good.join()
    await settled()
    expect([good.status.get().state, bad.status.get().state]).toEqual(['joined', 'rejected'])
    expect(takeErrors()).toMatchObject([
      { code: 'channel.rejected', details: { channel: 'bad', code: version === 5 ? 0x87 : 0x80 } },
    ])
    expect(client.mqtt.granted('bad')).toBeUndefined()
  })

  it.each(['a#', '#/a', 'a+', '', '$share/g', '$share//a', '$share/+/a'])(
    '[MQTT-4.7.0-1, 4.7.1-1 to -3, 4.7.3-1, 4.8.2-1, -2] refuses %j before the server sees it',
    async (filter) => {
      const { client, sent, takeErrors } = await connected({ version })
      client.untyped(filter).join()
      await settled()
      expect(client.untyped(filter).status.get().state).toBe('rejected')
      expect([sent('subscribe'), takeErrors().length]).toEqual([[], 1])
    },
  )

  it.each(['suback', 'unsuback'] as const)(
    '[MQTT-2.3.1-6 | 3.8.4-2, 3.11.3-1] ends the connection at a %s that answers nothing',
    async (type) => {
      const { client, broker, sent, clock } = await connected({ version })
      broker.send({ type, id: 77, codes: [0] })
      await settled()
      expect(client.status.get().lastError).toMatchObject({ code: 'protocol.violation' })
      if (version === 5) expect(sent().at(-1)).toMatchObject({ type: 'disconnect', code: 0x82 })
      await clock.advance(5000)
    },
  )

  it('[MQTT-3.8.4-6 | 3.9.3-1] ends the connection at a SUBACK with codes too many', async () => {
    const { client, broker, clock } = await connected({ version })
    broker.instead = (packet, answer) => {
      if (packet.type !== 'subscribe') return false
      broker.instead = () => false
      answer({ type: 'suback', id: packet.id, codes: [0, 0] })
      return true
    }
    client.untyped('a').join()
    await settled()
    expect(client.status.get().lastError).toMatchObject({ code: 'protocol.violation' })
    await clock.advance(5000)
  })

  it('[MQTT-3.8.4-3] asks again when more is wanted, and not when less', async () => {
    const { client, sent, blink } = await connected({ version })
    client.untyped('a').join()
    await settled()
    client.untyped('a', { qos: 1 }).join()
    client.untyped('a', { qos: 0 }).join()
    client.untyped('a').join()
    await settled()
    expect(filters(sent('subscribe')).flat()).toEqual(['a 0', 'a 1'])
    expect(client.mqtt.granted('a')).toBe(1)
    await blink()
    expect(filters(sent('subscribe')).flat().at(-1)).toBe('a 1')
  })

  it('says latest-only of a channel whose publishes are all retained', async () => {
    const { client, blink } = await connected({ version })
    const gaps: string[] = []
    const channel = client.untyped('a', { retained: true })
    channel.onGap(({ continuity }) => gaps.push(continuity))
    channel.join()
    await settled()
    await blink()
    expect(gaps).toEqual(['latest-only'])
  })
})

describe('subscribing with 3.1.1', () => {
  it('asks for many filters in one packet', async () => {
    const { client, sent } = await connected({ version: '3.1.1' })
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    await settled()
    expect(filters(sent('subscribe'))).toEqual([['a 0', 'b 0', 'c 0']])
  })
})

describe('subscribing with 5', () => {
  it('passes on No Local, Retain As Published and Retain Handling', async () => {
    const { client, sent } = await connected()
    client.untyped('a', { noLocal: true, retainAsPublished: true, retainHandling: 2 }).join()
    await settled()
    expect(sent('subscribe')).toMatchObject([
      { filters: [{ filter: 'a', noLocal: true, retainAsPublished: true, retainHandling: 2 }] },
    ])
  })

  it('[MQTT-3.8.4-3] asks again when other options are wanted', async () => {
    const { client, sent } = await connected()
    client.untyped('a', { qos: 1 }).join()
    await settled()
    client.untyped('a', { qos: 1, noLocal: true }).join()
    await settled()
    expect(sent('subscribe')).toMatchObject([
      { filters: [{ filter: 'a', qos: 1, noLocal: false }] },
      { filters: [{ filter: 'a', qos: 1, noLocal: true }] },
    ])
  })

  it('[MQTT-3.8.3-4] refuses No Local for what is shared', async () => {
    const { client, sent, takeErrors } = await connected()
    client.untyped('$share/g/a', { noLocal: true }).join()
    await settled()
    expect([sent('subscribe'), takeErrors()]).toMatchObject([[], [{ code: 'channel.rejected' }]])
  })

  it.each([{ qos: 3 }, { qos: '1' }, { retainHandling: 5 }])(
    'rejects a channel with %j alone, which no server would take',
    async (options) => {
      const { client, sent, takeErrors } = await connected()
      const [bad, good] = [client.untyped('bad', options as never), client.untyped('good')]
      bad.join()
      good.join()
      await settled()
      expect([bad.status.get().state, good.status.get().state]).toEqual(['rejected', 'joined'])
      expect(sent('subscribe')).toMatchObject([{ filters: [{ filter: 'good' }] }])
      expect(takeErrors()).toMatchObject([
        {
          code: 'channel.rejected',
          message: expect.stringContaining('qos and retainHandling are 0, 1 or 2'),
        },
      ])
    },
  )

  it('gives every subscription an identifier, unless the server has none', async () => {
    const { client, sent } = await connected()
    for (const name of ['a', 'b']) client.untyped(name).join()
    await settled()
    expect(sent('subscribe')).toMatchObject([
      { properties: { subscriptionIdentifiers: [1] } },
      { properties: { subscriptionIdentifiers: [2] } },
    ])
    const other = setup()
    other.broker.connack = { properties: { subscriptionIdentifierAvailable: false } }
    await other.client.connect()
    for (const name of ['a', 'b']) other.client.untyped(name).join()
    await settled()
    expect(other.sent('subscribe')).toMatchObject([{ properties: undefined, filters: [{}, {}] }])
  })

  it('tries again where the server has no room yet', async () => {
    const { client, broker, clock, takeErrors } = await connected()
    broker.refuseWith('a', 0x97)
    const channel = client.untyped('a')
    channel.join()
    await settled()
    expect(channel.status.get()).toMatchObject({ state: 'rejected', retryAt: expect.any(Number) })
    expect(takeErrors()).toHaveLength(1)
    broker.instead = (packet, answer) => {
      if (packet.type !== 'subscribe') return false
      answer({ type: 'suback', id: packet.id, codes: [0] })
      return true
    }
    await clock.advance(30_000)
    expect(channel.status.get().state).toBe('joined')
  })
})
