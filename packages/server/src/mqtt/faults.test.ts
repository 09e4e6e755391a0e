import { encode, type Packet } from '@org/realtime-mqtt/codec'
import { describe, expect, it } from 'vitest'
import { publishesOf, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'
import { kindOf, spoil } from './packets.ts'

const out = { at: 'frame', direction: 'out' } as const

describe('faults of packets', () => {
  it('drop, delay, double and swap them', async () => {
    const { connect, publishMqtt, faults, clock } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('a'))
    const publish = { ...out, type: 'publish' } as const
    faults.add({ ...publish, nth: 1, do: 'drop' })
    faults.add({ ...publish, nth: 2, do: 'delay', ms: 100 })
    faults.add({ ...publish, nth: 3, do: 'duplicate' })
    faults.add({ ...publish, nth: 4, do: 'reorder' })
    for (const n of [1, 2, 3, 4, 5]) await publishMqtt('a', `${n}`)
    expect(shown(guest.take())).toEqual(['a 3', 'a 3', 'a 5', 'a 4'])
    await clock.advance(100)
    expect(shown(guest.take())).toEqual(['a 2'])
  })

  it('swallow acknowledgements, of the server and of the client', async () => {
    const { connect, publishMqtt, faults } = setupMqtt()
    const guest = await connect({ properties: { receiveMaximum: 1 } })
    await guest.say(toSubscribe('a', 1))
    const remove = faults.add({ at: 'frame', type: 'puback', do: 'drop' })
    expect(shown(await guest.say(toPublish('b', '1', { qos: 1 })))).toEqual([])
    await publishMqtt('a', '1', { qos: 1 })
    await publishMqtt('a', '2', { qos: 1 })
    const [first] = publishesOf(guest.take())
    const puback = { type: 'puback', id: first?.id ?? 0, code: 0 } as const
    expect(await guest.say(puback)).toEqual([])
    remove()
    expect(shown(await guest.say(puback))).toEqual(['a 2'])
  })

  it('send a second CONNACK', async () => {
    const { dial, faults } = setupMqtt()
    faults.add({ ...out, type: 'connack', do: 'duplicate' })
    expect(shown(await dial().say(toConnect()))).toEqual(['connack', 'connack'])
  })

  it('spoil them: so that they make no sense, or answer something else', async () => {
    const { connect, faults } = setupMqtt()
    const guest = await connect()
    faults.add({ ...out, type: 'puback', nth: 1, do: 'wrong-id' })
    const [puback] = await guest.say(toPublish('a', '1', { qos: 1, id: 9 }))
    expect(puback).toMatchObject({ type: 'puback', id: 0x5509 })
    faults.add({ at: 'frame', direction: 'in', type: 'publish', nth: 1, do: 'malform' })
    expect(await guest.say(toPublish('a', '1'))).toMatchObject([{ type: 'disconnect', code: 0x82 }])
  })

  it('are about the topic of a publish', async () => {
    const { connect, publishMqtt, faults } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('#'))
    faults.add({ ...out, type: 'publish', channel: 'a/{id}', do: 'drop' })
    for (const topic of ['a/1', 'b/1']) await publishMqtt(topic, '1')
    // The filters of the connection are not what a packet is about.
    expect(shown(guest.take())).toEqual(['b/1 1'])
  })

  it('are about the topic of a publish also where an alias stands for it, both ways', async () => {
    const { connect, publishMqtt, faults } = setupMqtt()
    const guest = await connect({ properties: { topicAliasMaximum: 5 } })
    const hears = await connect({ clientId: 'hears' })
    await guest.say(toSubscribe('a/#'))
    await hears.say(toSubscribe('b/#'))
    const aliased = (topic: string, text: string) => toPublish(topic, text, { properties: { topicAlias: 1 } })
    await guest.say(aliased('b/1', 'first'))
    await publishMqtt('a/1', 'first')
    expect([shown(guest.take()), shown(hears.take())]).toEqual([['a/1 first'], ['b/1 first']])
    const drops = ['a/{id}', 'b/{id}'].map((channel) =>
      faults.add({ at: 'frame', type: 'publish', channel, do: 'drop' }),
    )
    await guest.say(aliased('', 'dropped'))
    await publishMqtt('a/1', 'dropped')
    expect([shown(guest.take()), shown(hears.take())]).toEqual([[], []])
    for (const remove of drops) remove()
    await guest.say(aliased('', 'again'))
    expect(shown(hears.take())).toEqual(['b/1 again'])
  })

  it('are about the topic of an aliased publish that names the subscription it is for', async () => {
    const { connect, publishMqtt, faults } = setupMqtt()
    const guest = await connect({ properties: { topicAliasMaximum: 5 } })
    const properties = { subscriptionIdentifiers: [3] }
    await guest.say({ ...toSubscribe('a/#'), properties } as Packet)
    await publishMqtt('a/1', 'first')
    expect(publishesOf(guest.take())).toMatchObject([{ topic: 'a/1', properties }])
    faults.add({ ...out, type: 'publish', channel: 'a/{id}', do: 'drop' })
    await publishMqtt('a/1', 'dropped')
    expect(guest.take()).toEqual([])
  })

  it('refuse joins and publishes, and deny a client', async () => {
    const { connect, dial, faults } = setupMqtt()
    const guest = await connect()
    faults.add({ at: 'join', channel: 'a', do: 'refuse', code: 'limit' })
    faults.add({ at: 'publish', channel: 'a', do: 'refuse' })
    expect(await guest.say(toSubscribe('a'), toPublish('a', '1', { qos: 1 }))).toMatchObject([
      { codes: [0x97] },
      { code: 0x87 },
    ])
    faults.add({ at: 'hello', do: 'deny', code: 'limit' })
    expect(await dial().say(toConnect())).toMatchObject([{ type: 'connack', code: 0x97 }])
  })

  it('forget the session of a client that comes back', async () => {
    const { connect, faults } = setupMqtt()
    const kept = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } }
    await (await connect(kept)).drop()
    faults.add({ at: 'hello', do: 'forget-session' })
    expect((await connect(kept)).connack.sessionPresent).toBe(false)
  })

  it('note what clients publish, and what they repeat', async () => {
    const { connect, faults } = setupMqtt()
    const guest = await connect({ clientId: 'c' })
    const recording = faults.record()
    const two = toPublish('b', '2', { qos: 2, id: 1 })
    await guest.say(toPublish('a', '0'), toPublish('a', '1', { qos: 1 }), two, { ...two, dup: true })
    expect(recording.received.map(({ channel, client, isRepeat }) => [channel, client, isRepeat])).toEqual([
      ['a', 'c', false],
      ['a', 'c', false],
      ['b', 'c', false],
      ['b', 'c', true],
    ])
    recording.stop()
  })
})

describe('kindOf', () => {
  it('reads type and topic of whatever comes', () => {
    expect(kindOf(encode(toPublish('a/ä', 'x'.repeat(300)), 5))).toEqual({
      type: 'publish',
      channels: ['a/ä'],
    })
    expect(kindOf(encode(toSubscribe('a'), 4))).toEqual({ type: 'subscribe', channels: [] })
    for (const frame of ['text', new Uint8Array(0), Uint8Array.of(0x30), Uint8Array.of(0x30, 0xff)])
      expect(kindOf(frame).channels).toEqual([])
  })
})

describe('spoil', () => {
  it('changes the identifier, wherever it is, and leaves alone what has none', () => {
    const publish = encode(toPublish('a', '1', { qos: 1, id: 1 }), 5)
    const spoilt = spoil(publish, 'wrong-id') as Uint8Array
    expect([...publish].map((byte, at) => (byte === spoilt[at] ? 0 : 1)).join('')).toBe('000001000')
    const ping = encode({ type: 'pingreq' }, 5)
    expect([spoil(ping, 'wrong-id'), spoil('text', 'malform')]).toEqual([ping, 'text'])
  })
})
