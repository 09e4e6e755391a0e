import { describe, expect, it } from 'vitest'
import { bytes, publishesOf, setupMqtt, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'

const will = { topic: 'w', payload: bytes('gone'), qos: 1, retain: false } as const
const kept = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } }

describe('sessions', () => {
  it.each([
    ['3.1.1', { level: 4, clientId: 'c', clean: false }],
    ['5', kept],
  ] as const)(
    'of %s go on: subscriptions, what came meanwhile, and what was not acknowledged',
    async (_name, options) => {
      const { connect, publishMqtt } = setupMqtt()
      const guest = await connect(options)
      await guest.say(toSubscribe('a', 2))
      await publishMqtt('a', '1', { qos: 1 })
      await publishMqtt('a', '2', { qos: 2 })
      const [one, two] = publishesOf(guest.take())
      expect(shown(await guest.say({ type: 'pubrec', id: two?.id ?? 0, code: 0 }))).toEqual(['pubrel'])
      await guest.drop()
      await publishMqtt('a', '3', { qos: 1 })
      await publishMqtt('a', 'lost')
      const again = await connect(options)
      const packets = again.take()
      expect(again.connack.sessionPresent).toBe(true)
      expect(packets).toMatchObject([
        { type: 'publish', id: one?.id, dup: true },
        { type: 'pubrel', id: two?.id },
        { type: 'publish', dup: false },
      ])
      expect(shown(packets)).toEqual(['a 1', 'pubrel', 'a 3'])
    },
  )

  it('send again no more than the new connection takes', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const guest = await connect(kept)
    await guest.say(toSubscribe('a', 1))
    for (const text of ['1', '2', '3']) await publishMqtt('a', text, { qos: 1 })
    await guest.drop()
    const again = await connect({ ...kept, properties: { sessionExpiryInterval: 100, receiveMaximum: 1 } })
    const [first, ...more] = publishesOf(again.take())
    expect([first?.dup, more]).toEqual([true, []])
    const [next] = publishesOf(await again.say({ type: 'puback', id: first?.id ?? 0, code: 0 }))
    expect(next).toMatchObject({ dup: true, payload: bytes('2') })
  })

  it('remember which QoS 2 they have taken', async () => {
    const { connect } = setupMqtt()
    const guest = await connect(kept)
    const watcher = await connect()
    await watcher.say(toSubscribe('a'))
    const publish = toPublish('a', '1', { qos: 2, id: 5 })
    await guest.say(publish)
    await guest.drop()
    expect(shown(await (await connect(kept)).say({ ...publish, dup: true }))).toEqual(['pubrec'])
    expect(shown(watcher.take())).toEqual(['a 1'])
  })

  it('end with a clean start, and with their expiry', async () => {
    const { connect, clock } = setupMqtt()
    await (await connect(kept)).drop()
    const clean = await connect({ ...kept, clean: true })
    expect(clean.connack.sessionPresent).toBe(false)
    await clean.drop()
    await clock.advance(100_000)
    expect((await connect(kept)).connack.sessionPresent).toBe(false)
  })

  it('are kept no longer than the server allows, and it says so', async () => {
    const { connect, clock } = setupMqtt({ mqtt: { sessionMs: 5000 } })
    const guest = await connect(kept)
    expect(guest.connack.properties?.sessionExpiryInterval).toBe(5)
    await guest.drop()
    await clock.advance(5000)
    expect((await connect(kept)).connack.sessionPresent).toBe(false)
  })

  it('may be changed by DISCONNECT, but not from nothing', async () => {
    const { connect, clock } = setupMqtt()
    const guest = await connect(kept)
    await guest.say({ type: 'disconnect', code: 0, properties: { sessionExpiryInterval: 2 } })
    await clock.advance(2000)
    expect((await connect(kept)).connack.sessionPresent).toBe(false)
    const none = await connect()
    const answer = await none.say({ type: 'disconnect', code: 0, properties: { sessionExpiryInterval: 2 } })
    expect(answer).toMatchObject([{ type: 'disconnect', code: 0x82 }])
  })

  it('are at most so many', async () => {
    const { connect, dial } = setupMqtt({ mqtt: { sessions: 2 } })
    await (await connect(kept)).drop()
    await connect()
    expect(await dial().say(toConnect())).toMatchObject([{ type: 'connack', code: 0x97 }])
    expect(await dial(4).say(toConnect({ level: 4 }))).toMatchObject([{ type: 'connack', code: 3 }])
    expect((await connect(kept)).connack.sessionPresent).toBe(true)
  })

  it('are taken over by another connection with the same id', async () => {
    const { connect, publishMqtt } = setupMqtt()
    const older = await connect(kept)
    await older.say(toSubscribe('a', 1))
    const newer = await connect(kept)
    expect(older.take()).toMatchObject([{ type: 'disconnect', code: 0x8e }])
    expect([older.end, newer.connack.sessionPresent]).toEqual([1008, true])
    await publishMqtt('a', '1', { qos: 1 })
    expect(shown(newer.take())).toEqual(['a 1'])
  })

  it('survive two connections that are let in at once', async () => {
    const { dial, publishMqtt, core } = setupMqtt()
    const [one, two] = [dial(), dial()]
    const both = await Promise.all([one.say(toConnect(kept)), two.say(toConnect(kept))])
    const [open, ...more] = [one, two].filter(({ end }) => end === undefined)
    expect([more, both.flat().length > 0, core.mqtt?.broker.store.sessions.size]).toEqual([[], true, 0])
    await open?.say(toSubscribe('a'))
    await publishMqtt('a', '1')
    expect(shown(open?.take() ?? [])).toEqual(['a 1'])
    await open?.drop()
    expect(core.mqtt?.broker.store.sessions.size).toBe(1)
  })

  it('keep so much for who is away, and no more', async () => {
    const { connect, publishMqtt } = setupMqtt({ mqtt: { queuedMessages: 5, queuedBytes: 700 } })
    const guest = await connect(kept)
    await guest.say(toSubscribe('a', 1))
    await guest.drop()
    for (const text of ['1', '2', '3', '4']) await publishMqtt('a', text, { qos: 1 })
    expect(shown((await connect(kept)).take())).toEqual(['a 1', 'a 2', 'a 3'])
  })
})

describe('wills', () => {
  it.each([4, 5] as const)(
    'are published when a client of level %i is gone without a word',
    async (level) => {
      const { connect } = setupMqtt()
      const watcher = await connect()
      await watcher.say(toSubscribe('w', 1))
      await (await connect({ level, will })).drop()
      expect(shown(watcher.take())).toEqual(['w gone'])
    },
  )

  it('are not when it leaves, unless it asks for that', async () => {
    const { connect } = setupMqtt()
    const watcher = await connect()
    await watcher.say(toSubscribe('w'))
    await (await connect({ will })).say({ type: 'disconnect', code: 0 })
    expect(watcher.take()).toEqual([])
    await (await connect({ will })).say({ type: 'disconnect', code: 4 })
    expect(shown(watcher.take())).toEqual(['w gone'])
  })

  it('wait for their delay, or for the end of the session if that is earlier', async () => {
    const { connect, clock } = setupMqtt()
    const watcher = await connect()
    await watcher.say(toSubscribe('w'))
    const late = { ...will, properties: { willDelayInterval: 10 } }
    await (await connect({ ...kept, will: late })).drop()
    await (await connect({ will: late, properties: { sessionExpiryInterval: 3 } })).drop()
    await clock.advance(2999)
    expect(watcher.take()).toEqual([])
    await clock.advance(1)
    expect(shown(watcher.take())).toEqual(['w gone'])
    await clock.advance(7000)
    expect(shown(watcher.take())).toEqual(['w gone'])
  })

  it('are dropped when the client comes back in time, and published when it begins anew', async () => {
    const { connect, clock } = setupMqtt()
    const watcher = await connect()
    await watcher.say(toSubscribe('w'))
    const late = { ...will, properties: { willDelayInterval: 10 } }
    await (await connect({ ...kept, will: late })).drop()
    await clock.advance(5000)
    const again = await connect({ ...kept, will: late })
    await clock.advance(10_000)
    expect(watcher.take()).toEqual([])
    await again.drop()
    await connect({ ...kept, clean: true })
    expect(shown(watcher.take())).toEqual(['w gone'])
  })

  it('are published when the server ends the client for a violation, or a silence', async () => {
    const { connect, clock } = setupMqtt()
    const watcher = await connect()
    await watcher.say(toSubscribe('w'))
    await (await connect({ will })).say(toConnect())
    await connect({ will, keepAlive: 1 })
    await clock.advance(1500)
    expect(shown(watcher.take())).toEqual(['w gone', 'w gone'])
  })

  it('are retained when they say so', async () => {
    const { connect } = setupMqtt()
    await (await connect({ will: { ...will, retain: true } })).drop()
    expect(shown(publishesOf(await (await connect()).say(toSubscribe('w'))))).toEqual(['w gone'])
  })
})
