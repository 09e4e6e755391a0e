import { Duplex } from 'node:stream'
import { type IClientOptions, MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../interop-test-setup.ts'
import { type Broker, startMosquitto } from '../mosquitto-test-setup.ts'
import { startReference } from '../reference-test-setup.ts'
import { startTcpProxy } from '../tcp-proxy-test-setup.ts'
import { createStreamBuilder } from './stream-builder.ts'

const brokers: Record<string, Broker> = {}
beforeAll(async () => {
  Object.assign(brokers, { mosquitto: await startMosquitto(), 'our broker': await startReference() })
})
afterAll(async () => {
  for (const broker of Object.values(brokers)) await broker.stop()
})

let count = 0

function start(url: string, options: Partial<IClientOptions> = {}) {
  const connection = createStreamBuilder({
    url,
    Duplex,
    backoff: { firstMs: 10, baseMs: 10 },
    connection: { minDialGapMs: 5 },
  })
  const client = new MqttClient(
    connection.build as never,
    {
      protocolVersion: 5,
      reconnectPeriod: 1,
      clientId: `builder-${++count}`,
      ...options,
    } as IClientOptions,
  )
  client.on('error', () => {})
  onTestFinished(async () => {
    await client.endAsync(true)
    await connection.close()
  })
  return { client, connection }
}

const connected = (client: MqttClient): Promise<void> => eventually(() => client.connected)

describe.each(['mosquitto', 'our broker'])('MQTT.js over our connection, at %s', (name) => {
  it.each(['tcp', 'ws'] as const)('publishes and subscribes over %s', async (kind) => {
    const broker = brokers[name] as Broker
    const { client, connection } = start(broker[kind])
    await connected(client)
    const heard: string[] = []
    client.on('message', (topic, payload) => heard.push(`${topic} ${payload}`))
    const topic = `stream/${name.replace(' ', '-')}/${kind}`
    await client.subscribeAsync(topic, { qos: 1 })
    for (const qos of [0, 1, 2] as const) await client.publishAsync(topic, `${qos}`, { qos })
    await eventually(() => heard.length === 3)
    expect(heard).toEqual([`${topic} 0`, `${topic} 1`, `${topic} 2`])
    expect(connection.status.get().status).toBe('connected')
  })

  it('comes back from ten cuts, with what MQTT.js has published before each', async () => {
    const broker = brokers[name] as Broker
    const proxy = await startTcpProxy(broker.tcp)
    onTestFinished(() => proxy.stop())
    const topic = `stream/cuts/${name.replace(' ', '-')}`
    const listener = start(broker.tcp).client
    await connected(listener)
    const heard = new Set<string>()
    listener.on('message', (_topic, payload) => heard.add(`${payload}`))
    await listener.subscribeAsync(topic, { qos: 1 })
    const { client, connection } = start(`mqtt://127.0.0.1:${proxy.port}`, {
      clean: false,
      properties: { sessionExpiryInterval: 60 },
    })
    const statuses: string[] = []
    connection.status.subscribe(({ status }) => statuses.push(status))
    await connected(client)
    for (let n = 0; n < 10; n++) {
      await client.publishAsync(topic, `${n}`, { qos: 1 })
      const { accepted } = proxy
      proxy.cut()
      await eventually(() => proxy.accepted > accepted && client.connected)
    }
    await eventually(() => heard.size === 10)
    expect(statuses.filter((status) => status === 'reconnecting').length).toBeGreaterThanOrEqual(10)
  })
})

describe('createStreamBuilder', () => {
  it('waits between dials that fail, however often MQTT.js asks', async () => {
    const connection = createStreamBuilder({
      url: 'mqtt://127.0.0.1:1',
      Duplex,
      backoff: { firstMs: 50, baseMs: 50, jitter: 0, maxAttempts: 3 },
      connection: { minDialGapMs: 0 },
    })
    const client = new MqttClient(connection.build as never, { reconnectPeriod: 1 } as IClientOptions)
    client.on('error', () => {})
    onTestFinished(async () => {
      await client.endAsync(true)
      await connection.close()
    })
    await eventually(() => connection.status.get().status === 'failed')
    const delays = connection.trace
      .entries()
      .flatMap((entry) => (entry.type === 'delay' ? [entry.delayMs] : []))
    expect(delays.slice(0, 3)).toEqual([50, 100, 200])
  })

  it('dials no more after it has failed for good, until it is asked to', async () => {
    const broker = brokers['our broker'] as Broker
    let url = 'ftp://x'
    const connection = createStreamBuilder({ url: () => url, Duplex })
    const client = new MqttClient(
      connection.build as never,
      { reconnectPeriod: 1, connectTimeout: 20 } as IClientOptions,
    )
    let ends = 0
    client.on('close', () => ends++)
    client.on('error', () => {})
    onTestFinished(async () => {
      await client.endAsync(true)
      await connection.close()
    })
    await eventually(() => ends > 2)
    expect(connection.status.get()).toMatchObject({ status: 'failed', lastError: { code: 'option.invalid' } })
    expect(
      connection.trace.entries().filter((entry) => entry.type === 'phase' && entry.phase === 'credentials'),
    ).toHaveLength(1)
    url = broker.tcp
    connection.reconnectNow()
    await eventually(() => client.connected)
  })
})
