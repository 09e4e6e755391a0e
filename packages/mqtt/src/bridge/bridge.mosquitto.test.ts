import mqttJs, { type IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { eventually, openClient } from '../interop-test-setup.ts'
import { type Broker, startMosquitto } from '../mosquitto-test-setup.ts'
import { startTcpProxy } from '../tcp-proxy-test-setup.ts'
import { type BridgeOptions, fromMqttJs } from './bridge.ts'

let broker: Broker
beforeAll(async () => {
  broker = await startMosquitto()
})
afterAll(() => broker.stop())

let count = 0
const topic = (): string => `bridge/${++count}`

function start(options: BridgeOptions<never> = {}, theirs: IClientOptions = {}, url = broker.tcp) {
  const foreign = mqttJs.connect(url, { reconnectPeriod: 20, ...theirs })
  const client = fromMqttJs(foreign, options)
  const errors: Error[] = []
  client.onError((error) => errors.push(error))
  onTestFinished(async () => {
    await client.close()
    await foreign.endAsync(true)
  })
  return { foreign, client, errors }
}

describe.each([4, 5] as const)('fromMqttJs at level %i', (protocolVersion) => {
  it('brings messages of topics and filters, with their meta', async () => {
    const { client, errors } = start({}, { protocolVersion })
    await client.connect()
    const [name, filter] = [topic(), `${topic()}/#`]
    const log: unknown[] = []
    for (const channel of [name, filter])
      client
        .untyped(channel, { qos: 1 })
        .on('message', (payload, meta) => log.push([channel, payload, meta.topic, meta.qos]))
    await eventually(() =>
      [name, filter].every((channel) => client.untyped(channel).status.get().state === 'joined'),
    )
    const below = filter.replace('#', 'a')
    const receipts = [name, below].map((to) =>
      client.untyped(to).publish('message', { to }, { delivery: 'exactly-once' }),
    )
    expect((await Promise.all(receipts)).map(({ outcome }) => outcome)).toEqual([
      'acknowledged',
      'acknowledged',
    ])
    await eventually(() => log.length >= 2)
    expect(log).toEqual([
      [name, { to: name }, name, 1],
      [filter, { to: below }, below, 1],
    ])
    expect(errors).toEqual([])
  })

  it('refuses a QoS that is not said by delivery', async () => {
    const { client } = start({}, { protocolVersion })
    await client.connect()
    for (const options of [{ qos: 1 }, { delivery: 'qos1' }])
      await expect(client.untyped(topic()).publish('message', 1, options as never)).rejects.toMatchObject({
        code: 'publish.refused',
        message: expect.stringContaining('delivery'),
      })
  })

  it('brings bytes as a Uint8Array of their own, and not as the Buffer of MQTT.js', async () => {
    const { client } = start({ payload: 'bytes' }, { protocolVersion })
    const name = topic()
    const log: unknown[] = []
    const channel = client.untyped(name, { qos: 1 })
    channel.on('message', (payload) => log.push(payload))
    await eventually(() => channel.status.get().state === 'joined')
    await channel.publish('message', Uint8Array.of(1, 2), { delivery: 'at-least-once' })
    await eventually(() => log.length)
    const [got] = log as [Uint8Array]
    expect([got.constructor, got.buffer.byteLength, [...got]]).toEqual([Uint8Array, 2, [1, 2]])
  })

  it('is connected and reconnecting as the foreign client is, and has its channels again', async () => {
    const proxy = await startTcpProxy(broker.tcp)
    onTestFinished(() => proxy.stop())
    const { client } = start({}, { protocolVersion }, `mqtt://127.0.0.1:${proxy.port}`)
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    await client.connect()
    const name = topic()
    const channel = client.untyped(name, { qos: 1 })
    const log: unknown[] = []
    const gaps: string[] = []
    channel.on('message', (payload) => log.push(payload))
    channel.onGap(({ continuity }) => gaps.push(continuity))
    await eventually(() => channel.status.get().state === 'joined')
    proxy.cut()
    await eventually(() => proxy.accepted === 2 && channel.status.get().state === 'joined' && gaps.length > 0)
    const other = openClient({ url: broker.tcp })
    await other.mqtt.publish(name, '"after"', { qos: 1 })
    await eventually(() => log.length > 0)
    expect([log, gaps, statuses]).toEqual([
      ['after'],
      ['unknown'],
      ['connected', 'reconnecting', 'connected'],
    ])
  })

  it('settles what was in flight when the line was cut, once it is answered', async () => {
    const proxy = await startTcpProxy(broker.tcp)
    onTestFinished(() => proxy.stop())
    const { client } = start(
      {},
      {
        protocolVersion,
        clean: false,
        clientId: topic(),
        properties: { sessionExpiryInterval: 60 },
      } as never,
      `mqtt://127.0.0.1:${proxy.port}`,
    )
    await client.connect()
    proxy.freeze()
    const receipt = client.untyped(topic()).publish('message', 1, { delivery: 'at-least-once' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    proxy.cut()
    await expect(receipt).resolves.toMatchObject({ outcome: 'acknowledged' })
  })

  it('shares the filters that its owner has, and leaves its own', async () => {
    const { client, foreign } = start({}, { protocolVersion })
    await client.connect()
    const [shared, own] = [topic(), topic()]
    const heard: string[] = []
    foreign.on('message', (name) => heard.push(name))
    await foreign.subscribeAsync(shared)
    for (const name of [shared, own]) client.untyped(name).join()
    await eventually(() =>
      [shared, own].every((name) => client.untyped(name).status.get().state === 'joined'),
    )
    await client.close()
    expect(foreign.connected).toBe(true)
    for (const name of [shared, own]) await foreign.publishAsync(name, '1', { qos: 1 })
    await eventually(() => heard.includes(shared))
    expect(heard).toEqual([shared])
  })

  it('refuses what is no filter and no topic', async () => {
    const { client, errors } = start({}, { protocolVersion })
    await client.connect()
    client.untyped('a#').join()
    await eventually(() => client.untyped('a#').status.get().state === 'rejected')
    await expect(client.untyped('a/+').publish('message', 1)).rejects.toMatchObject({
      code: 'publish.refused',
    })
    expect(errors).toMatchObject([{ code: 'channel.rejected' }])
  })

  it('ends the foreign client with itself when it owns it', async () => {
    const { client, foreign } = start({ own: true }, { protocolVersion })
    await client.connect()
    await client.close()
    await eventually(() => !foreign.connected)
  })
})
