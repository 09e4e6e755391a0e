import { settled } from '@org/realtime-testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  eventually,
  expectNoErrors,
  join,
  type Kind,
  openClient,
  recordPublishes,
} from './interop-test-setup.ts'
import type { Broker } from './mosquitto-test-setup.ts'
import { request, respond } from './request.ts'
import { startTcpProxy } from './tcp-proxy-test-setup.ts'

export interface Peer {
  readonly name: string
  readonly version: 5 | '3.1.1'
  readonly start: () => Promise<Broker>
  /** It keeps the session of a client that only publishes. */
  readonly keepsPublishers?: boolean
  /** What it brings through a WebSocket without a pause. */
  readonly largestBytes?: number
}

let count = 0

/** What works with every broker, over TCP and over WebSocket. */
export function interopSuite({
  name,
  version,
  start,
  keepsPublishers = true,
  largestBytes = 300_000,
}: Peer): void {
  describe.each(['tcp', 'ws'] as const)(`${name} with ${version} over %s`, (kind: Kind) => {
    let broker: Broker
    beforeAll(async () => {
      broker = await start()
    })
    afterAll(() => broker.stop())
    const open = (options: object = {}) => openClient({ url: broker[kind], version, ...options })
    const topic = (): string => `test/${++count}`

    it.each([0, 1, 2] as const)('brings messages of QoS %i, in order', async (qos) => {
      const [from, to] = [open(), open()]
      const name = topic()
      const log = await join(to, name, { qos })
      const receipts = Array.from({ length: 100 }, (_, n) =>
        from.mqtt.publish(name, { n, text: 'ä€😀' }, { qos }),
      )
      for (const { outcome } of await Promise.all(receipts))
        expect(outcome).toBe(qos ? 'acknowledged' : 'sent')
      await eventually(() => log.length >= 100)
      expect(log).toEqual(Array.from({ length: 100 }, (_, n) => ({ n, text: 'ä€😀' })))
      for (const client of [from, to]) expectNoErrors(client)
    })

    it('brings large and empty payloads whole', async () => {
      const client = open({ payload: 'bytes' })
      const name = topic()
      const log = (await join(client, name, { qos: 1 })) as Uint8Array[]
      const big = Uint8Array.from({ length: kind === 'ws' ? largestBytes : 300_000 }, (_, at) => at % 251)
      await client.mqtt.publish(name, big, { qos: 1 })
      await client.mqtt.publish(name, new Uint8Array(0), { qos: 1 })
      await eventually(() => log.length === 2)
      expect([Buffer.compare(log[0] as Uint8Array, big), log[1]?.length]).toEqual([0, 0])
      expect(log.map((payload) => payload.constructor)).toEqual([Uint8Array, Uint8Array])
    })

    it('brings one message once to each of several filters that match', async () => {
      const client = open()
      const name = topic()
      const logs = [
        await join(client, name, { qos: 1 }),
        await join(client, `${name}/#`, { qos: 1 }),
        await join(client, `test/+`, { qos: 1 }),
      ]
      await client.mqtt.publish(name, '1', { qos: 1 })
      await client.mqtt.publish(name, '2', { qos: 1 })
      await eventually(() => logs.every((log) => log.length >= 2))
      expect(logs).toEqual([
        [1, 2],
        [1, 2],
        [1, 2],
      ])
    })

    it('matches `finance` by `finance/#`, and not by `finance/+` (scenario 18)', async () => {
      const client = open()
      const [all, one] = [
        await join(client, 'finance/#', { qos: 1 }),
        await join(client, 'finance/+', { qos: 1 }),
      ]
      for (const name of ['finance', 'financial', 'finance/a'])
        await client.mqtt.publish(name, JSON.stringify(name), { qos: 1 })
      await eventually(() => all.length >= 2 && one.length >= 1)
      expect([all, one]).toEqual([['finance', 'finance/a'], ['finance/a']])
    })

    it('brings what is retained to a new listener, and to a late one', async () => {
      const name = topic()
      const client = open()
      await client.mqtt.publish(name, '1', { qos: 1, retain: true })
      const first = await join(client, name)
      await eventually(() => first.length === 1)
      const second = await join(client, name)
      await eventually(() => second.length === 1)
      await client.mqtt.publish(name, '', { qos: 1, retain: true })
    })

    it('lets the server publish the will of a client that is gone, and not of one that left', async () => {
      const name = topic()
      const watcher = open()
      const log = await join(watcher, name, { qos: 1 })
      const will = { topic: name, payload: '"gone"', qos: 1 } as const
      const leaving = open({ will })
      await leaving.connect()
      await leaving.close()
      const proxy = await startTcpProxy(broker[kind])
      const dying = open({ will, url: `${broker[kind].replace(/:\d+$/, '')}:${proxy.port}` })
      await dying.connect()
      await proxy.stop()
      await eventually(() => log.length > 0)
      expect(log).toEqual(['gone'])
    })

    it('goes on with a session, and gets what came meanwhile', async () => {
      const name = topic()
      const session = {
        clientId: `c${count}${kind}${version === 5 ? 5 : 4}`,
        clean: false,
        sessionExpiryMs: 60_000,
      }
      const first = open(session)
      await join(first, name, { qos: 1 })
      await first.close()
      const other = open()
      await other.mqtt.publish(name, '"meanwhile"', { qos: 1 })
      const again = open(session)
      const log: unknown[] = []
      again.untyped(name, { qos: 1 }).on('message', (payload) => log.push(payload))
      await again.connect()
      expect(again.mqtt.session.get()?.isResumed).toBe(true)
      await eventually(() => log.length > 0)
      expect(log[0]).toBe('meanwhile')
    })

    it('publishes 500 of QoS 2 and QoS 1 through 20 cuts: once, and at least once, DUP on repeats; subscriptions are back (scenario 17)', async () => {
      const name = topic()
      // What some brokers have stopped to send over WebSocket they go on with at a ping.
      const receiver = open({ keepAliveMs: 1000 })
      const [exact, least] = [
        await join(receiver, `${name}/2`, { qos: 2 }),
        await join(receiver, `${name}/1`, { qos: 2 }),
      ]
      const proxy = await startTcpProxy(broker[kind])
      const { transport, publishes } = recordPublishes()
      const sender = open({
        url: `${broker[kind].replace(/:\d+$/, '')}:${proxy.port}`,
        transport,
        clean: false,
        sessionExpiryMs: 60_000,
        backoff: { firstMs: 1, baseMs: 1, capMs: 20, floorMs: 0 },
        connection: { minDialGapMs: 0 },
        outbox: { messages: 2000 },
      })
      const heard = await join(sender, `${name}/back`, { qos: 1 })
      const receipts: Promise<{ outcome: string }>[] = []
      for (let n = 0; n < 500; n++) {
        receipts.push(
          sender.mqtt.publish(`${name}/2`, `${n}`, { qos: 2 }),
          sender.mqtt.publish(`${name}/1`, `${n}`, { qos: 1 }),
        )
        if (n % 25 !== 24) continue
        // Sometimes before anything can have been answered.
        if (n % 4) await new Promise((resolve) => setTimeout(resolve, n % 4))
        else await settled()
        proxy.cut()
        await eventually(() => sender.status.get().status === 'connected' && proxy.accepted > (n + 1) / 25)
      }
      const outcomes = (await Promise.all(receipts)).map(({ outcome }) => outcome)
      const acknowledged = Array.from({ length: 500 }, (_, n) => n).filter(
        (n) => outcomes[2 * n] === 'acknowledged',
      )
      if (keepsPublishers) expect(acknowledged).toHaveLength(500)
      await eventually(() => exact.length >= acknowledged.length && new Set(least).size === 500)
      expect(new Set(exact).size).toBe(exact.length)
      if (keepsPublishers) {
        expect(exact).toEqual(acknowledged)
        const repeats = publishes.filter(({ isRepeat }) => isRepeat)
        expect(repeats.length).toBeGreaterThan(0)
        expect(publishes.filter(({ isRepeat, dup }) => isRepeat !== dup)).toEqual([])
      }
      await eventually(() => sender.untyped(`${name}/back`).status.get().state === 'joined')
      for (let n = 0; n < 3; n++) await receiver.mqtt.publish(`${name}/back`, `${n}`, { qos: 1 })
      await eventually(() => heard.length >= 3)
      expect(heard).toEqual([0, 1, 2])
      await sender.close()
      await proxy.stop()
    }, 30_000)

    it('brings a worker that takes one at a time beyond a message that it cannot read', async () => {
      const name = topic()
      const worker = open({ manualAck: true, receiveMaximum: 1 })
      const channel = worker.untyped(name, { qos: 1 })
      const done: unknown[] = []
      const work = (async () => {
        for await (const [job, { ack }] of channel.events('message', { meta: true })) {
          done.push(job)
          ack?.()
          if (job === 4) return
        }
      })()
      await eventually(() => channel.status.get().state === 'joined')
      for (const payload of ['1', '{', '3', '4']) await worker.mqtt.publish(name, payload, { qos: 1 })
      await work
      expect([done, worker.errors]).toMatchObject([[1, 3, 4], [{ code: 'message.malformed' }]])
    })

    if (version === 5)
      it('answers a request, whatever each side speaks over', async () => {
        const server = open()
        const name = topic()
        server.untyped(name).on('message', (asked, meta) => void respond(server, meta, { asked }))
        await join(server, name)
        for (const url of [broker.tcp, broker.ws]) {
          const client = open({ url })
          const { payload, meta } = await request(client, name, { url })
          expect(payload).toEqual({ asked: { url } })
          expect(meta.properties?.correlationData?.constructor).toBe(Uint8Array)
        }
      })

    it('ends the war of two clients with one id: one stops with a typed error, the other stays', async () => {
      const fast = {
        backoff: { firstMs: 1, baseMs: 1, capMs: 20, floorMs: 0 },
        connection: { minDialGapMs: 0 },
      }
      const options = { ...fast, clientId: `twin${kind}${version === 5 ? 5 : 4}` }
      const older = open(options)
      await older.connect()
      const newer = open(options)
      await newer.connect()
      const statuses = () => [older, newer].map((client) => client.status.get())
      await eventually(() => statuses().some(({ status }) => status === 'failed'))
      const failed = statuses().find(({ status }) => status === 'failed')
      expect(failed?.lastError?.code).toBe('connection.replaced')
      await eventually(() => statuses().some(({ status }) => status === 'connected'))
    })
  })
}
