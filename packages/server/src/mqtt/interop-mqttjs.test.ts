import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../socket-test-setup.ts'

const versions = [3, 4, 5] as const

const versionOf = (protocolVersion: (typeof versions)[number]): IClientOptions => ({
  protocolVersion,
  reconnectPeriod: 0,
  ...(protocolVersion === 3 && { protocolId: 'MQIsdp' }),
})

async function start(kind: 'tcp' | 'ws', protocolVersion: (typeof versions)[number]) {
  const started = await startServer({ mqtt: { tcp: 'on', port: 0 } })
  const listening = await started.server.listen()
  const url =
    kind === 'tcp' ? `mqtt://127.0.0.1:${listening.mqtt?.port}` : `ws://127.0.0.1:${listening.port}/mqtt`
  const open = async (options: IClientOptions = {}): Promise<MqttClient> => {
    const client = await connectAsync(url, { ...versionOf(protocolVersion), ...options })
    onTestFinished(() => client.endAsync(true))
    return client
  }
  return { ...started, open, url }
}

const next = (client: MqttClient): Promise<readonly [topic: string, payload: Uint8Array]> =>
  new Promise((resolve) => client.once('message', (topic, payload) => resolve([topic, payload])))

describe.each(['tcp', 'ws'] as const)('MQTT.js over %s', (kind) => {
  describe.each(versions)('with level %i', (version) => {
    it.each([0, 1, 2] as const)('brings messages of QoS %i, in order', async (qos) => {
      const { open, crashes } = await start(kind, version)
      const [from, to] = [await open(), await open()]
      const log: string[] = []
      const all = new Promise<void>((resolve) =>
        to.on('message', (_topic, payload) => log.push(`${payload}`) === 200 && resolve()),
      )
      await to.subscribeAsync('test/#', { qos })
      await Promise.all(
        Array.from({ length: 200 }, (_, n) => from.publishAsync('test/a', `${n} ä€😀`, { qos })),
      )
      await all
      expect(log).toEqual(Array.from({ length: 200 }, (_, n) => `${n} ä€😀`))
      expect(crashes).toEqual([])
    })

    it('keeps what is retained, and publishes wills', async () => {
      const { open } = await start(kind, version)
      const from = await open({
        will: { topic: 'test/will', payload: Buffer.from('gone'), qos: 1, retain: false },
      })
      await from.publishAsync('test/kept', 'kept', { qos: 1, retain: true })
      const to = await open()
      const log: string[] = []
      to.on('message', (topic, payload, { retain }) => log.push(`${topic} ${payload} ${retain}`))
      await to.subscribeAsync('test/+', { qos: 1 })
      if (!log.length) await next(to)
      from.stream.destroy()
      if (log.length < 2) await next(to)
      expect(log).toEqual(['test/kept kept true', 'test/will gone false'])
    })

    it('goes on with a session', async () => {
      const { open, url } = await start(kind, version)
      const session = {
        clientId: 'kept',
        clean: false,
        ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }),
      }
      const first = await open(session)
      await first.subscribeAsync('test/a', { qos: 1 })
      first.stream.destroy()
      await new Promise((resolve) => first.once('close', () => resolve(undefined)))
      await (await open()).publishAsync('test/a', 'meanwhile', { qos: 1 })
      const again = connect(url, { ...versionOf(version), ...session })
      onTestFinished(() => again.endAsync(true))
      const [topic, payload] = await next(again)
      expect([topic, `${payload}`]).toEqual(['test/a', 'meanwhile'])
    })
  })

  it('brings properties of MQTT 5, subscription identifiers and aliases', async () => {
    const { open } = await start(kind, 5)
    const client = await open({ properties: { topicAliasMaximum: 10 }, autoAssignTopicAlias: true })
    await client.subscribeAsync('test/#', { qos: 1, properties: { subscriptionIdentifier: 7 } })
    const log: unknown[] = []
    client.on('message', (topic, _payload, { properties }) =>
      log.push([topic, properties?.subscriptionIdentifier, properties?.responseTopic]),
    )
    for (let n = 0; n < 3; n++)
      await client.publishAsync('test/long/topic', `${n}`, { qos: 1, properties: { responseTopic: 'back' } })
    while (log.length < 3) await next(client)
    expect(log).toEqual(Array.from({ length: 3 }, () => ['test/long/topic', 7, 'back']))
  })
})
