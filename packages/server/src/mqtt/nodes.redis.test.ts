import { describe, expect, it } from 'vitest'
import { DURABLE, startRedis, startWire } from '../redis/redis-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { type Peer, startMqttNode } from './nodes-test-setup.ts'

async function startTwo(args: readonly string[] = ['--save', '']) {
  const redis = await startRedis(args)
  const [a, b] = [await startMqttNode(redis.port), await startMqttNode(redis.port)]
  return { redis, a, b, crashes: () => [...a.crashes, ...b.crashes] }
}

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `n ${n}`)
const countOf = (peers: readonly Peer[]): number => peers.reduce((sum, { heard }) => sum + heard.length, 0)

describe('MQTT over two nodes', () => {
  it.each([0, 1, 2] as const)('brings QoS %i to both, in order and once', async (qos) => {
    const { a, b, crashes } = await startTwo()
    const [from, near, far] = [await a.connect(), await a.connect(), await b.connect()]
    for (const peer of [near, far]) await peer.subscribe('n', qos)
    await far.subscribe('+', qos)
    await Promise.all(numbers(300).map((_, n) => from.publish('n', `${n}`, qos)))
    for (const peer of [near, far]) {
      await until(() => expect(peer.heard).toHaveLength(300))
      expect(peer.heard).toEqual(numbers(300))
    }
    expect(crashes()).toEqual([])
  })

  it('brings what the server publishes, wills, and what comes with properties', async () => {
    const { a, b } = await startTwo()
    const far = await b.connect()
    const properties: unknown[] = []
    far.client.on('message', (_topic, _payload, packet) => properties.push(packet.properties))
    await far.subscribe('#', 1)
    await a.server.publishMqtt('own', 'x', {
      qos: 1,
      properties: { contentType: 'text/plain', messageExpiryInterval: 60 },
    })
    const will = { topic: 'will', payload: Buffer.from('gone'), qos: 1, retain: false } as const
    const dying = await a.connect({ will })
    dying.client.stream.destroy()
    await until(() => expect(far.heard).toEqual(['own x', 'will gone']))
    expect(properties[0]).toMatchObject({ contentType: 'text/plain', messageExpiryInterval: 60 })
  })

  it('brings nothing back to a client that wants none of its own', async () => {
    const { a, b } = await startTwo()
    const [one, two] = [await a.connect({ clientId: 'one' }), await b.connect()]
    await one.client.subscribeAsync('n', { qos: 1, nl: true })
    await two.subscribe('n', 1)
    await one.publish('n', 'of one', 1)
    await two.publish('n', 'of two', 1)
    await until(() => expect(two.heard).toEqual(['n of one', 'n of two']))
    await until(() => expect(one.heard).toEqual(['n of two']))
  })

  it('brings a message of a shared subscription to one member of all nodes', async () => {
    const { a, b, crashes } = await startTwo()
    const [from, one, two, three] = [
      await a.connect(),
      await a.connect(),
      await b.connect(),
      await b.connect(),
    ]
    const members = [one, two, three]
    for (const peer of members) await peer.subscribe('$share/g/n', 1)
    await Promise.all(numbers(90).map((_, n) => from.publish('n', `${n}`, 1)))
    await until(() => expect(countOf(members)).toBe(90))
    for (const peer of members) expect(peer.heard.length).toBeGreaterThan(5)
    // Those of a node that has none left come to the other.
    for (const peer of [two, three]) void peer.client.unsubscribeAsync('$share/g/n')
    await Promise.all(numbers(90).map((_, n) => from.publish('n', `${n}`, 1)))
    await until(() => expect(countOf(members)).toBe(180))
    await one.client.unsubscribeAsync('$share/g/n')
    await from.publish('n', 'to nobody', 1)
    const late = await b.connect()
    await late.subscribe('$share/g/n', 1)
    await from.publish('n', 'to late', 1)
    await until(() => expect(late.heard).toEqual(['n to late']))
    expect(countOf(members)).toBe(180)
    expect(crashes()).toEqual([])
  })

  it('tells a node that comes later who shares what', async () => {
    const { redis, a } = await startTwo()
    const first = await a.connect()
    await first.subscribe('$share/g/n', 1)
    const c = await startMqttNode(redis.port)
    const [second, from] = [await c.connect(), await c.connect()]
    await second.subscribe('$share/g/n', 1)
    await Promise.all(numbers(60).map((_, n) => from.publish('n', `${n}`, 1)))
    await until(() => expect(countOf([first, second])).toBe(60))
    expect(first.heard.length).toBeGreaterThan(0)
    expect(second.heard.length).toBeGreaterThan(0)
    await c.server.close()
    const again = await a.connect()
    await Promise.all(numbers(60).map((_, n) => again.publish('n', `again ${n}`, 1)))
    const after = () => first.heard.filter((text) => text.startsWith('n again'))
    await until(() => expect(after()).toEqual(numbers(60).map((_, n) => `n again ${n}`)))
  })
})

describe('while Redis is away', () => {
  it('keeps QoS 0 on its node, and acknowledges the rest once Redis has it', async () => {
    const { redis, a, b, crashes } = await startTwo(DURABLE)
    const [from, near, far] = [await a.connect(), await a.connect(), await b.connect()]
    for (const peer of [near, far]) await peer.subscribe('+', 1)
    await redis.kill()
    let isTaken = false
    const taken = from.publish('kept', '1', 1).then(() => from.publish('kept', '2', 2))
    void taken.then(() => (isTaken = true))
    await until(async () => {
      await from.publish('lost', 'here', 0)
      expect(near.heard).toContain('lost here')
    })
    expect(isTaken).toBe(false)
    await expect(a.server.publishMqtt('own', 'x', { qos: 1 })).rejects.toMatchObject({ code: 'store.away' })
    await redis.start()
    await taken
    const kept = (peer: Peer) => peer.heard.filter((text) => text !== 'lost here')
    for (const peer of [near, far]) await until(() => expect(kept(peer)).toEqual(['kept 1', 'kept 2']))
    expect(far.heard).toEqual(kept(far))
    expect([near, far].every(({ client }) => client.connected)).toBe(true)
    expect(crashes()).toEqual([])
  })

  it('ends sessions whose messages Redis may have lost, and leaves those of QoS 0 alone', async () => {
    const { redis, a } = await startTwo()
    const [certain, casual] = [await a.connect(), await a.connect()]
    const codes: unknown[] = []
    certain.client.on('disconnect', ({ reasonCode }) => codes.push(reasonCode))
    await certain.subscribe('n', 1)
    await casual.subscribe('n', 0)
    await redis.kill()
    await redis.start()
    await until(() => expect(codes).toEqual([0x98]))
    await until(async () => {
      await casual.publish('n', 'again', 1)
      expect(casual.heard.length).toBeGreaterThan(0)
    })
  })
})

describe('a node that was cut off', () => {
  async function startCut(replayMessages: number) {
    const redis = await startRedis()
    const wire = await startWire(redis.port)
    const a = await startMqttNode(redis.port, { mqtt: { replayMessages } })
    const b = await startMqttNode(wire.port, { mqtt: { replayMessages } })
    const [from, far] = [await a.connect(), await b.connect()]
    await far.subscribe('n', 1)
    await from.publish('n', 'before', 1)
    await until(() => expect(far.heard).toEqual(['n before']))
    wire.cut()
    return { wire, from, far }
  }

  it('goes on where it was', async () => {
    const { wire, from, far } = await startCut(1000)
    await Promise.all(numbers(200).map((_, n) => from.publish('n', `${n}`, 1)))
    expect(far.heard).toEqual(['n before'])
    wire.join()
    await until(() => expect(far.heard).toEqual(['n before', ...numbers(200)]))
  })

  it('ends its sessions when that is kept no more', async () => {
    const { wire, from, far } = await startCut(100)
    const codes: unknown[] = []
    far.client.on('disconnect', ({ reasonCode }) => codes.push(reasonCode))
    await Promise.all(numbers(200).map((_, n) => from.publish('n', `${n}`, 1)))
    wire.join()
    await until(() => expect(codes).toEqual([0x98]))
    expect(far.heard).toEqual(['n before'])
  })
})
