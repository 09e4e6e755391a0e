import type { Packet } from '@org/realtime-mqtt/codec'
import { describe, expect, it } from 'vitest'
import { buildCli } from '../cli/cli-test-setup.ts'
import { startNodeProcess } from '../redis/cluster-test-setup.ts'
import { DURABLE, startRedis, startWire } from '../redis/redis-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { publishesOf, shown, toConnect, toPublish, toSubscribe } from './mqtt-test-setup.ts'
import { connectPackets, connectPeer, type PacketPeer, startMqttNode, stays } from './nodes-test-setup.ts'

const cli = buildCli()

async function startTwo(more: Parameters<typeof startMqttNode>[1] = {}) {
  const redis = await startRedis()
  const [a, b] = [await startMqttNode(redis.port, more), await startMqttNode(redis.port, more)]
  return { redis, a, b, crashes: () => [...a.crashes, ...b.crashes] }
}

const toWill = (willDelayInterval = 0, topic = 'will') => ({
  topic,
  payload: Buffer.from('gone'),
  qos: 1 as const,
  retain: false,
  properties: { willDelayInterval },
})

const authenticate = (token: string | undefined) => ({ id: token ?? '' })

/** Of two nodes the far one may stop on its way to Redis when it writes a session. */
async function startSlow(more: Parameters<typeof startMqttNode>[1] = {}) {
  const redis = await startRedis()
  const wire = await startWire(redis.port)
  const patient = { timeoutMs: 30_000 }
  const near = await startMqttNode({ ...patient, port: redis.port }, more)
  const far = await startMqttNode({ ...patient, port: wire.port }, more)
  const comesHalf = async (connect: Packet) => {
    const isWriting = wire.stallAt('"openedAt"')
    const connected = connectPackets(far.port, connect)
    // It may be cut before there is an answer.
    connected.catch(() => {})
    await isWriting
    return {
      cut() {
        far.server.faults.add({ at: 'now', do: 'cut', client: 'c' })()
        wire.flow()
      },
      goesOn: () => {
        wire.flow()
        return connected
      },
    }
  }
  return { near, far, comesHalf }
}

async function isThere(guest: PacketPeer): Promise<void> {
  guest.send({ type: 'pingreq' })
  await guest.next('pingresp')
}

describe('a client that comes to another node', () => {
  it('ends its connection to the first with 0x8E, and goes on with its session', async () => {
    const { a, b, crashes } = await startTwo()
    const first = await connectPackets(a.port, stays('c'))
    expect(first.connack.sessionPresent).toBe(false)
    first.send(toSubscribe('n', 1))
    await first.next('suback')
    const second = await connectPackets(b.port, stays('c'))
    expect(second.connack.sessionPresent).toBe(true)
    expect(await first.next('disconnect')).toMatchObject({ code: 0x8e })
    await a.server.publishMqtt('n', '1', { qos: 1 })
    expect(shown([await second.next('publish')])).toEqual(['n 1'])
    const third = await connectPackets(a.port, stays('c', { clean: true }))
    expect(third.connack.sessionPresent).toBe(false)
    expect(await second.next('disconnect')).toMatchObject({ code: 0x8e })
    expect(crashes()).toEqual([])
  })

  it('is ended too where its session does not stay', async () => {
    const { a, b } = await startTwo()
    const first = await connectPackets(a.port, toConnect({ clientId: 'c' }))
    const second = await connectPackets(b.port, toConnect({ clientId: 'c' }))
    expect(await first.next('disconnect')).toMatchObject({ code: 0x8e })
    await isThere(second)
  })

  it('gets what it has not acknowledged, with its ids, and then what came meanwhile', async () => {
    const { a, b, crashes } = await startTwo()
    const first = await connectPackets(a.port, stays('c'))
    first.send(toSubscribe('n', 2))
    await first.next('suback')
    for (const [text, qos] of [
      ['acknowledged', 1],
      ['sent', 1],
      ['received', 2],
    ] as const)
      await a.server.publishMqtt('n', text, { qos })
    await until(() => expect(publishesOf(first.packets)).toHaveLength(3))
    const [one, two, three] = publishesOf(first.packets)
    first.send({ type: 'puback', id: one?.id ?? 0, code: 0 })
    first.send({ type: 'pubrec', id: three?.id ?? 0, code: 0 })
    await first.next('pubrel')
    first.drop()
    await until(async () => {
      const [count] = a.server.connections()
      expect(count).toBeUndefined()
    })
    await b.server.publishMqtt('n', 'meanwhile', { qos: 1 })
    await b.server.publishMqtt('n', 'not kept', { qos: 0 })
    const second = await connectPackets(b.port, stays('c'))
    await until(() => expect(shown(second.packets)).toEqual(['connack', 'n sent', 'pubrel', 'n meanwhile']))
    const [again, later] = publishesOf(second.packets)
    expect(again).toMatchObject({ id: two?.id, dup: true })
    expect(later).toMatchObject({ dup: false })
    expect(crashes()).toEqual([])
  })

  it('has a publish of QoS 2 taken once, whichever node it is sent to again', async () => {
    const { a, b } = await startTwo()
    const hears = await b.connect()
    await hears.subscribe('n', 2)
    const first = await connectPackets(a.port, stays('c'))
    first.send(toPublish('n', 'once', { qos: 2, id: 7 }))
    await first.next('pubrec')
    first.drop()
    await until(() => expect(hears.heard).toEqual(['n once']))
    const second = await connectPackets(b.port, stays('c'))
    second.send(toPublish('n', 'once', { qos: 2, id: 7, dup: true }))
    await second.next('pubrec')
    second.send({ type: 'pubrel', id: 7, code: 0 })
    await second.next('pubcomp')
    second.send(toPublish('n', 'another', { qos: 2, id: 7 }))
    await second.next('pubrec')
    await until(() => expect(hears.heard).toEqual(['n once', 'n another']))
  })

  it('is refused when the session is of another user', async () => {
    const { a, b } = await startTwo({ authenticate })
    await connectPackets(a.port, stays('c', { username: 'ann' }))
    const other = await connectPackets(b.port, stays('c', { username: 'ben' }))
    expect(other.connack.code).toBe(0x85)
  })

  it('is refused too when both come at once, as soon as the others know the session of one', async () => {
    const { near, comesHalf } = await startSlow({ authenticate })
    const ann = await comesHalf(stays('c', { username: 'ann' }))
    const ben = await connectPackets(near.port, stays('c', { username: 'ben' }))
    expect(ben.connack.code).toBe(0)
    expect((await ann.goesOn()).connack.code).toBe(0x85)
    await isThere(ben)
  })

  it('keeps its session as it was when it is cut before it is let in, and its will does not come', async () => {
    const { near, far, comesHalf } = await startSlow()
    const hears = await near.connect()
    await hears.subscribe('will', 1)
    const first = await connectPackets(far.port, stays('c'))
    first.send(toSubscribe('n', 1))
    await first.next('suback')
    first.drop()
    await until(() => expect(far.server.connections()).toEqual([]))
    await far.server.publishMqtt('n', '1', { qos: 1 })
    const half = await comesHalf(toConnect({ clientId: 'c', clean: false, will: toWill() }))
    half.cut()
    const again = await connectPackets(far.port, stays('c'))
    expect(again.connack.sessionPresent).toBe(true)
    expect(shown([await again.next('publish')])).toEqual(['n 1'])
    await far.server.publishMqtt('will', 'end', { qos: 1 })
    await until(() => expect(hears.heard).toContain('will end'))
    expect(hears.heard).toEqual(['will end'])
  })

  it('is let in once the others know its session, and stays where it came last', async () => {
    const { near, comesHalf } = await startSlow()
    const first = await comesHalf(stays('c'))
    const begun = Date.now()
    await until(() => expect(Date.now()).toBeGreaterThan(begun))
    const last = await connectPackets(near.port, stays('c'))
    expect((await first.goesOn()).connack.code).toBe(0x88)
    await isThere(last)
  })

  it('finds no session when the rules do not grant its filters any more', async () => {
    const { a, b } = await startTwo()
    let isGranted = true
    for (const { server } of [a, b]) server.authorize('n', () => isGranted)
    const first = await connectPackets(a.port, stays('c'))
    first.send(toSubscribe('n', 1))
    expect(await first.next('suback')).toMatchObject({ codes: [1] })
    first.drop()
    isGranted = false
    const second = await connectPackets(b.port, stays('c'))
    expect(second.connack.sessionPresent).toBe(false)
  })

  it('finds its session after its node has ended', async () => {
    const { a, b } = await startTwo()
    const first = await connectPackets(a.port, stays('c'))
    first.send(toSubscribe('n', 1))
    await first.next('suback')
    await a.server.close()
    await b.server.publishMqtt('n', '1', { qos: 1 })
    const second = await connectPackets(b.port, stays('c'))
    expect(second.connack.sessionPresent).toBe(true)
    expect(shown([await second.next('publish')])).toEqual(['n 1'])
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })
})

describe('when a node is killed', () => {
  async function startDying() {
    const redis = await startRedis(DURABLE)
    const dies = await startNodeProcess(cli, redis.port, ['--redis.leaseMs=3000'])
    const lives = await startMqttNode(redis.port, { redis: { port: redis.port, leaseMs: 3000 } })
    return { redis, dies, lives }
  }

  it('its sessions go on elsewhere with all that was acknowledged, and wills are published once', async () => {
    const { dies, lives } = await startDying()
    const hears = await lives.connect()
    await hears.subscribe('will/#', 1)
    const online = await connectPackets(dies.port, stays('online', { will: toWill(600, 'will/late') }))
    const parked = await connectPackets(dies.port, stays('parked'))
    for (const guest of [online, parked]) {
      guest.send(toSubscribe('n', 1))
      await guest.next('suback')
    }
    await connectPackets(dies.port, toConnect({ clientId: 'clean', will: toWill(0, 'will/now') }))
    parked.drop()
    const from = await connectPeer(dies.port)
    const texts = Array.from({ length: 50 }, (_, n) => `n ${n}`)
    for (const [n] of texts.slice(0, 25).entries()) await from.publish('n', `${n}`, 1)
    await dies.kill()
    for (const [n] of texts.slice(25).entries()) await lives.server.publishMqtt('n', `${n + 25}`, { qos: 1 })
    for (const clientId of ['online', 'parked']) {
      const again = await connectPackets(lives.port, stays(clientId))
      expect(again.connack.sessionPresent).toBe(true)
      const heard = () => new Set(publishesOf(again.packets).map((packet) => shown([packet])[0]))
      await until(() => expect([...heard()]).toEqual(texts))
    }
    await until(() => expect(hears.heard).toEqual(['will/now gone']))
    expect(lives.crashes).toEqual([])
  })

  it('its sessions end in their time, with their wills, on one of the others', async () => {
    const { redis, dies, lives } = await startDying()
    const third = await startMqttNode(redis.port, { redis: { port: redis.port, leaseMs: 3000 } })
    const hears = await lives.connect()
    await hears.subscribe('will', 1)
    await connectPackets(
      dies.port,
      stays('c', { will: toWill(600), properties: { sessionExpiryInterval: 1 } }),
    )
    await dies.kill()
    await until(() => expect(hears.heard).toEqual(['will gone']))
    const again = await connectPackets(third.port, stays('c'))
    expect(again.connack.sessionPresent).toBe(false)
    expect(hears.heard).toEqual(['will gone'])
  })

  it('and Redis is too, its parked sessions are there for a node that starts later', async () => {
    const { redis, dies, lives } = await startDying()
    const guest = await connectPackets(dies.port, stays('c'))
    guest.send(toSubscribe('n', 1))
    await guest.next('suback')
    guest.drop()
    await lives.server.publishMqtt('n', '1', { qos: 1 })
    await dies.kill()
    await lives.server.close()
    await redis.kill()
    await redis.start()
    const late = await startMqttNode(redis.port)
    const again = await connectPackets(late.port, stays('c'))
    expect(again.connack.sessionPresent).toBe(true)
    expect(shown([await again.next('publish')])).toEqual(['n 1'])
  })
})

describe('while Redis is away', () => {
  async function startAway(more: Parameters<typeof startMqttNode>[1] = {}, connect: object = {}) {
    const redis = await startRedis(DURABLE)
    const [a, b] = [await startMqttNode(redis.port, more), await startMqttNode(redis.port, more)]
    const first = await connectPackets(a.port, stays('c', connect))
    await redis.kill()
    // The nodes are asked whether they know already.
    const isAway = async (port: number) => (await fetch(`http://127.0.0.1:${port}/ready`)).status === 503
    await until(async () => expect([await isAway(a.port), await isAway(b.port)]).toEqual([true, true]))
    return { redis, a, b, first }
  }

  it('another user may come to another node with the same id, and is ended when Redis is back', async () => {
    const { redis, a, b, first } = await startAway({ authenticate }, { username: 'ann' })
    const other = await connectPackets(b.port, stays('c', { username: 'ben', will: toWill() }))
    expect(other.connack.code).toBe(0)
    first.send(toSubscribe('will', 1))
    await first.next('suback')
    await redis.start()
    expect(await other.next('disconnect')).toMatchObject({ code: 0x87 })
    expect(shown([await first.next('publish')])).toEqual(['will gone'])
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })

  it('a client may go on at another node, which has it when Redis is back', async () => {
    const { redis, a, b, first } = await startAway()
    const second = await connectPackets(b.port, stays('c'))
    expect(second.connack.sessionPresent).toBe(false)
    second.send(toSubscribe('n', 1))
    await second.next('suback')
    await redis.start()
    expect(await first.next('disconnect')).toMatchObject({ code: 0x8e })
    await until(async () => {
      await a.server.publishMqtt('n', '1', { qos: 1 })
      expect(publishesOf(second.packets).length).toBeGreaterThan(0)
    })
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })
})
