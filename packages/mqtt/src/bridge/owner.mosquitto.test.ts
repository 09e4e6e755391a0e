import mqttJs, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../interop-test-setup.ts'
import { type Broker, startMosquitto } from '../mosquitto-test-setup.ts'
import { startTcpProxy } from '../tcp-proxy-test-setup.ts'
import { type BridgedClient, fromMqttJs } from './bridge.ts'

let broker: Broker
beforeAll(async () => {
  broker = await startMosquitto()
})
afterAll(() => broker.stop())

let count = 0
const topic = (): string => `owner/${++count}`

function start(protocolVersion: 4 | 5, url = broker.tcp) {
  const foreign = mqttJs.connect(url, { reconnectPeriod: 20, protocolVersion })
  const bridge = (): BridgedClient => {
    const client = fromMqttJs(foreign)
    onTestFinished(() => client.close())
    return client
  }
  onTestFinished(() => foreign.endAsync(true))
  return { foreign, bridge, client: bridge() }
}

/** A joined channel, and all that it tells from then on. */
async function joined(client: BridgedClient, name: string) {
  const channel = client.untyped(name)
  const log: unknown[] = []
  client.onError((error) => log.push(error))
  channel.on('message', (value) => log.push(value))
  channel.onGap(({ continuity, cause }) => log.push([continuity, cause]))
  await client.connect()
  await eventually(() => channel.status.get().state === 'joined')
  channel.status.subscribe(({ state }) => log.push(state))
  const isBack = () => eventually(() => log.length >= 3)
  const leave = async (): Promise<void> => {
    channel.leave({ now: true })
    await eventually(() => channel.status.get().state === 'left')
  }
  return { log, isBack, leave }
}

const back = ['joining', 'joined', ['unknown', 'reconnect']]

/** Joined again with one gap, it hears what comes. */
async function hearsAgain(
  foreign: MqttClient,
  name: string,
  { log, isBack }: Awaited<ReturnType<typeof joined>>,
): Promise<void> {
  await isBack()
  await foreign.publishAsync(name, '1', { qos: 1 })
  await eventually(() => log.length > 3)
  expect(log).toEqual([...back, 1])
}

/** Whether the broker still sends it to the foreign client. */
async function hears(foreign: MqttClient, name: string): Promise<boolean> {
  const heard: string[] = []
  const fence = topic()
  await foreign.subscribeAsync(fence)
  foreign.on('message', (to) => heard.push(to))
  for (const to of [name, fence]) await foreign.publishAsync(to, '0', { qos: 1 })
  await eventually(() => heard.includes(fence))
  return heard.includes(name)
}

describe.each([4, 5] as const)('a bridge whose owner unsubscribes at level %i', (protocolVersion) => {
  it.each([
    ['the owner', 'unsubscribe'],
    ['the bridge', 'unsubscribe'],
    ['the owner', 'unsubscribeAsync'],
  ] as const)('has a filter again that %s had first, with one gap (%s)', async (first, method) => {
    const { foreign, client } = start(protocolVersion)
    const name = topic()
    if (first === 'the owner') await foreign.subscribeAsync(name)
    const own = await joined(client, name)
    await foreign.subscribeAsync(name)
    if (method === 'unsubscribe') foreign.unsubscribe(['none', name])
    else await foreign.unsubscribeAsync(name)
    await hearsAgain(foreign, name, own)
    await own.leave()
    expect(await hears(foreign, name)).toBe(false)
  })

  it('tells the owner that it is done, in every way to ask', async () => {
    const { foreign, client } = start(protocolVersion)
    await joined(client, topic())
    const told: string[] = []
    foreign.unsubscribe('a', () => told.push('a'))
    foreign.unsubscribe('b', {}, () => told.push('b'))
    await foreign.unsubscribeAsync('c', {})
    expect(told).toEqual(['a', 'b'])
  })

  it('shares the filter when its owner subscribes again at once', async () => {
    const { foreign, client } = start(protocolVersion)
    const name = topic()
    const own = await joined(client, name)
    foreign.unsubscribe(name)
    await foreign.subscribeAsync(name)
    await hearsAgain(foreign, name, own)
    await own.leave()
    expect(await hears(foreign, name)).toBe(true)
  })

  it('leaves a filter to its owner who has subscribed it later, also after a reconnect', async () => {
    const proxy = await startTcpProxy(broker.tcp)
    onTestFinished(() => proxy.stop())
    const { foreign, client } = start(protocolVersion, `mqtt://127.0.0.1:${proxy.port}`)
    const name = topic()
    const { log } = await joined(client, name)
    await foreign.subscribeAsync(name)
    proxy.cut()
    await eventually(() => log.length >= 3)
    await client.close()
    expect(await hears(foreign, name)).toBe(true)
  })

  it('has a filter again that its owner has unsubscribed without a connection', async () => {
    const proxy = await startTcpProxy(broker.tcp)
    onTestFinished(() => proxy.stop())
    const { foreign, client } = start(protocolVersion, `mqtt://127.0.0.1:${proxy.port}`)
    const name = topic()
    await joined(client, topic())
    await foreign.subscribeAsync(name)
    const own = await joined(client, name)
    proxy.cut()
    await eventually(() => !foreign.connected)
    foreign.unsubscribe(name)
    await hearsAgain(foreign, name, own)
  })

  it('leaves a filter alone that another bridge has, and says a loss to both', async () => {
    const { foreign, client, bridge } = start(protocolVersion)
    const name = topic()
    const [one, other] = [await joined(client, name), await joined(bridge(), name)]
    foreign.unsubscribe(name)
    await Promise.all([one.isBack(), other.isBack()])
    await one.leave()
    await foreign.publishAsync(name, '1', { qos: 1 })
    await eventually(() => other.log.length > 3)
    expect([one.log, other.log]).toEqual([
      [...back, 'left'],
      [...back, 1],
    ])
    await other.leave()
    expect(await hears(foreign, name)).toBe(false)
  })

  it('puts the methods back when the last bridge is closed', async () => {
    const { foreign, client, bridge } = start(protocolVersion)
    const own = () => Object.keys(foreign).filter((name) => name.endsWith('subscribe'))
    await client.close()
    expect(own()).toEqual([])
    const [one, other] = [bridge(), bridge()]
    await one.close()
    expect(own()).toEqual(['subscribe', 'unsubscribe'])
    await other.close()
    expect(own()).toEqual([])
  })
})
