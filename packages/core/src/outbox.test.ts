import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, type Setup, setup } from './channel-test-setup.ts'
import { type PublishOptions, RealtimeError, type Receipt, type Schema } from './index.ts'

const KEPT = { delivery: 'at-least-once' } as const
const OWED = { pending: true } as const

/** Publishes by `say`, and tells in `log` how each publish ended, in the order of their ends. */
function publishing<K extends ReturnType<typeof setup>>(kit: K) {
  const log: string[] = []
  const say = (payload: unknown, options: PublishOptions = {}, channel = 'a'): Promise<Receipt> => {
    const receipt = kit.client.untyped(channel).publish('said', payload, options)
    const name = String(payload).slice(0, 3)
    receipt.then(
      (end) =>
        log.push(`${name} ${end.outcome}${end.outcome === 'dropped' ? ` ${end.error.details.reason}` : ''}`),
      (error) => log.push(`${name} ${RealtimeError.is(error) ? error.code : error}`),
    )
    return receipt
  }
  return { ...kit, log, say }
}

const up = async (options: Setup = {}) => publishing(await connected(options))

/** Lost a moment ago; the next connection comes in a second. */
async function down(options: Setup = {}) {
  const kit = await up(options)
  await kit.drop()
  return kit
}

const schemaOf = (validate: Schema['~standard']['validate']): Schema => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

/** Runs it, and returns what it left rejected with nobody to hear it. */
async function unhandled(run: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => errors.push(error))
  await run()
  await settled()
  await settled()
  process.removeAllListeners('unhandledRejection')
  for (const other of others) process.on('unhandledRejection', other)
  return errors
}

describe('publish()', () => {
  it('sends at once while connected, and its receipt tells so', async () => {
    const { say, frames } = await up()
    const receipt = say(1)
    expect(frames()).toEqual(['pub a 1'])
    expect(await receipt).toEqual({ id: expect.any(String), outcome: 'sent' })
  })

  it('gives every message an id of its own', async () => {
    const { say } = await up()
    const receipts = await Promise.all([say(1), say(2), say(3, {}, 'b')])
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(3)
  })

  it('hands the link everything about the message, its options without those of the outbox', async () => {
    const { say, far } = await up()
    const { signal } = new AbortController()
    say({ on: true }, { delivery: 'exactly-once', ttlMs: 5000, signal, coalesceKey: 'x', retain: true })
    expect(far().published).toMatchObject([
      {
        key: 'a',
        event: 'said',
        payload: '{"on":true}',
        delivery: 'exactly-once',
        resent: false,
        options: { retain: true },
      },
    ])
    expect(Object.keys(far().published[0]?.options ?? {})).toEqual(['retain'])
    far().settle('{"on":true}', 'acknowledged')
  })

  it('dials an idle client, and lets the connection close when all is sent', async () => {
    const { say, log, client, clock, frames } = publishing(setup())
    say(1)
    await clock.advance(0)
    expect(frames()).toEqual(['pub a 1'])
    expect(log).toEqual(['1 sent'])
    await clock.advance(5000)
    expect(client.status.get().status).toBe('idle')
  })

  it('holds the connection until its answer has come', async () => {
    const { say, far, client, clock } = publishing(setup())
    say(1, KEPT)
    await clock.advance(60_000)
    expect(client.status.get().status).toBe('connected')
    far().settle('1', 'acknowledged')
    await clock.advance(5000)
    expect(client.status.get().status).toBe('idle')
  })

  it('does not join the channel where anyone may publish', async () => {
    const { say, clock, frames } = await up()
    say(1)
    await clock.advance(0)
    expect(frames()).toEqual(['pub a 1'])
  })

  it('takes what the protocol encodes, also bytes', async () => {
    const encode = (payload: unknown, event: string, channel: string): Uint8Array =>
      new TextEncoder().encode(`${channel}:${event}:${payload}`)
    const { say, far } = await up({ protocol: { encode } })
    say(1)
    expect(far().published[0]?.payload).toEqual(encode(1, 'said', 'a'))
  })

  it.each([
    ['publish', { publish: false }, {}],
    ['at-least-once', { ack: false }, KEPT],
    ['exactly-once', { ack: 'at-least-once' }, { delivery: 'exactly-once' }],
  ] as const)(
    'throws capability.missing for %s where the protocol has %j',
    async (capability, can, options) => {
      const { client, frames } = await up({ can })
      const missing = { code: 'capability.missing', details: { capability, protocol: 'words' } }
      expect(() => client.untyped('a').publish('said', 1, options)).toThrow(expect.objectContaining(missing))
      expect(frames()).toEqual([])
    },
  )

  it('throws capability.missing where the protocol has no outbox', async () => {
    const { client } = await up({ protocol: { outbox: undefined as never } })
    const missing = { code: 'capability.missing', details: { capability: 'publish', protocol: 'words' } }
    expect(() => client.untyped('a').publish('said', 1)).toThrow(expect.objectContaining(missing))
    await client.close({ drainMs: 1000 })
  })

  it('refuses a payload that cannot be encoded, alone', async () => {
    const { say, log, frames } = await up()
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const receipt = say(circle)
    say(2)
    await expect(receipt).rejects.toMatchObject({
      code: 'message.malformed',
      details: { channel: 'a', event: 'said', id: expect.any(String) },
      cause: expect.any(TypeError),
    })
    expect(frames()).toEqual(['pub a 2'])
    expect(log).toHaveLength(2)
  })

  it.each([undefined, () => {}, Symbol('x')])(
    'refuses a payload that JSON cannot say: %s',
    async (payload) => {
      const { say, frames } = await up()
      await expect(say(payload)).rejects.toMatchObject({ code: 'message.malformed' })
      expect(frames()).toEqual([])
    },
  )

  it('refuses what the link refuses, alone, with the error of the protocol (edge 54)', async () => {
    const { say, log, far, client } = await up({
      protocol: {
        encode(payload) {
          if (payload === 'too long') {
            const details = { channel: 'a', event: 'said', bytes: 9, limitBytes: 3 }
            throw new RealtimeError('message.too-large', 'Too large', details)
          }
          return String(payload)
        },
      },
    })
    say('too long')
    say(2)
    await settled()
    expect(log).toEqual(['too message.too-large', '2 sent'])
    expect(far().published.map(({ payload }) => payload)).toEqual(['2'])
    expect(client.status.get().status).toBe('connected')
  })

  it('refuses a message at which the link throws, whether it was sent at once or waited', async () => {
    const kit = publishing(
      setup({
        protocol: {
          open(_session, events) {
            queueMicrotask(() => events.ready({}))
            return {
              receive: () => {},
              subscribe: () => {},
              publish({ payload }) {
                if (payload === '2') throw new TypeError('mine')
                return 'sent'
              },
            }
          },
        },
      }),
    )
    const { say, log, client } = kit
    for (const payload of [1, 2, 3]) say(payload)
    await client.connect()
    await settled()
    expect(log).toEqual(['1 sent', '2 publish.refused', '3 sent'])
    await expect(say(2)).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel: 'a', event: 'said' },
      cause: new TypeError('mine'),
    })
  })

  it('throws option.invalid for a time to live out of range', async () => {
    const { client } = await up()
    const invalid = expect.objectContaining({ code: 'option.invalid' })
    expect(() => client.untyped('a').publish('said', 1, { ttlMs: -1 })).toThrow(invalid)
  })

  it('sends a volatile message only when it can go at once (edge 53)', async () => {
    const { say, log, drop, clock, frames } = await up()
    say(1, { delivery: 'volatile' })
    await drop()
    say(2, { delivery: 'volatile' })
    say(3)
    await clock.advance(1000)
    expect(frames()).toEqual(['pub a 3'])
    expect(log).toEqual(['1 sent', '2 dropped offline', '3 sent'])
  })

  it('is refused after close(), until connect()', async () => {
    const { say, log, client, frames } = await up()
    await client.close()
    await expect(say(1)).rejects.toMatchObject({ code: 'connection.closed' })
    await client.connect()
    say(2)
    await settled()
    expect(frames()).toEqual(['pub a 2'])
    expect(log).toEqual(['1 connection.closed', '2 sent'])
  })

  it('is refused after a failure, until connect()', async () => {
    const { say, log, client, far } = await up()
    far().fail('stop', new RealtimeError('connection.refused', 'No', {}))
    say(1)
    await client.connect()
    say(2)
    await settled()
    expect(log).toEqual(['1 connection.closed', '2 sent'])
  })

  it('leaves no rejection unhandled that nobody asked for', async () => {
    const slow = schemaOf(() => Promise.resolve({ issues: [{ message: 'no' }] }))
    const errors = await unhandled(async () => {
      const kit = await connected({ outbox: { messages: 0 }, channels: { a: { slow } } })
      const room = kit.client.untyped('a')
      room.publish('said', 1n)
      room.publish('slow', 1)
      await kit.drop()
      room.publish('said', 1)
      await settled()
      await kit.client.close()
      room.publish('said', 1)
    })
    expect(errors).toEqual([])
  })
})

describe('messages that wait', () => {
  it('go in their order, those of the connected listener last (edge 48)', async () => {
    const { say, log, client, clock, frames } = await down()
    client.status.subscribe(({ status }) => {
      if (status === 'connected') say('inside')
    })
    for (const [payload, channel] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ] as const)
      say(payload, {}, channel)
    await clock.advance(1000)
    say(4)
    await settled()
    expect(frames()).toEqual(['pub a 1', 'pub b 2', 'pub a 3', 'pub a "inside"', 'pub a 4'])
    expect(log).toEqual(['1 sent', '2 sent', '3 sent', 'ins sent', '4 sent'])
  })

  it('keep their order over several drops', async () => {
    const { say, log, drop, clock, transport } = await up()
    for (let payload = 0; payload < 10; payload++) {
      say(payload)
      if (payload % 3 === 2) await drop()
      if (payload % 4 === 3) await clock.advance(1000)
    }
    await clock.advance(10_000)
    expect(transport.sessions.flatMap(({ sent }) => sent)).toEqual(
      Array.from({ length: 10 }, (_, index) => `pub a ${index}`),
    )
    expect(log).toEqual(Array.from({ length: 10 }, (_, index) => `${index} sent`))
  })

  it('are refused beyond 256, the newest (edge 49)', async () => {
    const { say, log, clock, frames } = await down()
    for (let payload = 0; payload < 257; payload++) say(payload)
    await settled()
    expect(log).toEqual(['256 publish.dropped'])
    await clock.advance(1000)
    expect(frames()).toHaveLength(256)
  })

  it('are refused beyond 1 MiB of UTF-8, the newest (edge 49)', async () => {
    const { say, log, clock, frames } = await down()
    const payload = 'é'.repeat(2 ** 18 - 1)
    say(payload)
    say(payload)
    await settled()
    expect(log).toEqual([])
    await expect(say('x')).rejects.toMatchObject({ code: 'publish.dropped', details: { reason: 'overflow' } })
    await clock.advance(1000)
    expect(frames()).toHaveLength(2)
  })

  it.each([
    ['reject', ['4 publish.dropped'], [1, 2, 3]],
    ['drop-newest', ['4 dropped overflow'], [1, 2, 3]],
    ['drop-oldest', ['1 dropped overflow'], [2, 3, 4]],
  ] as const)('that are too many end by policy %s as %j (edge 49)', async (overflow, ended, sent) => {
    const { say, log, clock, frames } = await down({ outbox: { messages: 3, overflow } })
    for (const payload of [1, 2, 3, 4]) say(payload)
    await settled()
    expect(log).toEqual(ended)
    await clock.advance(1000)
    expect(frames()).toEqual(sent.map((payload) => `pub a ${payload}`))
  })

  it('that are too many bytes give way to a newer one, as many as it takes (edge 49)', async () => {
    const { say, log, clock, frames } = await down({ outbox: { bytes: 10, overflow: 'drop-oldest' } })
    for (const payload of [111, 222, 333]) say(payload)
    say(4444444)
    say('longer than all')
    await settled()
    expect(log).toEqual(['111 dropped overflow', '222 dropped overflow', 'lon dropped overflow'])
    await clock.advance(1000)
    expect(frames()).toEqual(['pub a 333', 'pub a 4444444'])
  })

  it('by policy coalesce are replaced by one of the same channel and event, else it is refused (edge 49)', async () => {
    const { client, say, log, clock, frames } = await down({ outbox: { messages: 2, overflow: 'coalesce' } })
    say(1)
    say(2, {}, 'b')
    say(3)
    client.untyped('a').publish('done', 4)
    await settled()
    expect(log).toEqual(['1 dropped coalesced'])
    await expect(say(5, {}, 'c')).rejects.toMatchObject({ code: 'publish.dropped' })
    await clock.advance(1000)
    expect(frames()).toEqual(['pub b 2', 'pub a 3'])
  })

  it('of the same key replace each other, those of other keys stay', async () => {
    const { say, log, clock, frames } = await down({ outbox: { overflow: 'coalesce' } })
    say(1, { coalesceKey: 'x' })
    say(2, { coalesceKey: 'y' })
    say(3, { coalesceKey: 'x' })
    say(4, { coalesceKey: 'x' }, 'b')
    await settled()
    expect(log).toEqual(['1 dropped coalesced'])
    await clock.advance(1000)
    expect(frames()).toEqual(['pub a 2', 'pub a 3', 'pub b 4'])
    say(5, { coalesceKey: 'x' })
    say(6, { coalesceKey: 'x' })
    expect(frames().slice(3)).toEqual(['pub a 5', 'pub a 6'])
  })

  it('make room when they are sent, given up or expire', async () => {
    const { say, log, clock, frames } = await down({ outbox: { messages: 1 } })
    const controller = new AbortController()
    say(1, { signal: controller.signal })
    controller.abort()
    say(2, { ttlMs: 100 })
    await clock.advance(100)
    say(3)
    await clock.advance(900)
    say(4)
    await settled()
    expect(log).toEqual(['1 dropped aborted', '2 dropped expired', '3 sent', '4 sent'])
    expect(frames()).toEqual(['pub a 3', 'pub a 4'])
  })

  it('expire after 30 s, or after the time of their own (edge 50)', async () => {
    const { client, say, log, far, clock, frames } = await up()
    client.pause()
    say(1)
    say(2, { ttlMs: 10_000 })
    say(3, KEPT)
    say(4, { ...KEPT, ttlMs: 1000 })
    const ends: [at: number, ended: readonly string[]][] = []
    for (const ms of [999, 1, 8999, 1, 19_999, 1, 1_000_000]) {
      const before = log.length
      await clock.advance(ms)
      if (log.length > before) ends.push([clock.now(), log.slice(before)])
    }
    expect(ends).toEqual([
      [1000, ['4 dropped expired']],
      [10_000, ['2 dropped expired']],
      [30_000, ['1 dropped expired']],
    ])
    client.resume()
    await settled()
    expect(frames()).toEqual(['pub a 3'])
    far().settle('3', 'acknowledged')
  })

  it('tell why they were dropped in an error that names channel, event and id (edge 51)', async () => {
    const { say, clock } = await down()
    const receipt = say(1, { ttlMs: 10 })
    await clock.advance(10)
    const { id } = await receipt
    expect(await receipt).toMatchObject({
      outcome: 'dropped',
      error: { code: 'publish.dropped', details: { channel: 'a', event: 'said', id, reason: 'expired' } },
    })
    await clock.advance(990)
  })

  it('leave no timer when all of them are sent', async () => {
    const { say, clock } = await down()
    for (const payload of [1, 2, 3]) say(payload, { ttlMs: 100_000 })
    await clock.advance(1000)
    expect(clock.pending).toEqual([])
  })
})

describe('a publish with a signal', () => {
  it('aborted before is dropped, and never sent', async () => {
    const { say, log, frames } = await up()
    say(1, { signal: AbortSignal.abort() })
    await settled()
    expect(log).toEqual(['1 dropped aborted'])
    expect(frames()).toEqual([])
  })

  it('aborted while it waits is dropped', async () => {
    const { say, log, clock, frames } = await down()
    const controller = new AbortController()
    say(1, { signal: controller.signal })
    say(2)
    controller.abort()
    await settled()
    expect(log).toEqual(['1 dropped aborted'])
    await clock.advance(1000)
    expect(frames()).toEqual(['pub a 2'])
  })

  it('aborted in flight is unknown, whatever the far end says later', async () => {
    const { say, log, far, blink, frames } = await up()
    const controller = new AbortController()
    say(1, { ...KEPT, signal: controller.signal })
    controller.abort()
    await settled()
    far().settle('1', 'acknowledged')
    expect(log).toEqual(['1 unknown'])
    await blink()
    expect(frames()).toEqual([])
  })

  it('aborted after its end stays as it ended, and keeps no listener', async () => {
    const { say, log, far } = await up()
    const controller = new AbortController()
    const listeners = new Set<unknown>()
    controller.signal.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener)
    controller.signal.removeEventListener = (_type: string, listener: unknown) =>
      void listeners.delete(listener)
    say(1, { ...KEPT, signal: controller.signal })
    expect(listeners.size).toBe(1)
    far().settle('1', 'acknowledged')
    expect(listeners.size).toBe(0)
    controller.abort()
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })
})

describe('a message in flight', () => {
  it.each([
    ['sent', '1 sent'],
    ['acknowledged', '1 acknowledged'],
    ['unknown', '1 unknown'],
  ] as const)('is settled by the far end as %s', async (settlement, ended) => {
    const { say, log, far } = await up()
    say(1, KEPT)
    await settled()
    expect(log).toEqual([])
    far().settle('1', settlement)
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual([ended])
  })

  it('is settled by the far end as refused', async () => {
    const { say, far } = await up()
    const receipt = say(1, KEPT)
    const refused = new RealtimeError('publish.refused', 'No', { channel: 'a', event: 'said', status: 403 })
    far().settle('1', { refused })
    await expect(receipt).rejects.toBe(refused)
  })

  it('is sent again when the far end asks for it, in its order', async () => {
    const { say, log, far, frames } = await up()
    say(1, KEPT)
    far().settle('1', 'resend')
    expect(frames()).toEqual(['pub a 1', 'pub! a 1'])
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })

  it('is sent again once after a drop, with the same id and told as resent (edge 52)', async () => {
    const { say, log, fars, far, blink, frames } = await up()
    say(1, KEPT)
    say(2, { delivery: 'exactly-once' })
    say(3, KEPT)
    far().settle('2', 'acknowledged')
    await blink()
    expect(frames()).toEqual(['pub! a 1', 'pub! a 3'])
    const ids = fars.map(({ published }) => published.map(({ payload, id }) => `${payload} ${id}`))
    expect(ids[0]).toEqual(expect.arrayContaining(ids[1] ?? []))
    far().settle('1', 'acknowledged')
    far().settle('3', 'acknowledged')
    await settled()
    expect(log).toEqual(['2 acknowledged', '1 acknowledged', '3 acknowledged'])
    await blink()
    expect(frames()).toEqual([])
  })

  it('that is sent again goes before what was published later', async () => {
    const { say, far, drop, clock, frames } = await up()
    for (const payload of [1, 2]) say(payload, KEPT)
    await drop()
    say(3)
    say(4, KEPT)
    await clock.advance(1000)
    expect(frames()).toEqual(['pub! a 1', 'pub! a 2', 'pub a 3', 'pub a 4'])
    for (const payload of ['1', '2', '4']) far().settle(payload, 'acknowledged')
  })

  it('at most once is unknown after a drop, and not sent again', async () => {
    const { say, log, blink, frames } = await up()
    const receipt = say(1, OWED)
    await blink()
    expect(frames()).toEqual([])
    expect(log).toEqual(['1 unknown'])
    expect(await receipt).toMatchObject({
      outcome: 'unknown',
      error: { code: 'publish.unknown', details: { channel: 'a', event: 'said' } },
    })
  })

  it('stays with the protocol when the session is resumed', async () => {
    const { say, log, far, blink, frames } = await up()
    say(1, KEPT)
    say(2, OWED)
    const ids = far().published.map(({ id }) => id)
    await blink({ resumed: true })
    expect(frames()).toEqual([])
    expect(log).toEqual([])
    far().settled(ids[0] ?? '', 'acknowledged')
    far().settled(ids[1] ?? '', 'sent')
    await settled()
    expect(log).toEqual(['1 acknowledged', '2 sent'])
  })

  it('is settled by the protocol also one by one after a resumed session was lost', async () => {
    const { say, log, far, blink, frames } = await up()
    say(1, KEPT)
    say(2, KEPT)
    const ids = far().published.map(({ id }) => id)
    await blink({ resumed: true })
    far().settled(ids[0] ?? '', 'resend')
    far().settled(ids[1] ?? '', 'unknown')
    await settled()
    expect(frames()).toEqual(['pub! a 1'])
    expect(log).toEqual(['2 unknown'])
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['2 unknown', '1 acknowledged'])
  })

  it('is not settled by a line that is gone', async () => {
    const { say, log, fars, far, blink } = await up()
    say(1, KEPT)
    await blink()
    fars[0]?.settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual([])
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })

  it('at most once is unknown with publish.timeout after its time', async () => {
    const { say, log, far, clock } = await up()
    const receipt = say(1, OWED)
    await clock.advance(29_999)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(await receipt).toMatchObject({ outcome: 'unknown', error: { code: 'publish.timeout' } })
    far().settle('1', 'sent')
    await settled()
    expect(log).toEqual(['1 unknown'])
  })

  it('at least once is waited for as long as it takes', async () => {
    const { say, log, far, clock } = await up()
    say(1, KEPT)
    await clock.advance(3_600_000)
    expect(log).toEqual([])
    far().settle('1', 'acknowledged')
  })

  it('may be settled from inside the link', async () => {
    const { say, log } = await up({
      protocol: {
        open(_session, events) {
          queueMicrotask(() => events.ready({}))
          return {
            receive: () => {},
            subscribe: () => {},
            publish({ id }) {
              events.settled(id, 'acknowledged')
              return 'pending'
            },
          }
        },
      },
    })
    say(1, KEPT)
    say(2, KEPT)
    await settled()
    expect(log).toEqual(['1 acknowledged', '2 acknowledged'])
  })
})

describe('a message in flight during a handover', () => {
  async function handingOver(options: Setup = {}) {
    const kit = await up(options)
    kit.say(1, KEPT)
    kit.far().advice({ drainMs: 1000 })
    await kit.clock.advance(1000)
    const [older, newer] = kit.fars
    if (!older || !newer) throw new Error('No handover')
    return { ...kit, older, newer }
  }

  it('is answered over the older line, which goes only then', async () => {
    const { say, log, older, newer, transport } = await handingOver()
    expect(transport.open).toHaveLength(2)
    say(2, KEPT, 'b')
    expect(newer.published.map(({ payload }) => payload)).toEqual(['2'])
    older.settle('1', 'acknowledged')
    await settled()
    expect(transport.open).toHaveLength(1)
    newer.settle('2', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged', '2 acknowledged'])
  })

  it('goes over the older line again when the newer one ends', async () => {
    const { say, log, older, newer, transport, takeErrors } = await handingOver()
    say(2, KEPT, 'b')
    transport.last.drop()
    await settled()
    expect(takeErrors()).toHaveLength(1)
    say(3, KEPT, 'b')
    expect(newer.published.map(({ payload }) => payload)).toEqual(['2'])
    expect(older.published.map(({ payload, resent }) => [payload, resent])).toEqual([
      ['1', false],
      ['2', true],
      ['3', false],
    ])
    for (const payload of ['1', '2', '3']) older.settle(payload, 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged', '2 acknowledged', '3 acknowledged'])
  })

  it('is not overtaken by later ones of its channel over the newer line', async () => {
    const { say, log, older, newer, transport, clock } = await handingOver()
    say(2, KEPT)
    say(3, KEPT, 'b')
    transport.sessions[0]?.drop()
    await clock.advance(100)
    expect(newer.published.map(({ payload }) => payload)).toEqual(['3', '1', '2'])
    for (const payload of ['1', '2', '3']) newer.settle(payload, 'acknowledged')
    await settled()
    expect([...log].sort()).toEqual(['1 acknowledged', '2 acknowledged', '3 acknowledged'])
    expect(older.published).toHaveLength(1)
  })

  it('lets the next of its channel go as soon as it is answered', async () => {
    const kit = await up()
    kit.say(1, KEPT)
    kit.say(2, KEPT, 'b')
    kit.far().advice({ drainMs: 1 })
    await kit.clock.advance(1000)
    const [older, newer] = kit.fars
    kit.say(3, KEPT)
    expect(newer?.published).toEqual([])
    older?.settle('1', 'acknowledged')
    expect(newer?.published.map(({ payload }) => payload)).toEqual(['3'])
    expect(kit.transport.open).toHaveLength(2)
    older?.settle('2', 'acknowledged')
    newer?.settle('3', 'acknowledged')
    await settled()
    expect(kit.log).toEqual(['1 acknowledged', '2 acknowledged', '3 acknowledged'])
  })

  it('is not settled by the newer line, unless that resumes the session', async () => {
    const { log, older, newer } = await handingOver()
    const { id = '' } = older.published[0] ?? {}
    newer.settled(id, 'acknowledged')
    await settled()
    expect(log).toEqual([])
    older.settle('1', 'acknowledged')
    const resuming = await handingOver({ ready: { resumed: true } })
    resuming.newer.settled(resuming.older.published[0]?.id ?? '', 'acknowledged')
    await settled()
    expect(resuming.log).toEqual(['1 acknowledged'])
  })

  it('is sent again over the newer line when the older goes without an answer', async () => {
    const { log, newer, transport, frames } = await handingOver()
    transport.sessions[0]?.drop()
    await settled()
    expect(frames()).toEqual(['pub! a 1'])
    newer.settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })
})

describe('publishing where only members may', () => {
  const members = { can: { publish: 'members' } } as const

  it('joins the channel, waits for it, and lets it go afterwards', async () => {
    const { say, log, far, clock, frames } = await up(members)
    say(1)
    await settled()
    expect(frames()).toEqual(['sub a'])
    far().joined('a')
    await settled()
    expect(frames()).toEqual(['sub a', 'pub a 1'])
    expect(log).toEqual(['1 sent'])
    await clock.advance(1000)
    expect(frames().at(-1)).toBe('unsub a')
  })

  it('waits for its own channel alone, others go ahead', async () => {
    const { client, say, log, far, frames } = await up(members)
    client.untyped('b').join()
    await settled()
    far().joined('b')
    say(1)
    say(2, {}, 'b')
    say(3)
    await settled()
    expect(log).toEqual(['2 sent'])
    far().joined('a')
    await settled()
    expect(log).toEqual(['2 sent', '1 sent', '3 sent'])
    expect(frames().filter((frame) => String(frame).startsWith('pub'))).toEqual([
      'pub b 2',
      'pub a 1',
      'pub a 3',
    ])
  })

  it('keeps the order when it publishes from the listener that hears of the join', async () => {
    const { client, say, far, frames } = await up(members)
    const room = client.untyped('a')
    room.status.subscribe(({ state }) => {
      if (state === 'joined') say('inside')
    })
    say(1)
    await settled()
    far().joined('a')
    await settled()
    expect(frames()).toEqual(['sub a', 'pub a 1', 'pub a "inside"'])
  })

  it('sends nothing after a drop before the channel is restored (edge 58)', async () => {
    const { client, say, log, far, drop, clock, frames } = await up(members)
    client.untyped('a').join()
    await settled()
    far().joined('a')
    say(1, KEPT)
    await drop()
    say(2)
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a*'])
    far().joined('a')
    await settled()
    expect(frames()).toEqual(['sub a*', 'pub! a 1', 'pub a 2'])
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['2 sent', '1 acknowledged'])
  })

  it('sends nothing before the credentials are accepted (edge 58)', async () => {
    const { client, say, transport, frames } = publishing(setup({ can: { publish: 'anyone' } }))
    transport.onDial((peer) => peer.stall())
    say(1)
    await settled()
    expect(client.status.get().status).toBe('connecting')
    expect(frames()).toEqual([])
    transport.last.unstall()
    await settled()
    expect(frames()).toEqual(['pub a 1'])
  })

  it('goes on over the older line when a handover fails', async () => {
    const { client, say, log, far, fars, clock, transport, takeErrors } = await up(members)
    client.untyped('a').join()
    await settled()
    far().joined('a')
    far().advice({ drainMs: 1 })
    await clock.advance(1000)
    say(1)
    transport.last.drop()
    await settled()
    takeErrors()
    say(2)
    expect(fars[0]?.published.map(({ payload }) => payload)).toEqual(['1', '2'])
    await settled()
    expect(log).toEqual(['1 sent', '2 sent'])
  })

  it('drops a volatile message while the channel is not joined (edge 53)', async () => {
    const { say, log, frames } = await up(members)
    say(1, { delivery: 'volatile' })
    await settled()
    expect(log).toEqual(['1 dropped offline'])
    expect(frames()).toEqual([])
  })

  it('rejects what waits with the error of the channel when that is refused for good', async () => {
    const { say, log, far, takeErrors } = await up(members)
    const receipt = say(1)
    say(2, KEPT)
    say(3, {}, 'b')
    await settled()
    far().refuse('a')
    const [error] = takeErrors()
    await expect(receipt).rejects.toBe(error)
    expect(log).toEqual(['1 channel.rejected', '2 channel.rejected'])
    far().joined('b')
  })

  it('rejects what is published to a channel that is refused already', async () => {
    const { client, say, log, far, takeErrors } = await up(members)
    client.untyped('a').join()
    await settled()
    far().refuse('a')
    takeErrors()
    say(1)
    say(2, KEPT)
    await settled()
    expect(log).toEqual(['1 channel.rejected', '2 channel.rejected'])
  })

  it('waits on while the refusal is worth another try', async () => {
    const { say, log, far, clock, takeErrors } = await up(members)
    say(1)
    await settled()
    far().refuse('a', { afterMs: 2000 })
    takeErrors()
    await clock.advance(2000)
    far().joined('a')
    await settled()
    expect(log).toEqual(['1 sent'])
  })
})

describe('a socket that is slow', () => {
  const PUBLISHED = ['pub a 1', 'pub a 2', 'pub a 3']

  it('holds messages back above 1 MiB until it is below 256 KiB, in their order (edge 55)', async () => {
    const { say, log, clock, transport, frames } = await up()
    transport.last.bufferedBytes = 1_048_576
    say(1)
    transport.last.bufferedBytes = 1_048_577
    say(2)
    say(3)
    await clock.advance(1000)
    expect(frames()).toEqual(PUBLISHED.slice(0, 1))
    transport.last.bufferedBytes = 262_145
    await clock.advance(1000)
    expect(frames()).toHaveLength(1)
    transport.last.bufferedBytes = 262_144
    await clock.advance(50)
    expect(frames()).toEqual(PUBLISHED)
    expect(log).toEqual(['1 sent', '2 sent', '3 sent'])
    expect(clock.pending).toEqual([])
  })

  it('holds back at the marks that the options give', async () => {
    const { say, clock, transport, frames } = await up({ outbox: { highWaterBytes: 100, lowWaterBytes: 10 } })
    transport.last.bufferedBytes = 101
    say(1)
    expect(frames()).toEqual([])
    transport.last.bufferedBytes = 10
    await clock.advance(50)
    expect(frames()).toEqual(['pub a 1'])
  })

  it('drops volatile messages meanwhile (edge 53)', async () => {
    const { say, log, transport } = await up()
    transport.last.bufferedBytes = 2_000_000
    say(1, { delivery: 'volatile' })
    await settled()
    expect(log).toEqual(['1 dropped offline'])
  })

  it('does not make messages expire: their time does not count while connected', async () => {
    const { say, log, clock, transport, frames } = await up()
    transport.last.bufferedBytes = 2_000_000
    say(1, { ttlMs: 1000 })
    await clock.advance(60_000)
    expect(log).toEqual([])
    transport.last.bufferedBytes = 0
    await clock.advance(50)
    expect(frames()).toEqual(['pub a 1'])
  })

  it('that has drained is told by the publish to another channel too, and what was held back goes', async () => {
    const { say, log, clock, transport } = await up()
    transport.last.bufferedBytes = 2_000_000
    say(1)
    say(2)
    transport.last.bufferedBytes = 0
    say(3, {}, 'b')
    await clock.advance(1000)
    expect([...log].sort()).toEqual(['1 sent', '2 sent', '3 sent'])
  })

  it('is asked again although publishes to other channels keep coming', async () => {
    const { say, clock, transport, frames } = await up()
    transport.last.bufferedBytes = 2_000_000
    say(1)
    for (let index = 0; index < 20; index++) {
      if (index === 10) transport.last.bufferedBytes = 0
      await clock.advance(20)
      say(index, {}, `b-${index}`)
    }
    await clock.advance(50)
    expect(frames()).toHaveLength(21)
  })

  it('leaves no timer after close(), however often it filled and drained', async () => {
    const { client, say, clock, transport } = await up()
    for (let index = 0; index < 5; index++) {
      transport.last.bufferedBytes = 2_000_000
      say(index, {}, `a-${index}`)
      transport.last.bufferedBytes = 0
      say(index, {}, `b-${index}`)
    }
    transport.last.bufferedBytes = 2_000_000
    say(99)
    await client.close()
    expect(clock.pending).toEqual([])
  })

  it('is forgotten when it is lost, with nothing waiting any more', async () => {
    const { say, drop, clock, transport, frames } = await up()
    const controller = new AbortController()
    transport.last.bufferedBytes = 2_000_000
    say(1, { signal: controller.signal })
    controller.abort()
    await drop()
    await clock.advance(1000)
    say(2)
    expect(frames()).toEqual(['pub a 2'])
  })

  it('that breaks while messages go keeps their order and loses none (edge 56)', async () => {
    const { say, log, clock, transport } = await up()
    transport.last.bufferedBytes = 2_000_000
    for (const payload of [1, 2, 3]) say(payload)
    transport.last.bufferedBytes = 0
    transport.last.failSend(2)
    await clock.advance(50)
    await clock.advance(1000)
    expect(transport.sessions.map(({ sent }) => sent)).toEqual([['pub a 1'], ['pub a 2', 'pub a 3']])
    expect(log).toEqual(['1 sent', '2 sent', '3 sent'])
  })

  it('that breaks under a message lets it wait, unless it is volatile (edge 56)', async () => {
    const { say, log, clock, transport, frames } = await up()
    transport.last.failSend()
    say(1)
    await clock.advance(1000)
    expect(frames()).toEqual(['pub a 1'])
    transport.last.failSend()
    say(2, { delivery: 'volatile' })
    await settled()
    expect(log).toEqual(['1 sent', '2 dropped offline'])
    await clock.advance(1000)
    expect(frames()).toEqual([])
  })

  it('that breaks under a message leaves it with the protocol that took it over and resumes (edge 56)', async () => {
    const { say, log, far, fars, clock, readiness, transport, frames } = await up()
    readiness.ready = { resumed: true }
    transport.last.failSend()
    say(1, KEPT)
    await clock.advance(1000)
    expect(frames()).toEqual([])
    far().settled(fars[0]?.published[0]?.id ?? '', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })

  it('that breaks under a message at least once sends it once on the next connection (edge 56)', async () => {
    const { say, log, far, clock, transport, frames } = await up()
    transport.last.failSend()
    say(1, KEPT)
    await clock.advance(1000)
    expect(frames()).toHaveLength(1)
    far().settle('1', 'acknowledged')
    await settled()
    expect(log).toEqual(['1 acknowledged'])
  })
})

describe('close()', () => {
  it('settles everything at once (edge 57)', async () => {
    const { client, say, log, clock } = await up()
    say(1, KEPT)
    say(2, OWED)
    client.pause()
    say(3)
    say(4, KEPT)
    void client.close()
    await settled()
    expect(log).toEqual(['1 unknown', '2 unknown', '3 dropped closed', '4 dropped closed'])
    expect(clock.pending).toEqual([])
  })

  it('settles what a slow socket holds back, and sends none of it', async () => {
    const { client, say, log, transport } = await up()
    say(1, KEPT)
    transport.last.bufferedBytes = 2_000_000
    for (const payload of [2, 3, 4]) say(payload, KEPT)
    transport.last.bufferedBytes = 0
    void client.close()
    await settled()
    expect(log).toEqual(['1 unknown', '2 dropped closed', '3 dropped closed', '4 dropped closed'])
    expect(transport.last.sent).toEqual(['pub a 1'])
  })

  it('with drainMs sends what waits and hears its answers first (edge 57)', async () => {
    const { client, say, log, far, clock, transport } = await down()
    say(1)
    say(2, KEPT)
    const closed = client.close({ drainMs: 5000 })
    await clock.advance(1000)
    expect(transport.last.sent).toEqual(['pub a 1', 'pub a 2'])
    expect(transport.last.closedBy).toBeUndefined()
    far().settle('2', 'acknowledged')
    await closed
    expect(log).toEqual(['1 sent', '2 acknowledged'])
    expect(clock.now()).toBe(1000)
    expect(clock.pending).toEqual([])
  })

  it('with drainMs gives up at the deadline (edge 57)', async () => {
    const { client, say, log, clock } = await up()
    say(1, KEPT)
    const closed = client.close({ drainMs: 2000 })
    await clock.advance(1999)
    expect(log).toEqual([])
    expect(clock.pending).toEqual([{ dueIn: 1, keepsProcess: true }])
    await clock.advance(1)
    await closed
    expect(log).toEqual(['1 unknown'])
    expect(client.status.get().status).toBe('closed')
  })

  it('with drainMs closes at once when nothing waits', async () => {
    const { client, clock } = await up()
    await client.close({ drainMs: 5000 })
    expect([client.status.get().status, clock.now()]).toEqual(['closed', 0])
  })

  it('refuses what is published while it drains', async () => {
    const { client, say, log, clock } = await up()
    say(1, KEPT)
    const closed = client.close({ drainMs: 100 })
    say(2)
    await clock.advance(100)
    await closed
    expect(log).toEqual(['2 connection.closed', '1 unknown'])
  })

  it('is called off by connect() during a drain', async () => {
    const { client, say, log, far, frames } = await up()
    say(1, KEPT)
    const draining = client.close({ drainMs: 60_000 })
    await client.connect()
    far().settle('1', 'acknowledged')
    await draining
    say(2)
    await settled()
    expect(client.status.get().status).toBe('connected')
    expect(frames()).toEqual(['pub a 1', 'pub a 2'])
    expect(log).toEqual(['1 acknowledged', '2 sent'])
  })

  it('at once during a drain ends the drain', async () => {
    const { client, say, log, clock } = await up()
    say(1, KEPT)
    const draining = client.close({ drainMs: 60_000 })
    await settled()
    void client.close()
    await draining
    expect(log).toEqual(['1 unknown'])
    expect(clock.pending).toEqual([])
  })

  it('settles what the connection leaves behind when it fails for good', async () => {
    const { say, log, far } = await up({ can: { publish: 'members' } })
    say(1, KEPT)
    await settled()
    far().fail('stop', new RealtimeError('connection.refused', 'No', {}))
    await settled()
    expect(log).toEqual(['1 dropped closed'])
  })

  it('settles a publish whose schema never answers, and later ones go', async () => {
    const never = schemaOf(() => new Promise(() => {}))
    const { client, say, log, frames } = await up({ channels: { a: { said: never } } })
    say(1)
    say(2, {}, 'b')
    await client.close()
    await settled()
    expect(log).toHaveLength(2)
    await client.connect()
    say(3, {}, 'b')
    await settled()
    expect(frames()).toEqual(['pub b 3'])
  })

  it('settles a publish whose schema still takes its time', async () => {
    let answer = (): void => {}
    const slow = schemaOf((value) => new Promise((resolve) => (answer = () => resolve({ value }))))
    const { client, say, log, clock, transport } = await up({ channels: { a: { said: slow } } })
    say(1)
    await client.close()
    answer()
    await settled()
    expect(log).toHaveLength(1)
    expect(clock.pending).toEqual([])
    expect(transport.last.sent).toEqual([])
  })
})

describe('a new identity', () => {
  it('gets nothing of what the one before it published (edge 59)', async () => {
    const { client, say, log, clock, transport } = await up()
    say(1, KEPT)
    transport.last.bufferedBytes = 2_000_000
    say(2)
    say(3, KEPT)
    client.reauthenticate({ newIdentity: true })
    say(4)
    await clock.advance(2000)
    expect(log).toEqual(['1 unknown', '2 dropped identity', '3 dropped identity', '4 sent'])
    expect(transport.sessions.map(({ sent }) => sent)).toEqual([['pub a 1'], ['pub a 4']])
  })

  it('gets nothing whose schema still takes its time (edge 59)', async () => {
    let answer = (): void => {}
    const slow = schemaOf((value) => new Promise((resolve) => (answer = () => resolve({ value }))))
    const { client, say, log, clock, transport } = await up({ channels: { a: { said: slow } } })
    say(1)
    client.reauthenticate({ newIdentity: true })
    await clock.advance(2000)
    answer()
    await settled()
    expect(log).toEqual(['1 dropped identity'])
    expect(transport.sessions.flatMap(({ sent }) => sent)).toEqual([])
  })

  it('is not meant by reauthenticate() alone: what waits goes', async () => {
    const { client, say, log, clock } = await down()
    say(1)
    client.reauthenticate()
    await clock.advance(2000)
    expect(log).toEqual(['1 sent'])
  })

  it('gets nothing that waited while the client was down (edge 59)', async () => {
    const { client, say, log, clock, frames } = await down()
    say(1, KEPT)
    client.reauthenticate({ newIdentity: true })
    await clock.advance(2000)
    expect(log).toEqual(['1 dropped identity'])
    expect(frames()).toEqual([])
  })
})

describe('the schema of what is published', () => {
  const even = schemaOf((value) =>
    Number(value) % 2 ? { issues: [{ message: 'odd' }] } : { value: `out ${value}` },
  )
  const channels = { a: { said: even } }

  it('refuses what does not fit, with the issues, and sends the rest as it was given', async () => {
    const { say, frames } = await up({ channels })
    await expect(say(1)).rejects.toMatchObject({
      code: 'message.malformed',
      details: { channel: 'a', event: 'said', issues: [{ message: 'odd' }] },
    })
    await say(2)
    expect(frames()).toEqual(['pub a 2'])
  })

  it('is not asked with the policy off', async () => {
    const { say, frames } = await up({ channels, validate: 'off' })
    await say(1)
    expect(frames()).toEqual(['pub a 1'])
  })

  it('may take its time, and keeps the order of publishes', async () => {
    const answers = new Map<unknown, () => void>()
    const slow = schemaOf(
      (value) =>
        new Promise((resolve) =>
          answers.set(value, () => resolve(Number(value) > 8 ? { issues: [{ message: 'no' }] } : { value })),
        ),
    )
    const { say, log, frames } = await up({ channels: { a: { said: slow } } })
    say(1)
    say(9)
    say(2)
    for (const payload of [2, 9, 1]) {
      answers.get(payload)?.()
      await settled()
    }
    expect(frames()).toEqual(['pub a 1', 'pub a 2'])
    expect([...log].sort()).toEqual(['1 sent', '2 sent', '9 message.malformed'])
  })
})
