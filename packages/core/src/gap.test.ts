import { createAckedServer, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, type Setup, setup, statesOf } from './channel-test-setup.ts'
import type { Gap } from './index.ts'

async function joined(options: Setup = {}) {
  const kit = await connected(options)
  const room = kit.client.untyped('a')
  room.join()
  await settled()
  kit.far().joined('a')
  return { ...kit, room }
}

/** A handler that works until told to stop, and what its handle hears meanwhile. */
async function holding(options: Parameters<Awaited<ReturnType<typeof joined>>['room']['onGap']>[1] = {}) {
  const kit = await joined()
  const log: unknown[] = []
  let finish = (): void => {}
  let fail = (_error: Error): void => {}
  kit.room.on('said', (payload) => log.push(payload))
  const stop = kit.room.onGap(
    () =>
      new Promise<void>((resolve, reject) => {
        log.push('gap')
        finish = resolve
        fail = reject
      }),
    options,
  )
  const say = (...payloads: unknown[]): void => {
    for (const payload of payloads) kit.far().message('a', 'said', payload)
  }
  return { ...kit, log, say, stop, finish: () => finish(), fail: (error: Error) => fail(error) }
}

describe('onGap', () => {
  it('is silent about the first join (edge 68)', async () => {
    const { client, far, drop, clock } = await connected()
    const log: Gap[] = []
    const room = client.untyped('a')
    room.onGap((gap) => log.push(gap), { complete: true })
    room.join()
    await settled()
    await drop()
    await clock.advance(1000)
    far().joined('a', { continuity: 'unknown' })
    expect(log).toEqual([])
  })

  it('tells once per drop what is known, since when, and why', async () => {
    const { room, clock, blink, far } = await joined()
    const log: Gap[] = []
    room.onGap((gap) => log.push(gap))
    await clock.advance(7000)
    const droppedAt = clock.date()
    await blink()
    expect(log).toEqual([])
    await clock.advance(500)
    far().joined('a')
    far().joined('a')
    expect(log).toEqual([
      { channel: 'a', continuity: 'unknown', since: droppedAt, cause: 'reconnect', resumed: false },
    ])
    expect(Object.isFrozen(log[0])).toBe(true)
  })

  it('tells of latest-only, and of complete only when asked to', async () => {
    const { room, blink, far } = await joined()
    const log: string[] = []
    room.onGap(({ continuity }) => log.push(continuity))
    room.onGap(({ continuity }) => log.push(`all ${continuity}`), { complete: true })
    await blink()
    far().joined('a', { continuity: 'latest-only' })
    await blink()
    far().joined('a', { continuity: 'complete' })
    expect(log).toEqual(['latest-only', 'all latest-only', 'all complete'])
  })

  it('counts from the first of several drops until the channel is joined again, and tells them as one', async () => {
    const { room, clock, blink, far } = await joined()
    const log: Gap[] = []
    room.onGap((gap) => log.push(gap))
    await clock.advance(6000)
    const droppedAt = clock.date()
    await blink()
    await blink()
    await clock.advance(3000)
    far().joined('a')
    expect(log.map(({ since }) => since)).toEqual([droppedAt])
  })

  it('tells once when the channel is first refused and then joined', async () => {
    const { room, clock, blink, far, takeErrors } = await joined()
    const log: Gap[] = []
    room.onGap((gap) => log.push(gap))
    const droppedAt = clock.date()
    await blink()
    far().refuse('a', { afterMs: 2000 })
    expect(log).toEqual([])
    await clock.advance(2000)
    far().joined('a')
    expect(log).toMatchObject([{ since: droppedAt, cause: 'reconnect', resumed: false }])
    takeErrors()
  })

  it('tells of a channel that was kicked out and let in again', async () => {
    const { room, clock, far, takeErrors } = await joined()
    const log: Gap[] = []
    room.onGap((gap) => log.push(gap))
    const kickedAt = clock.date()
    far().refuse('a', { afterMs: 2000 })
    await clock.advance(2000)
    far().joined('a')
    expect(log).toMatchObject([{ since: kickedAt, cause: 'reconnect', resumed: false }])
    takeErrors()
  })

  it('tells once where the far end kept the subscriptions', async () => {
    const { room, blink } = await joined()
    const log: string[] = []
    room.onGap(({ continuity, cause }) => log.push(`${continuity} ${cause}`))
    await blink({ subscriptions: 'kept' })
    expect(log).toEqual(['unknown reconnect'])
  })

  it('tells of a hole in the stream (edge 67)', async () => {
    const { room, clock, far } = await joined()
    const log: unknown[] = []
    const states = statesOf(room.status)
    room.on('said', (payload) => log.push(payload))
    room.onGap((gap) => log.push(gap))
    await clock.advance(100)
    far().message('a', 'said', 1)
    far().gap('a', 'unknown')
    far().message('a', 'said', 3)
    expect(log).toEqual([
      1,
      { channel: 'a', continuity: 'unknown', since: clock.date(), cause: 'hole', resumed: false },
      3,
    ])
    expect(states).toEqual([])
  })

  it('tells of a hole in what the older line of a handover still delivers', async () => {
    const { room, clock, far, fars } = await joined()
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    room.onGap(({ cause }) => log.push(cause))
    far().advice({ drainMs: 1 })
    await clock.advance(1000)
    expect(fars).toHaveLength(2)
    fars[0]?.message('a', 'said', 1)
    fars[0]?.gap('a', 'unknown')
    fars[0]?.message('a', 'said', 3)
    expect(log).toEqual([1, 'hole', 3])
  })

  it('tells every handler of every handle, and none of another channel', async () => {
    const { client, room, far, blink } = await joined()
    const log: string[] = []
    room.onGap(() => log.push('first'))
    room.onGap(() => log.push('second'))
    client.untyped('a').onGap(() => log.push('other handle'))
    client.untyped('b').onGap(() => log.push('b'))
    client.untyped('b').join()
    await blink()
    far().joined('a')
    expect(log).toEqual(['first', 'second', 'other handle'])
  })

  it('tells of a drop after messages that came before the answer to the first join', async () => {
    const { client, clock, far, blink, frames } = await connected()
    const log: unknown[] = []
    const room = client.untyped('a')
    room.on('said', (payload) => log.push(payload))
    room.onGap((gap) => log.push(gap))
    await settled()
    far().message('a', 'said', 1)
    await clock.advance(3000)
    const droppedAt = clock.date()
    await blink()
    expect(frames()).toEqual(['sub a*'])
    far().joined('a')
    far().message('a', 'said', 3)
    expect(log).toEqual([
      1,
      { channel: 'a', continuity: 'unknown', since: droppedAt, cause: 'reconnect', resumed: false },
      3,
    ])
  })

  it('tells of a new identity after messages that came before the answer to the first join', async () => {
    const { client, clock, far, frames } = await connected()
    const log: unknown[] = []
    const room = client.untyped('a')
    room.on('said', (payload) => log.push(payload))
    room.onGap(({ continuity }) => log.push(continuity))
    await settled()
    far().message('a', 'said', 1)
    client.reauthenticate({ newIdentity: true })
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a'])
    far().joined('a', { continuity: 'complete' })
    expect(log).toEqual([1, 'unknown'])
  })

  it('refuses options out of range', () => {
    const room = setup().client.untyped('a')
    const invalid = expect.objectContaining({ code: 'option.invalid' })
    expect(() => room.onGap(() => {}, { maxEvents: -1 })).toThrow(invalid)
    expect(() => room.onGap(() => {}, { timeoutMs: Number.NaN })).toThrow(invalid)
  })

  it('is silent when a channel was heard, left, and dropped before it is joined again', async () => {
    const { client, far, blink } = await connected()
    const log: unknown[] = []
    const room = client.untyped('a')
    const states = statesOf(room.status)
    client.untyped('a').onGap((gap) => log.push(gap))
    room.on('said', (payload) => log.push(payload))
    await settled()
    far().message('a', 'said', 1)
    room.leave({ now: true })
    await settled()
    room.join()
    await settled()
    await blink()
    far().joined('a')
    expect(log).toEqual([1])
    expect(states.at(-1)).toBe('joined fresh')
  })

  it('tells of a handover after messages that came before the answer to the first join', async () => {
    const { client, clock, far, fars, frames } = await connected()
    const log: unknown[] = []
    const room = client.untyped('a')
    room.on('said', (payload) => log.push(payload))
    room.onGap(({ cause }) => log.push(cause))
    await settled()
    far().message('a', 'said', 1)
    far().advice({ drainMs: 1 })
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a*'])
    fars[1]?.joined('a')
    fars[1]?.message('a', 'said', 3)
    expect(log).toEqual([1, 'reconnect', 3])
  })

  it('stays silent once removed, by its own end or by leave()', async () => {
    const { client, room, far, blink } = await joined()
    const log: string[] = []
    const other = client.untyped('a')
    other.join()
    room.onGap(() => log.push('removed'))()
    room.onGap(() => log.push('left'))
    other.onGap(() => log.push('kept'))
    room.leave()
    await blink()
    far().joined('a')
    expect(log).toEqual(['kept'])
  })

  it('outlives the channel, and is silent when it is joined afresh', async () => {
    const { client, far, frames } = await connected()
    const log: Gap[] = []
    client.untyped('a').onGap((gap) => log.push(gap))
    for (const round of [1, 2]) {
      const room = client.untyped('a')
      room.join()
      await settled()
      far().joined('a')
      room.leave({ now: true })
      await settled()
      expect(frames()).toHaveLength(2 * round)
    }
    expect(log).toEqual([])
  })
})

describe('a gap handler that returns a promise', () => {
  it('has the events of its handle held until it is done, then delivered in order', async () => {
    const { log, say, blink, far, finish } = await holding()
    say(1)
    await blink()
    far().joined('a')
    say(2, 3)
    await settled()
    expect(log).toEqual([1, 'gap'])
    finish()
    await settled()
    expect(log).toEqual([1, 'gap', 2, 3])
    say(4)
    expect(log).toEqual([1, 'gap', 2, 3, 4])
  })

  it('holds back the events of its own handle alone', async () => {
    const { client, log, say, far, finish } = await holding()
    const other = client.untyped('a')
    other.on('said', (payload) => log.push(`other ${payload}`))
    other.onGap(() => log.push('other gap'))
    far().gap('a', 'unknown')
    say(1)
    expect(log).toEqual(['gap', 'other gap', 'other 1'])
    finish()
    await settled()
    expect(log.slice(3)).toEqual([1])
  })

  it('holds back all events of its handle, in the order in which they came', async () => {
    const { room, log, far, finish } = await holding()
    room.on('done', (payload) => log.push(payload))
    room.onAny(({ payload }) => log.push(`any ${payload}`))
    far().gap('a', 'unknown')
    for (const [event, payload] of [
      ['said', 1],
      ['done', 2],
      ['said', 3],
    ] as const)
      far().message('a', event, payload)
    finish()
    await settled()
    expect(log).toEqual(['gap', 1, 'any 1', 2, 'any 2', 3, 'any 3'])
  })

  it('holds back the iterations of its handle too', async () => {
    const { room, log, say, far, finish } = await holding()
    const iterator = room.events('said')[Symbol.asyncIterator]()
    const first = iterator.next().then(({ value }) => log.push(`iterated ${value}`))
    far().gap('a', 'unknown')
    say(1)
    await settled()
    expect(log).toEqual(['gap'])
    finish()
    await first
    expect(log).toEqual(['gap', 1, 'iterated 1'])
  })

  it('delivers to a listener added meanwhile what came after it was added', async () => {
    const { room, log, say, far, finish } = await holding()
    far().gap('a', 'unknown')
    say(1)
    room.on('said', (payload) => log.push(`late ${payload}`))
    say(2)
    finish()
    await settled()
    expect(log).toEqual(['gap', 1, 2, 'late 2'])
  })

  it('delivers nothing to a listener removed meanwhile', async () => {
    const { room, log, say, far, finish } = await holding()
    const stop = room.on('said', (payload) => log.push(`removed ${payload}`))
    far().gap('a', 'unknown')
    say(1)
    stop()
    finish()
    await settled()
    expect(log).toEqual(['gap', 1])
  })

  it('is done when its promise settles, although it was removed meanwhile', async () => {
    const { log, say, far, stop, finish } = await holding()
    far().gap('a', 'unknown')
    say(1)
    stop()
    finish()
    await settled()
    expect(log).toEqual(['gap', 1])
  })

  it('holds events back until all handlers of the handle are done', async () => {
    const { room, log, say, far, finish } = await holding()
    let finishOther = (): void => {}
    room.onGap(() => new Promise<void>((resolve) => (finishOther = resolve)))
    far().gap('a', 'unknown')
    say(1)
    finish()
    await settled()
    expect(log).toEqual(['gap'])
    finishOther()
    await settled()
    expect(log).toEqual(['gap', 1])
  })

  it('runs again for a gap that comes while it is at work, and both are waited for', async () => {
    const { room, far, say } = await joined().then(async (kit) => ({
      ...kit,
      say: (payload: unknown) => kit.far().message('a', 'said', payload),
    }))
    const log: unknown[] = []
    const ends: (() => void)[] = []
    room.on('said', (payload) => log.push(payload))
    room.onGap(() => new Promise<void>((resolve) => ends.push(resolve)))
    far().gap('a', 'unknown')
    say(1)
    far().gap('a', 'unknown')
    say(2)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await settled()
    expect(log).toEqual([])
    ends[0]?.()
    await settled()
    expect(log).toEqual([1, 2])
  })

  it('may return any thenable', async () => {
    const { room, log, say, far, finish } = await holding()
    finish()
    // biome-ignore lint/suspicious/noThenProperty: anything with one is waited for
    room.onGap(() => ({ then: (done: () => void) => done() }))
    far().gap('a', 'unknown')
    finish()
    say(1)
    await settled()
    expect(log).toEqual(['gap', 1])
  })

  it('is waited for ten seconds; then events are delivered and an error tells why', async () => {
    const { log, say, far, clock, finish, takeErrors } = await holding()
    far().gap('a', 'unknown')
    say(1)
    await clock.advance(9999)
    expect(log).toEqual(['gap'])
    await clock.advance(1)
    say(2)
    expect(log).toEqual(['gap', 1, 2])
    expect(takeErrors()).toMatchObject([{ code: 'gap.failed', details: { channel: 'a', reason: 'timeout' } }])
    finish()
    await settled()
    expect(clock.pending).toEqual(clock.pending.filter(({ dueIn }) => dueIn > 10_000))
  })

  it('is waited for as long as timeoutMs says', async () => {
    const { log, say, far, clock, takeErrors } = await holding({ timeoutMs: 50 })
    far().gap('a', 'unknown')
    say(1)
    await clock.advance(49)
    expect(log).toEqual(['gap'])
    await clock.advance(1)
    expect(log).toEqual(['gap', 1])
    expect(takeErrors()).toHaveLength(1)
  })

  it('holds back a thousand events; one more delivers them all and an error tells why', async () => {
    const { log, say, far, takeErrors, finish } = await holding()
    far().gap('a', 'unknown')
    const payloads = Array.from({ length: 1001 }, (_, index) => index)
    say(...payloads.slice(0, 1000))
    expect(log).toEqual(['gap'])
    say(1000)
    expect(log).toEqual(['gap', ...payloads])
    expect(takeErrors()).toMatchObject([
      { code: 'gap.failed', details: { channel: 'a', reason: 'overflow' } },
    ])
    finish()
    await settled()
    expect(log).toHaveLength(1002)
  })

  it('holds back as many events as maxEvents says', async () => {
    const { log, say, far, takeErrors } = await holding({ maxEvents: 2 })
    far().gap('a', 'unknown')
    say(1, 2)
    expect(log).toEqual(['gap'])
    say(3)
    expect(log).toEqual(['gap', 1, 2, 3])
    expect(takeErrors()).toHaveLength(1)
  })

  it('that rejects has the events delivered and its error told', async () => {
    const { log, say, far, fail, takeErrors } = await holding()
    far().gap('a', 'unknown')
    say(1)
    fail(new TypeError('mine'))
    await settled()
    expect(log).toEqual(['gap', 1])
    const [error] = takeErrors()
    expect(error).toMatchObject({ code: 'gap.failed', details: { channel: 'a', reason: 'rejected' } })
    expect(error?.cause).toEqual(new TypeError('mine'))
  })

  it('that throws at once holds nothing back and keeps nobody else from running (edge 83)', async () => {
    const { room, far, takeErrors } = await joined()
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    room.onGap(() => {
      throw new TypeError('mine')
    })
    room.onGap(() => log.push('gap'))
    far().gap('a', 'unknown')
    far().message('a', 'said', 1)
    expect(log).toEqual(['gap', 1])
    expect(takeErrors()).toMatchObject([{ code: 'gap.failed', details: { reason: 'rejected' } }])
  })

  it('has held events delivered to all listeners although one throws (edge 83)', async () => {
    const { room, log, say, far, finish, takeErrors } = await holding()
    room.on('said', () => {
      throw new Error('mine')
    })
    far().gap('a', 'unknown')
    say(1, 2)
    finish()
    await settled()
    expect(log).toEqual(['gap', 1, 2])
    expect(takeErrors().map(({ code }) => code)).toEqual(['listener.failed', 'listener.failed'])
  })

  it('is forgotten by leave(), with what was held', async () => {
    const { room, log, say, far, finish, clock } = await holding()
    far().gap('a', 'unknown')
    say(1)
    room.leave({ now: true })
    room.on('said', (payload) => log.push(`anew ${payload}`))
    await settled()
    say(2)
    expect(log).toEqual(['gap', 'anew 2'])
    finish()
    await clock.advance(20_000)
    expect(log).toEqual(['gap', 'anew 2'])
  })

  it('leaves nothing to come after close()', async () => {
    const { client, log, say, far, clock, finish } = await holding()
    far().gap('a', 'unknown')
    say(1)
    await client.close()
    expect(clock.pending).toEqual([])
    const told = [...log]
    finish()
    await clock.advance(20_000)
    expect(log).toEqual(told)
  })
})

describe('recovery over a protocol with epochs and offsets', () => {
  async function recovering() {
    const server = createAckedServer()
    const kit = await connected({ server })
    const log: unknown[] = []
    const room = kit.client.untyped('a')
    room.on('said', (payload) => log.push(payload))
    room.onGap(({ continuity, cause }) => log.push(`${continuity} ${cause}`), { complete: true })
    await settled()
    const say = async (...payloads: unknown[]): Promise<void> => {
      for (const payload of payloads) server.publish('a', 'said', payload)
      await settled()
    }
    return { ...kit, server, log, room, say }
  }

  it('replays in order what was missed, then goes on live, without a repeat at the seam (edge 65)', async () => {
    const { log, say, drop, clock, server, transport } = await recovering()
    await say(1, 2)
    await drop()
    await say(3, 4)
    const stop = transport.onDial((peer) => {
      peer.onFrame((frame) => {
        if (String(frame).includes('"sub"')) server.publish('a', 'said', 5)
      })
    })
    await clock.advance(1000)
    stop()
    await say(6)
    expect(log).toEqual([1, 2, 'complete reconnect', 3, 4, 5, 6])
  })

  it('delivers each message once, in order, while two lines are up during a handover', async () => {
    const { log, say, clock, server, transport } = await recovering()
    await say(1)
    server.drain(1000)
    transport.latencyMs = 20
    for (let payload = 2; payload < 120; payload++) {
      server.publish('a', 'said', payload)
      await clock.advance(10)
    }
    transport.latencyMs = 0
    await clock.advance(100)
    const payloads = log.filter((entry) => typeof entry === 'number')
    expect(payloads).toEqual(Array.from({ length: 119 }, (_, index) => index + 1))
    expect(log.filter((entry) => typeof entry === 'string')).toEqual(['complete reconnect'])
    expect([transport.sessions.length, transport.open.length]).toEqual([2, 1])
  })

  it('goes on over the newer line when the goodbye to the older one cannot be sent', async () => {
    const { client, log, say, clock, server, transport, room } = await recovering()
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    await say(1)
    transport.last.failSend()
    server.drain(0)
    server.lose('a', 'said', 2)
    await clock.advance(2000)
    await say(3)
    expect(log).toEqual([1, 'complete reconnect', 2, 3])
    expect(room.status.get()).toEqual({ state: 'joined', continuity: 'complete' })
    expect(statuses.filter((status) => status !== 'connected')).toEqual([])
    expect([transport.sessions.length, transport.open.length]).toEqual([2, 1])
  })

  it('loses nothing of a replay in the middle of which a listener pauses the client (edge 82)', async () => {
    const { client, log, room, say, drop, clock } = await recovering()
    await drop()
    await say(1, 2, 3)
    const stop = room.on('said', () => {
      stop()
      client.pause()
    })
    await clock.advance(1000)
    client.resume()
    await clock.advance(1000)
    await say(4)
    expect(log.filter((entry) => typeof entry === 'number')).toEqual([1, 2, 3, 4])
    expect(log.filter((entry) => typeof entry === 'string')).toEqual([
      'complete reconnect',
      'complete reconnect',
    ])
  })

  it('recovers also when nothing was received before the drop (edge 70)', async () => {
    const { log, say, drop, clock, room } = await recovering()
    await drop()
    await say(1)
    await clock.advance(1000)
    expect(log).toEqual(['complete reconnect', 1])
    expect(room.status.get()).toEqual({ state: 'joined', continuity: 'complete' })
  })

  it('tells of a change of epoch once and goes on in the new one (edge 66)', async () => {
    const { log, say, drop, clock, server } = await recovering()
    await say(1)
    await drop()
    server.resetEpoch('a')
    await say(2)
    await clock.advance(1000)
    await say(3)
    expect(log).toEqual([1, 'unknown reconnect', 3])
  })

  it('tells of an offset left out in the middle of the stream (edge 67)', async () => {
    const { log, say, server } = await recovering()
    await say(1)
    server.lose('a', 'said', 2)
    await say(3, 4)
    expect(log).toEqual([1, 'unknown hole', 3, 4])
  })

  it('tells when the history does not reach back far enough (edge 69)', async () => {
    const { log, say, drop, clock, server, room } = await recovering()
    await say(1)
    await drop()
    await say(2)
    server.evict('a')
    await clock.advance(1000)
    await say(3)
    expect(log).toEqual([1, 'unknown reconnect', 3])
    expect(room.status.get()).toEqual({ state: 'joined', continuity: 'unknown' })
  })

  it('holds the replay back behind a handler that asks for the state', async () => {
    const { client, say, drop, clock, server } = await recovering()
    const log: unknown[] = []
    const room = client.untyped('a')
    let finish = (): void => {}
    room.on('said', (payload) => log.push(payload))
    room.onGap(() => new Promise<void>((resolve) => (finish = resolve)), { complete: true })
    await drop()
    await say(1, 2)
    await clock.advance(1000)
    server.publish('a', 'said', 3)
    await settled()
    expect(log).toEqual([])
    log.push('state')
    finish()
    await settled()
    expect(log).toEqual(['state', 1, 2, 3])
  })
})
