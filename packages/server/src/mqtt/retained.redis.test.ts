import { describe, expect, it } from 'vitest'
import { startRedis, startWire } from '../redis/redis-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { type MqttNode, startMqttNode } from './nodes-test-setup.ts'

async function startTwo(more: Parameters<typeof startMqttNode>[1] = {}) {
  const redis = await startRedis()
  return { redis, a: await startMqttNode(redis.port, more), b: await startMqttNode(redis.port, more) }
}

/** What is retained, as somebody hears it who comes to the node now. */
async function retainedAt(node: MqttNode, filter = '#'): Promise<readonly string[]> {
  const peer = await node.connect()
  const flags: unknown[] = []
  peer.client.on('message', (_topic, _payload, packet) => flags.push(packet.retain))
  const hear = async (): Promise<void> => {
    await peer.subscribe(filter, 1)
    // What is retained comes before it.
    await peer.client.subscribeAsync('$end')
    await node.server.publishMqtt('$end', '')
    await until(() => expect(peer.heard).toContain('$end '))
  }
  // A node that finds that it has missed something ends the sessions that were to hear it.
  const isPutOut = new Promise<never>((_, reject) => {
    peer.client.once('close', () => reject(new Error('Put out')))
  })
  await Promise.race([hear(), isPutOut])
  await peer.client.endAsync()
  const heard = peer.heard.filter((text) => text !== '$end ')
  expect(flags.slice(0, heard.length)).toEqual(heard.map(() => true))
  return [...heard].sort()
}

describe('retained messages', () => {
  it('are on every node as soon as they are acknowledged, replaced and removed', async () => {
    const { a, b } = await startTwo()
    const [one, two] = [await a.connect(), await b.connect()]
    await one.publish('a/1', 'old', 1, true)
    await one.publish('a/2', 'kept', 2, true)
    expect(await retainedAt(b)).toEqual(['a/1 old', 'a/2 kept'])
    await two.publish('a/1', 'new', 1, true)
    expect(await retainedAt(a, 'a/+')).toEqual(['a/1 new', 'a/2 kept'])
    await two.publish('a/2', '', 1, true)
    expect(await retainedAt(a)).toEqual(['a/1 new'])
    expect(await retainedAt(b)).toEqual(['a/1 new'])
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })

  it('of QoS 0 come before what their client subscribes to next', async () => {
    const { a } = await startTwo()
    const one = await a.connect()
    void one.publish('a', '1', 0, true)
    await one.subscribe('a', 0)
    await until(() => expect(one.heard).toEqual(['a 1']))
  })

  it('are known to a node that starts later, with the rest of their time', async () => {
    const { redis, a } = await startTwo()
    const one = await a.connect()
    const publish = (topic: string, messageExpiryInterval: number) =>
      one.client.publishAsync(topic, 'x', { qos: 1, retain: true, properties: { messageExpiryInterval } })
    await publish('long', 1000)
    await publish('short', 1)
    await one.publish('ever', 'x', 1, true)
    const c = await startMqttNode(redis.port)
    const left: unknown[] = []
    const late = await c.connect()
    late.client.on('message', (topic, _payload, { properties }) =>
      left.push([topic, properties?.messageExpiryInterval]),
    )
    await late.subscribe('long', 1)
    await until(() => expect(left).toHaveLength(1))
    expect((left[0] as readonly [string, number])[1]).toBeGreaterThan(900)
    await until(async () => expect(await retainedAt(c)).toEqual(['ever x', 'long x']))
    const d = await startMqttNode(redis.port)
    expect(await retainedAt(d)).toEqual(['ever x', 'long x'])
  })

  it('are all known to a node that starts later before it answers who subscribes', async () => {
    const { redis, a } = await startTwo()
    const numbers = Array.from({ length: 3000 }, (_, n) => n)
    await Promise.all(numbers.map((n) => a.server.publishMqtt(`t/${n}`, 'x', { qos: 1, retain: true })))
    const c = await startMqttNode(redis.port)
    const late = await c.connect()
    await late.subscribe('#', 0)
    await until(() => expect(late.heard).toHaveLength(numbers.length))
  })

  it('come back from the nodes to a Redis that has lost everything', async () => {
    const { redis, a, b } = await startTwo()
    const one = await a.connect()
    await one.publish('a', 'kept', 1, true)
    await one.publish('b', 'removed', 1, true)
    await one.publish('b', '', 1, true)
    expect(await retainedAt(b)).toEqual(['a kept'])
    await redis.kill()
    await redis.start()
    await until(async () => {
      const late = await startMqttNode(redis.port)
      expect(await retainedAt(late)).toEqual(['a kept'])
    })
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })

  it('are what all others have after a node has missed more than can be read again', async () => {
    const redis = await startRedis()
    const wire = await startWire(redis.port)
    const mqtt = { replayMessages: 100 }
    const [a, b] = [await startMqttNode(redis.port, { mqtt }), await startMqttNode(wire.port, { mqtt })]
    const one = await a.connect()
    for (const topic of ['changed', 'removed', 'same']) await one.publish(topic, 'old', 1, true)
    expect(await retainedAt(b)).toEqual(['changed old', 'removed old', 'same old'])
    wire.cut()
    await one.publish('changed', 'new', 1, true)
    await one.publish('removed', '', 1, true)
    await Promise.all(Array.from({ length: 150 }, (_, n) => one.publish('x', `${n}`, 1)))
    wire.join()
    await until(async () => expect(await retainedAt(b)).toEqual(['changed new', 'same old']))
  })

  it('are as many as the limit says on all nodes together', async () => {
    const { a, b } = await startTwo({ mqtt: { retained: 2 } })
    const [one, two] = [await a.connect(), await b.connect()]
    await one.publish('a', '1', 1, true)
    await two.publish('b', '1', 1, true)
    await two.subscribe('a', 0)
    await expect(two.publish('c', '1', 1, true)).rejects.toMatchObject({ code: 0x97 })
    await two.publish('b', '', 1, true)
    await two.publish('c', '1', 1, true)
    expect(await retainedAt(a)).toEqual(['a 1', 'c 1'])
  })

  it('take the room of what was removed before, at once and in their order', async () => {
    const { a } = await startTwo({ mqtt: { retained: 1 } })
    const one = await a.connect()
    for (let n = 0; n < 50; n++) {
      await one.publish(`${n}`, '1', 1, true)
      await Promise.all([
        one.publish(`${n}`, '', 1, true),
        one.publish('next', '1', 1, true),
        one.publish('next', '', 1, true),
      ])
    }
    for (let n = 0; n < 20; n++) {
      await a.server.publishMqtt('old', '1', { retain: true, qos: 1 })
      await Promise.all(
        [
          ['old', ''],
          ['next', '1'],
          ['next', ''],
        ].map(([topic = '', text = '']) => a.server.publishMqtt(topic, text, { retain: true, qos: 1 })),
      )
    }
    expect(await retainedAt(a)).toEqual([])
  })
})
