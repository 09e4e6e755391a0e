import mqttJs from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../interop-test-setup.ts'
import { startReference } from '../reference-test-setup.ts'
import { fromMqttJs } from './bridge.ts'

async function start(protocolVersion: 4 | 5) {
  const { server, ws, stop } = await startReference()
  const foreign = mqttJs.connect(`${ws}/mqtt`, { protocolVersion, reconnectPeriod: 20 })
  onTestFinished(async () => {
    await foreign.endAsync(true)
    await stop()
  })
  /** Answers to SUBSCRIBE are lost until this is called. */
  const loseAnswers = () => server.faults.add({ at: 'frame', direction: 'out', type: 'suback', do: 'drop' })
  const bridge = () => {
    const client = fromMqttJs(foreign)
    onTestFinished(() => client.close())
    const channel = client.untyped('n', { qos: 1 })
    channel.on('message', () => {})
    const state = () => channel.status.get().state
    const isThere = () => client.untyped('fence').publish('message', 1, { delivery: 'at-least-once' })
    return { client, channel, state, isThere }
  }
  const reconnect = async (): Promise<void> => {
    server.faults.add({ at: 'now', do: 'cut' })()
    await eventually(() => !foreign.connected)
    await eventually(() => foreign.connected)
  }
  return { server, foreign, bridge, loseAnswers, reconnect }
}

describe.each([4, 5] as const)(
  'a channel of a bridge at level %i is joined when the server has answered',
  (level) => {
    it('what MQTT.js subscribes again by itself', async () => {
      const { bridge, loseAnswers, reconnect } = await start(level)
      const { state, isThere } = bridge()
      await eventually(() => state() === 'joined')
      const goOn = loseAnswers()
      await reconnect()
      expect(await isThere()).toMatchObject({ outcome: 'acknowledged' })
      expect(state()).toBe('joining')
      goOn()
      await reconnect()
      await eventually(() => state() === 'joined')
    })

    it.each(['before', 'after'] as const)(
      'what its owner has asked for %s there was a bridge',
      async (when) => {
        const { foreign, bridge, loseAnswers, reconnect } = await start(level)
        const goOn = loseAnswers()
        if (when === 'after') {
          const first = fromMqttJs(foreign)
          onTestFinished(() => first.close())
        }
        foreign.subscribe('n', { qos: 1 })
        const { client, state, isThere } = bridge()
        await client.connect()
        expect(await isThere()).toMatchObject({ outcome: 'acknowledged' })
        expect(state()).toBe('joining')
        goOn()
        await reconnect()
        await eventually(() => state() === 'joined')
      },
    )

    it('what another bridge has asked for, which is refused to both', async () => {
      const { server, bridge } = await start(level)
      server.authorize('n', () => false)
      const [one, other] = [bridge(), bridge()]
      await eventually(() => one.state() === 'rejected' && other.state() === 'rejected')
    })
  },
)

it('a call that throws holds nothing up', async () => {
  const { foreign, bridge } = await start(5)
  const { client, state } = bridge()
  expect(() => foreign.subscribe(['n', undefined as never])).toThrow()
  await client.connect()
  await eventually(() => state() === 'joined')
})

it('a client that is ending tells its owner so by an event, as without a bridge', async () => {
  const { foreign, bridge } = await start(5)
  await bridge().client.connect()
  const errors: string[] = []
  foreign.on('error', ({ message }) => errors.push(message))
  const ended = foreign.endAsync()
  foreign.subscribe('m')
  await ended
  expect(errors).toEqual(['client disconnecting'])
})
