import { expect, it } from 'vitest'
import { startCluster } from '../redis/masters-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { publishesOf, shown, toSubscribe } from './mqtt-test-setup.ts'
import { connectPackets, startMqttNode, stays } from './nodes-test-setup.ts'

const TOPICS = ['a', 'b', 'c/d', 'e/f/g', 'h', 'i']

it('brings messages, what is retained, shares and sessions over the masters of a Redis Cluster', async () => {
  const { at } = await startCluster()
  const [a, b] = [await startMqttNode(at), await startMqttNode(at)]
  const [from, hears, shares] = [await a.connect(), await b.connect(), await b.connect()]
  await hears.subscribe('#', 1)
  await shares.subscribe('$share/g/#', 1)
  for (const qos of [0, 1, 2] as const)
    for (const topic of TOPICS) await from.publish(topic, `${qos}`, qos, qos === 1)
  const all = [0, 1, 2].flatMap((qos) => TOPICS.map((topic) => `${topic} ${qos}`))
  for (const peer of [hears, shares]) await until(() => expect(peer.heard).toHaveLength(all.length))
  for (const topic of TOPICS)
    expect(hears.heard.filter((each) => each.startsWith(`${topic} `))).toEqual([
      `${topic} 0`,
      `${topic} 1`,
      `${topic} 2`,
    ])
  expect([...shares.heard].sort()).toEqual([...all].sort())

  const late = await b.connect()
  await late.subscribe('#', 1)
  await until(() => expect([...late.heard].sort()).toEqual(TOPICS.map((topic) => `${topic} 1`)))

  const first = await connectPackets(a.port, stays('c'))
  first.send(toSubscribe('n/+', 1))
  await first.next('suback')
  first.drop()
  await until(() => expect(a.server.connections()).toHaveLength(1))
  for (const topic of ['n/1', 'n/2', 'n/3']) await from.publish(topic, 'kept', 1)
  const second = await connectPackets(b.port, stays('c'))
  expect(second.connack.sessionPresent).toBe(true)
  await until(() => expect(publishesOf(second.packets)).toHaveLength(3))
  expect(shown(publishesOf(second.packets))).toEqual(['n/1 kept', 'n/2 kept', 'n/3 kept'])
  expect([a.crashes, b.crashes]).toEqual([[], []])
})
