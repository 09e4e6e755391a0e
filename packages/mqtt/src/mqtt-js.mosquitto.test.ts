import mqttJs, { type IClientPublishOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Properties } from './codec.ts'
import { eventually, openClient } from './interop-test-setup.ts'
import { type Broker, startMosquitto } from './mosquitto-test-setup.ts'

let broker: Broker
beforeAll(async () => {
  broker = await startMosquitto()
})
afterAll(() => broker.stop())

async function openTheirs(kind: 'tcp' | 'ws', protocolVersion: 4 | 5): Promise<MqttClient> {
  const client = await mqttJs.connectAsync(broker[kind], { protocolVersion })
  onTestFinished(async () => {
    await client.endAsync(true)
  })
  return client
}

describe.each([
  ['tcp', 5],
  ['ws', 5],
  ['tcp', 4],
  ['ws', 4],
] as const)('beside MQTT.js over %s at level %i', (kind, level) => {
  const version = level === 5 ? 5 : ('3.1.1' as const)
  const properties: Properties = {
    contentType: 'text/plain',
    userProperties: [['k', 'ä']],
    correlationData: Uint8Array.of(1, 2),
  }

  it.each([0, 1, 2] as const)('gets what it publishes at QoS %i, and the other way round', async (qos) => {
    const topic = `peer/${kind}/${level}/${qos}`
    const ours = openClient({ url: broker[kind], version, payload: 'text' })
    const theirs = await openTheirs(kind, level)
    const got: unknown[] = []
    const channel = ours.untyped(topic, { qos })
    channel.on('message', (payload, meta) => got.push([payload, meta.qos, meta.properties?.userProperties]))
    await eventually(() => channel.status.get().state === 'joined')
    const seen: unknown[] = []
    theirs.on('message', (_topic, payload, packet) =>
      seen.push([payload.toString(), packet.qos, packet.properties?.userProperties?.['k']]),
    )
    await theirs.subscribeAsync(topic, { qos })
    const options: IClientPublishOptions = {
      qos,
      ...(level === 5 && { properties: { contentType: 'text/plain', userProperties: { k: 'ä' } } }),
    }
    await theirs.publishAsync(topic, 'ä€😀 theirs', options)
    await ours.mqtt.publish(topic, 'ä€😀 ours', { qos, ...(level === 5 && { properties }) })
    await eventually(() => got.length >= 2 && seen.length >= 2)
    const pair = level === 5 ? [['k', 'ä']] : undefined
    expect([...got].sort()).toEqual([
      ['ä€😀 ours', qos, pair],
      ['ä€😀 theirs', qos, pair],
    ])
    const value = level === 5 ? 'ä' : undefined
    expect([...seen].sort()).toEqual([
      ['ä€😀 ours', qos, value],
      ['ä€😀 theirs', qos, value],
    ])
  })

  it('gets what the other has retained', async () => {
    const topic = `peer/${kind}/${level}/kept`
    const ours = openClient({ url: broker[kind], version, payload: 'text' })
    const theirs = await openTheirs(kind, level)
    await theirs.publishAsync(topic, 'kept', { retain: true, qos: 1 })
    const got: unknown[] = []
    ours.untyped(topic).on('message', (payload, { retain }) => got.push([payload, retain]))
    await eventually(() => got.length > 0)
    expect(got).toEqual([['kept', true]])
    await theirs.publishAsync(topic, '', { retain: true, qos: 1 })
  })
})
