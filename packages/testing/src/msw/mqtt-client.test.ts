import { createMqtt, defineChannels, event, type MqttOptions } from '@org/realtime-mqtt'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { settled } from '../settled.ts'
import { type MqttLinkOptions, mqtt } from './mqtt.ts'
import { interceptWebSocket } from './socket-test-setup.ts'

const channels = defineChannels({ 'lamps/{id}/state': { message: event<{ on: boolean }>() } })
const url = 'ws://broker.test/mqtt'
const msw = interceptWebSocket()

function setup(
  options: MqttLinkOptions<typeof channels> = {},
  clientOptions: Partial<MqttOptions<typeof channels>> = {},
) {
  const lamps = mqtt.link(url, { channels, ...options })
  msw.use(lamps.handler)
  const open = (more: Partial<MqttOptions<typeof channels>> = {}) => {
    const client = createMqtt({
      url,
      channels,
      websocket: { WebSocket: globalThis.WebSocket },
      backoff: { firstMs: 1, baseMs: 1 },
      connection: { minDialGapMs: 1 },
      ...clientOptions,
      ...more,
    })
    onTestFinished(() => client.close())
    return client
  }
  return { lamps, open }
}

describe.each([5, '3.1.1'] as const)('the client of MQTT %s over mqtt.link', (version) => {
  it('hears what is emitted and what is retained, before and after its connection was lost', async () => {
    const { lamps, open } = setup({}, { version })
    lamps.server.retain('lamps/7/state', { on: true })
    const heard: boolean[] = []
    open()
      .channel('lamps/{id}/state', { id: 7 })
      .on('message', ({ on }) => heard.push(on))
    await vi.waitUntil(() => heard.length === 1)
    await lamps.channel('lamps/{id}/state', { id: 7 }).emit('message', { on: false })
    await vi.waitUntil(() => heard.length === 2)
    lamps.server.dropAll()
    await vi.waitUntil(() => heard.length === 3)
    expect(heard).toEqual([true, false, true])
  })

  it('publishes at every QoS, and brings it to who listens', async () => {
    const { lamps, open } = setup({}, { version })
    const client = open()
    const heard: unknown[] = []
    open()
      .channel('lamps/{id}/state', { id: 1 })
      .on('message', (payload) => heard.push(payload))
    await vi.waitUntil(() => lamps.server.joined('lamps/1/state') === 1)
    for (const qos of [0, 1, 2] as const) {
      const { outcome } = await client.mqtt.publish('lamps/1/state', { on: true }, { qos })
      expect(outcome).toBe(qos ? 'acknowledged' : 'sent')
    }
    await vi.waitUntil(() => heard.length === 3)
    expect(lamps.server.received.map(({ channel, payload }) => [channel, payload])).toEqual(
      Array.from({ length: 3 }, () => ['lamps/1/state', { on: true }]),
    )
  })

  it('is refused with a wrong password, and a channel with a typed error', async () => {
    const { lamps, open } = setup({ authenticate: ({ password }) => password === 'right' }, { version })
    const wrong = open({ credentials: { username: 'me', password: 'wrong' } })
    await expect(wrong.connect()).rejects.toMatchObject({ code: 'auth.failed' })
    lamps.server.refuse('lamps/1/state')
    const handle = open({ credentials: { username: 'me', password: 'right' } }).channel('lamps/{id}/state', {
      id: 1,
    })
    handle.on('message', () => {})
    await vi.waitUntil(() => handle.status.get().state === 'rejected')
    expect(lamps.server.presented.map(({ password }) => password)).toEqual(['wrong', 'right'])
  })

  it('goes on with its session until that is forgotten', async () => {
    const { lamps, open } = setup({}, { version })
    const client = open({ clientId: 'kept', clean: false, sessionExpiryMs: 60_000 })
    await client.connect()
    expect(client.mqtt.session.get()?.isResumed).toBe(false)
    lamps.server.dropAll()
    await vi.waitUntil(() => client.mqtt.session.get()?.isResumed === true)
    lamps.server.forgetSessions()
    lamps.server.dropAll()
    await vi.waitUntil(() => client.mqtt.session.get()?.isResumed === false)
  })

  it('leaves its will when it goes without a word, and none when it leaves', async () => {
    const { lamps, open } = setup({}, { version })
    const heard: unknown[] = []
    open()
      .channel('lamps/{id}/state', { id: 9 })
      .on('message', (payload) => heard.push(payload))
    await vi.waitUntil(() => lamps.server.joined('lamps/9/state') === 1)
    const will = { topic: 'lamps/9/state', payload: '{"on":false}' }
    const [leaving, going] = [open({ will }), open({ will })]
    await Promise.all([leaving.connect(), going.connect()])
    await leaving.close()
    await settled()
    expect(heard).toEqual([])
    await going.mqtt.close({ withWill: true })
    await vi.waitUntil(() => heard.length > 0)
    expect(heard).toEqual([{ on: false }])
  })
})
