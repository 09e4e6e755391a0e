import { describe, expect, it } from 'vitest'
import { bytes, publishesOf, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

const anonymous = { mode: 'production', authenticate: 'anonymous' } as const

describe('rights', () => {
  it('are none in production without a rule', async () => {
    const { connect } = setupMqtt(anonymous)
    const guest = await connect()
    const packets = await guest.say(
      toSubscribe('a'),
      toSubscribe('#'),
      toPublish('a', '1', { qos: 1 }),
      toPublish('a', '2', { qos: 2, id: 2 }),
    )
    expect(packets).toMatchObject([
      { codes: [0x87] },
      { codes: [0x87] },
      { type: 'puback', code: 0x87 },
      { type: 'pubrec', code: 0x87 },
    ])
  })

  it('come by the same rules as channels have', async () => {
    const { connect, authorize } = setupMqtt({ ...anonymous, authenticate: (token) => ({ id: `${token}` }) })
    authorize('user/{id}/inbox', (user, { id }) => user.id === id)
    authorize('user/{id}/outbox', (user, { id }) => ({ subscribe: false, publish: user.id === id }))
    const guest = await connect({ username: '7' })
    const packets = await guest.say(
      ...['user/7/inbox', 'user/8/inbox', 'user/+/inbox', 'user/7/outbox'].map((filter) =>
        toSubscribe(filter),
      ),
      ...['user/7/inbox', 'user/7/outbox'].map((topic) => toPublish(topic, '1', { qos: 1 })),
    )
    expect(packets).toMatchObject([
      { codes: [0] },
      { codes: [0x87] },
      { codes: [0x87] },
      { codes: [0x87] },
      { type: 'puback', code: 0x87 },
      { type: 'puback', code: 0 },
    ])
  })

  it('hold for each topic that a filter with wildcards brings', async () => {
    const { connect, authorize, publishMqtt } = setupMqtt(anonymous)
    authorize('open/*', () => true)
    authorize('open/secret/{id}', () => false)
    authorize('open/late/{id}', async () => true)
    await publishMqtt('open/secret/1', 'retained', { retain: true })
    const guest = await connect()
    await guest.say(toSubscribe('open/#', 1))
    for (const topic of ['open/a', 'open/secret/1', 'open', 'open/late/1', 'open/late/1', 'open/b'])
      await publishMqtt(topic, '1', { qos: 1 })
    expect([...shown(await guest.say({ type: 'pingreq' }))].sort()).toEqual([
      'open/a 1',
      'open/b 1',
      'open/late/1 1',
      'open/late/1 1',
      'pingresp',
    ])
  })

  it('are asked again for a topic when they could not be decided', async () => {
    const { connect, authorize, publishMqtt, crashes } = setupMqtt(anonymous)
    let isUp = false
    authorize('a/*', (_user, _params, { channel }) => {
      if (!isUp && channel === 'a/b') throw new Error('down')
      return true
    })
    const guest = await connect()
    await guest.say(toSubscribe('a/#'))
    await publishMqtt('a/b', '1')
    isUp = true
    await publishMqtt('a/b', '2')
    expect(shown(guest.take())).toEqual(['a/b 2'])
    expect(crashes.splice(0)).toHaveLength(1)
  })

  it('are asked for a shared filter without its name', async () => {
    const { connect, authorize } = setupMqtt(anonymous)
    authorize('a', () => true)
    expect(await (await connect()).say(toSubscribe('$share/g/a'))).toMatchObject([{ codes: [0] }])
  })

  it('are needed for a will', async () => {
    const { dial } = setupMqtt(anonymous)
    const will = { topic: 'w', payload: bytes('gone'), qos: 0, retain: false } as const
    expect(await dial().say(toConnect({ will }))).toMatchObject([{ type: 'connack', code: 0x87 }])
  })

  it('before MQTT 5 are refused by an acknowledgement and no more', async () => {
    const { connect, authorize } = setupMqtt(anonymous)
    authorize('a', () => true)
    const watcher = await connect()
    await watcher.say(toSubscribe('a'))
    const guest = await connect({ level: 4 })
    const packets = await guest.say(
      toSubscribe('b'),
      toPublish('a', '1', { qos: 1 }),
      toPublish('a', '1', { qos: 2, id: 2 }),
    )
    expect(packets).toMatchObject([
      { codes: [0x80] },
      { type: 'puback', code: 0 },
      { type: 'pubrec', code: 0 },
    ])
    expect(watcher.take()).toEqual([])
  })

  it('keep the order of publishes while a rule takes its time', async () => {
    const { connect, authorize } = setupMqtt(anonymous)
    const answers: ((grant: { publish: true }) => void)[] = []
    authorize('slow', () => new Promise((resolve) => void answers.push(resolve)))
    authorize('fast', () => ({ publish: true }))
    const guest = await connect()
    await guest.say(toSubscribe('fast'))
    const [slow, fast] = [
      toPublish('slow', '1', { qos: 1, id: 1 }),
      toPublish('fast', '2', { qos: 1, id: 2 }),
    ]
    expect([await guest.say(slow, fast), guest.isPaused]).toEqual([[], true])
    answers[0]?.({ publish: true })
    expect(await guest.say()).toMatchObject([
      { type: 'puback', id: 1 },
      { type: 'publish' },
      { type: 'puback', id: 2 },
    ])
    expect(guest.isPaused).toBe(false)
  })

  it('end at limits.channelsPerConnection filters', async () => {
    const { connect } = setupMqtt({ limits: { channelsPerConnection: 1 } })
    const packets = await (await connect()).say(toSubscribe('a'), toSubscribe('b'), toSubscribe('a'))
    expect(packets).toMatchObject([{ codes: [0] }, { codes: [0x97] }, { codes: [0] }])
  })

  it('never reach what is kept for the broker', async () => {
    const { connect } = setupMqtt()
    const guest = await connect()
    await guest.say(toSubscribe('$SYS/#'))
    const packets = await guest.say(
      toPublish('$SYS/a', '1', { qos: 1 }),
      toPublish('x/'.repeat(300), '1', { qos: 1 }),
    )
    expect(publishesOf(packets)).toEqual([])
    expect(packets).toMatchObject([{ code: 0x90 }, { code: 0x90 }])
  })

  it('can be taken back: the session ends, so that its client asks again', async () => {
    const { connect, authorize, revoke } = setupMqtt({
      ...anonymous,
      authenticate: (token) => ({ id: `${token}` }),
    })
    let isOpen = true
    authorize('a/{id}', () => isOpen)
    const kept = { clean: false, properties: { sessionExpiryInterval: 100 } }
    const one = { ...kept, clientId: 'one', username: '1' }
    const [guest, other] = [await connect(one), await connect({ ...kept, clientId: 'two', username: '2' })]
    for (const each of [guest, other]) await each.say(toSubscribe('a/7'))
    isOpen = false
    expect(revoke('a/7', { user: '1' })).toBe(1)
    expect(await guest.take()).toMatchObject([{ type: 'disconnect', code: 0x98 }])
    expect(other.end).toBeUndefined()
    const again = await connect({ ...one, clean: false })
    expect(again.connack.sessionPresent).toBe(false)
    expect(await again.say(toSubscribe('a/7'))).toMatchObject([{ codes: [0x87] }])
  })

  it('can be taken back from a client that is away', async () => {
    const { connect, revoke } = setupMqtt()
    const kept = { clean: false, clientId: 'c', properties: { sessionExpiryInterval: 100 } }
    const guest = await connect(kept)
    await guest.say(toSubscribe('$share/g/a/7'))
    await guest.drop()
    expect(revoke('a/7')).toBe(1)
    expect((await connect(kept)).connack.sessionPresent).toBe(false)
    expect(revoke('a/7')).toBe(0)
  })

  it('are asked again for a topic of a wildcard when they are taken back', async () => {
    const { connect, authorize, publishMqtt, revoke } = setupMqtt(anonymous)
    let isOpen = true
    authorize('a/*', () => isOpen)
    const guest = await connect()
    await guest.say(toSubscribe('a/#'))
    await publishMqtt('a/b', '1')
    isOpen = false
    expect(revoke('a/b')).toBe(0)
    await publishMqtt('a/b', '2')
    expect(shown(await guest.say({ type: 'pingreq' }))).toEqual(['a/b 1', 'pingresp'])
  })

  it('can be taken back while they are still asked for', async () => {
    const { connect, authorize, revoke } = setupMqtt(anonymous)
    let allow = (_may: boolean): void => {}
    authorize(
      'a',
      () =>
        new Promise<boolean>((resolve) => {
          allow = resolve
        }),
    )
    const guest = await connect()
    const asked = guest.say(toSubscribe('a'))
    await asked
    revoke('a')
    allow(true)
    expect(await guest.say()).toMatchObject([{ type: 'suback', codes: [0x87] }])
  })
})
