import { describe, expect, it, onTestFinished } from 'vitest'
import { interopSuite } from './interop-suite-test-setup.ts'
import { eventually, expectNoErrors, join, openClient } from './interop-test-setup.ts'
import { type MosquittoOptions, startMosquitto } from './mosquitto-test-setup.ts'

// Over WebSocket, mosquitto 2.0.11 stops in the middle of more than 64 KiB until something comes.
for (const version of [5, '3.1.1'] as const)
  interopSuite({ name: 'mosquitto', version, start: () => startMosquitto(), largestBytes: 60_000 })

async function start(options?: MosquittoOptions) {
  const broker = await startMosquitto(options)
  onTestFinished(() => broker.stop())
  return broker
}

describe.each(['tcp', 'ws'] as const)('mosquitto over %s', (kind) => {
  it.each([5, '3.1.1'] as const)(
    'refuses a wrong password for good, with %s (scenario 18)',
    async (version) => {
      const broker = await start({ users: { me: 'right' } })
      const right = openClient({
        url: broker[kind],
        version,
        credentials: { username: 'me', password: 'right' },
      })
      await right.connect()
      const wrong = openClient({
        url: broker[kind],
        version,
        credentials: { username: 'me', password: 'wrong' },
      })
      await expect(wrong.connect()).rejects.toMatchObject({ code: 'auth.failed' })
      expect(wrong.status.get().status).toBe('failed')
    },
  )

  it('takes 1000 publishes of QoS 2 at once, though it takes 20 at a time', async () => {
    const broker = await start()
    const client = openClient({ url: broker[kind] })
    await client.connect()
    expect(client.mqtt.session.get()?.server.receiveMaximum).toBe(20)
    const receipts = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => client.mqtt.publish('a', `${n}`, { qos: 2 })),
    )
    expect(new Set(receipts.map(({ outcome }) => outcome))).toEqual(new Set(['acknowledged']))
  })

  it('brings a shared subscription to one of two, and properties through', async () => {
    const broker = await start()
    const clients = [0, 1, 2].map(() => openClient({ url: broker[kind] }))
    const [one, two, from] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]]
    const logs = [await join(one, '$share/g/a/+', { qos: 1 }), await join(two, '$share/g/a/+', { qos: 1 })]
    const metas: unknown[] = []
    one.untyped('b').on('message', (_payload, { properties }) => metas.push(properties?.userProperties))
    await eventually(() => one.untyped('b').status.get().state === 'joined')
    await Promise.all(Array.from({ length: 20 }, (_, n) => from.mqtt.publish('a/b', `${n}`, { qos: 1 })))
    await from.mqtt.publish('b', '1', { qos: 1, properties: { userProperties: [['k', 'ä']] } })
    await eventually(() => logs.flat().length >= 20 && metas.length > 0)
    expect([logs.flat().length, metas]).toEqual([20, [[['k', 'ä']]]])
  })

  it('answers the pings of a client that has nothing to say, and lets it live', async () => {
    const broker = await start()
    const client = openClient({ url: broker[kind], keepAliveMs: 1000, heartbeat: { answerMs: 5000 } })
    await client.connect()
    const pongs = new Set<unknown>()
    client.trace.subscribe((entry) => entry.type === 'frame' && entry.text === 'pingresp' && pongs.add(entry))
    // Three of them last longer than the one and a half keep-alives that a silent client has.
    await eventually(() => pongs.size >= 3)
    expect(client.status.get()).toMatchObject({ status: 'connected', rttMs: expect.any(Number) })
    expectNoErrors(client)
  })
})

describe('mosquitto', () => {
  it('at its TCP port ends a WebSocket with a hint, and at its WebSocket port TCP with another (scenario 18)', async () => {
    const broker = await start()
    const toTcp = openClient({ url: broker.tcp.replace('mqtt:', 'ws:'), backoff: { maxAttempts: 0 } })
    await expect(toTcp.connect()).rejects.toMatchObject({
      cause: { code: 'connection.lost', message: expect.stringContaining('use mqtt:') },
    })
    const toWs = openClient({ url: broker.ws.replace('ws:', 'mqtt:'), backoff: { maxAttempts: 0 } })
    await expect(toWs.connect()).rejects.toMatchObject({ code: 'connection.gave-up' })
  })
})
