import { describe, expect, it } from 'vitest'
import { publishesOf, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

describe('shared subscriptions', () => {
  it('bring each message to one of those who are there, in turn', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const kept = { clean: false, properties: { sessionExpiryInterval: 10 } }
    const [one, two, gone, alone] = [await connect(), await connect(), await connect(kept), await connect()]
    for (const guest of [one, two, gone]) await guest.say(toSubscribe('$share/g/a/+', 1))
    await alone.say(toSubscribe('$share/h/a/#', 1))
    await gone.drop()
    for (const text of ['1', '2', '3', '4']) await publishMqtt('a/b', text, { qos: 1 })
    const counts = [one, two, alone].map((guest) => publishesOf(guest.take()).length)
    expect(counts[2]).toBe(4)
    expect(counts.slice(0, 2).every((count) => count > 0)).toBe(true)
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(4)
  })

  /** A member of a shared subscription that leaves `a 1`, `a 2` ... with its session, and another one. */
  async function setupLeaving(qos: 0 | 1 | 2, receiveMaximum = 2) {
    const kit = setupMqtt()
    const expiry = { sessionExpiryInterval: 10 }
    const leaving = { clientId: 'leaving', clean: false, properties: { ...expiry, receiveMaximum } }
    const guest = await kit.connect(leaving)
    await guest.say(toSubscribe('$share/g/a', qos))
    for (const text of ['1', '2', '3', '4']) await kit.publishMqtt('a', text, { qos: 2 })
    const heir = await kit.connect({ properties: { receiveMaximum: 10 } })
    await heir.say(toSubscribe('$share/g/a', 2))
    return {
      ...{ ...kit, guest, heir, leaving },
      async expire() {
        await guest.drop()
        expect(heir.take()).toEqual([])
        await kit.clock.advance(10_000)
        return publishesOf(heir.take())
      },
    }
  }

  it('bring to another what was not acknowledged at QoS 1 when a session ends, as new [MQTT-4.8.2]', async () => {
    const { guest, expire } = await setupLeaving(1)
    const [first] = publishesOf(guest.take())
    await guest.say({ type: 'puback', id: first?.id ?? 0, code: 0 })
    const inherited = await expire()
    expect(shown(inherited)).toEqual(['a 2', 'a 3', 'a 4'])
    expect(inherited.every(({ dup, qos }) => !dup && qos === 2)).toBe(true)
  })

  it('bring to nobody else what was sent at QoS 2, but what never was [MQTT-4.8.2-5]', async () => {
    const { guest, expire } = await setupLeaving(2)
    const [, second] = publishesOf(guest.take())
    await guest.say({ type: 'pubrec', id: second?.id ?? 0, code: 0 })
    expect(shown(await expire())).toEqual(['a 3', 'a 4'])
  })

  it('bring it back to its own client when that comes back in time [MQTT-4.8.2-4]', async () => {
    const { connect, guest, heir, leaving, clock } = await setupLeaving(2, 10)
    await guest.drop()
    const again = await connect(leaving)
    expect(shown(again.take())).toEqual(['a 1', 'a 2', 'a 3', 'a 4'])
    await clock.advance(20_000)
    expect(heir.take()).toEqual([])
  })

  it('pass it on when its client begins anew', async () => {
    const { dial, guest, heir } = await setupLeaving(1)
    await guest.drop()
    await dial().say(toConnect({ clientId: 'leaving', clean: true }))
    expect(shown(heir.take())).toEqual(['a 1', 'a 2', 'a 3', 'a 4'])
  })

  it('bring nobody what a member has refused [MQTT-4.8.2-6]', async () => {
    const { guest, expire } = await setupLeaving(1, 10)
    for (const { id } of publishesOf(guest.take())) await guest.say({ type: 'puback', id, code: 0x80 })
    expect(await expire()).toEqual([])
  })

  it('bring nobody what has expired meanwhile', async () => {
    const { connect, guest, heir, clock } = await setupLeaving(1, 10)
    for (const { id } of publishesOf(guest.take())) await guest.say({ type: 'puback', id, code: 0 })
    const from = await connect()
    const publish = (text: string, seconds: number) =>
      from.say(toPublish('a', text, { qos: 1, properties: { messageExpiryInterval: seconds } }))
    for (const [text, seconds] of [
      ['5', 5],
      ['6', 5],
      ['7', 60],
      ['8', 60],
    ] as const)
      await publish(text, seconds)
    const [seen, left] = [shown(heir.take()), shown(publishesOf(guest.take()))]
    expect([...seen, ...left].sort()).toEqual(['a 5', 'a 6', 'a 7', 'a 8'])
    await guest.drop()
    await clock.advance(10_000)
    expect(shown(publishesOf(heir.take()))).toEqual(left.filter((text) => text > 'a 6'))
    expect(left).toHaveLength(2)
  })

  it('keep what only its own filter brought to a session', async () => {
    const kit = setupMqtt()
    const guest = await kit.connect()
    const other = await kit.connect()
    for (const each of [guest, other]) await each.say(toSubscribe('a', 1))
    await kit.publishMqtt('a', '1', { qos: 1 })
    expect(shown(other.take())).toEqual(['a 1'])
    await guest.drop()
    expect(other.take()).toEqual([])
  })
})
