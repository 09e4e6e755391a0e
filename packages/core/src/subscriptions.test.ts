import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, setup, statesOf } from './channel-test-setup.ts'
import { RealtimeError } from './index.ts'

const KEPT = { subscriptions: 'kept' } as const

describe('joining a channel', () => {
  it('dials an idle client and joins as soon as it is connected (edge 60)', async () => {
    const { client, transport, far, frames } = setup()
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    expect(transport.sessions).toHaveLength(1)
    expect(frames()).toEqual(['sub a'])
    far().joined('a')
    expect(log).toEqual(['joining', 'joined fresh'])
  })

  it('while connecting waits for the connection (edge 60)', async () => {
    const { client, transport, frames } = setup()
    transport.latencyMs = 0
    const connecting = client.connect()
    client.untyped('a').join()
    await connecting
    client.untyped('b').join()
    await settled()
    expect(frames()).toEqual(['sub a', 'sub b'])
  })

  it('while waiting for a retry happens on the next connection (edge 60)', async () => {
    const { client, clock, drop, frames } = await connected({ joins: 'at once' })
    await drop()
    const room = client.untyped('a')
    room.join()
    await settled()
    expect([client.status.get().status, room.status.get().state]).toEqual(['reconnecting', 'joining'])
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a'])
    expect(room.status.get()).toEqual({ state: 'joined', continuity: 'fresh' })
  })

  it('while paused happens on resume (edge 60)', async () => {
    const { client, clock, transport } = await connected({ joins: 'at once' })
    client.pause()
    const room = client.untyped('a')
    room.join()
    await settled()
    expect([client.status.get().status, room.status.get().state]).toEqual(['paused', 'joining'])
    expect(transport.sessions).toHaveLength(1)
    client.resume()
    await clock.advance(1000)
    expect(room.status.get().state).toBe('joined')
  })

  it('while connected happens within the tick', async () => {
    const { client, frames, far } = await connected()
    client.untyped('a').join()
    expect(frames()).toEqual([])
    await Promise.resolve()
    expect(frames()).toEqual(['sub a'])
    expect(far().requests).toEqual([{ key: 'a', recover: false, options: {} }])
  })

  it('tells the protocol of options that come later, all of them and only where it was asked', async () => {
    const { client, frames } = await connected({ joins: 'at once' })
    client.untyped('a', { depth: 1 }).join()
    client.untyped('a', { depth: 2 }).join()
    await settled()
    expect(frames()).toEqual(['sub a'])
    client.untyped('a', { wide: true, priority: 5 }).join()
    client.untyped('a', { priority: 6 }).join()
    expect(frames()).toEqual(['sub a', 'update a {"depth":2,"wide":true}'])
  })

  it('after close() waits for connect(), and is left until then', async () => {
    const { client, transport, clock } = await connected({ joins: 'at once' })
    await client.close()
    const room = client.untyped('a')
    room.join()
    await clock.advance(5000)
    expect(transport.sessions).toHaveLength(1)
    expect(room.status.get()).toEqual({ state: 'left' })
    await client.connect()
    await settled()
    expect(room.status.get().state).toBe('joined')
  })

  it('after a failure waits for connect(), and is left until then', async () => {
    const { client, far, clock, takeErrors } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    far().fail('stop', new RealtimeError('connection.refused', 'No', {}))
    client.untyped('b').join()
    await clock.advance(5000)
    expect(client.status.get().status).toBe('failed')
    expect([room.status.get(), client.untyped('b').status.get()]).toEqual([
      { state: 'left' },
      { state: 'left' },
    ])
    await client.connect()
    await settled()
    expect([room.status.get().state, client.untyped('b').status.get().state]).toEqual(['joined', 'joined'])
    expect(log).toEqual(['joining', 'joined fresh', 'left', 'joining', 'joined unknown'])
    expect(takeErrors()).toEqual([])
  })

  it('is one frame for all channels of a tick', async () => {
    const { client, frames } = await connected()
    for (const name of ['a', 'b', 'c']) client.untyped(name).on('said', () => {})
    await settled()
    expect(frames()).toEqual(['sub a b c'])
  })

  it('is one frame however many handles and listeners want the channel', async () => {
    const { client, frames, far } = await connected()
    const room = client.untyped('a')
    room.on('said', () => {})
    room.on('done', () => {})
    client.untyped('a').onAny(() => {})
    await settled()
    client.untyped('a').join()
    far().joined('a')
    client.untyped('a').join()
    await settled()
    expect(frames()).toEqual(['sub a'])
  })

  it('delivers a message that comes before the answer (edge 64)', async () => {
    const { client, far } = await connected()
    const log: unknown[] = []
    client.untyped('a').on('said', (payload) => log.push(payload))
    await settled()
    far().message('a', 'said', 1)
    far().joined('a')
    far().message('a', 'said', 2)
    expect(log).toEqual([1, 2])
  })

  it('is one frame when it is joined, left and joined again in one tick (edge 61)', async () => {
    const { client, frames } = await connected()
    const room = client.untyped('a')
    room.join()
    room.leave({ now: true })
    room.join()
    await settled()
    expect(frames()).toEqual(['sub a'])
  })

  it('is no frame when it is joined and left in one tick (edge 61)', async () => {
    const { client, frames, clock } = await connected()
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    room.leave({ now: true })
    await clock.advance(2000)
    expect(frames()).toEqual([])
    expect(log.filter((state) => state !== 'left')).toEqual([])
  })

  it('is no frame when a joined channel is left and joined again in one tick (edge 61)', async () => {
    const { client, frames } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.join()
    await settled()
    const log = statesOf(room.status)
    room.leave({ now: true })
    room.join()
    await settled()
    expect(frames()).toEqual(['sub a'])
    expect(log).toEqual([])
  })

  it('that was not answered before a drop is asked for once on the next connection (edge 62)', async () => {
    const { client, far, blink, frames } = await connected()
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    await blink()
    expect(frames()).toEqual(['sub a'])
    far().joined('a')
    expect(log).toEqual(['joining', 'joined fresh'])
  })

  it('ignores the answer of a session that is over', async () => {
    const { client, fars, blink } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    await blink()
    fars[0]?.joined('a')
    fars[0]?.refuse('a')
    expect(room.status.get().state).toBe('joining')
  })

  it('delivers although messages came when nobody wanted the channel', async () => {
    const { client, far } = await connected({ joins: 'at once' })
    const log: unknown[] = []
    const room = client.untyped('a')
    for (const payload of [1, 2, 3]) {
      far().message('a', 'said', 'nobody hears it')
      room.on('said', (value) => log.push(value))
      await settled()
      far().message('a', 'said', payload)
      room.leave({ now: true })
      await settled()
    }
    expect(log).toEqual([1, 2, 3])
  })

  it('at which the link throws is refused, and harms no other channel', async () => {
    const { client, clock, frames, takeErrors } = await connected({
      protocol: {
        open(session, events) {
          queueMicrotask(() => events.ready({}))
          return {
            receive: () => {},
            subscribe([request]) {
              if (request?.key === 'bad') throw new TypeError('mine')
              session.send(`sub ${request?.key}`)
              events.joined(request?.key ?? '')
            },
          }
        },
      },
    })
    const rooms = ['bad', 'good'].map((name) => client.untyped(name))
    for (const room of rooms) {
      room.join()
      await settled()
    }
    await clock.advance(20_000)
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['rejected', 'joined'])
    expect(frames()).toEqual(['sub good'])
    expect(takeErrors()).toMatchObject([{ code: 'channel.rejected', details: { channel: 'bad' } }])
  })

  it('ignores an answer to a channel that nobody asked for', async () => {
    const { client, far } = await connected()
    far().joined('a')
    far().refuse('a')
    far().gap('a', 'unknown')
    far().message('a', 'said', 1)
    expect(client.untyped('a').status.get().state).toBe('left')
  })
})

describe('leaving a channel', () => {
  it('happens a second after its last listener', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log = statesOf(room.status)
    const stop = room.on('said', () => {})
    await settled()
    stop()
    await clock.advance(999)
    expect(frames()).toEqual(['sub a'])
    await clock.advance(1)
    expect(frames()).toEqual(['sub a', 'unsub a'])
    expect(log).toEqual(['joining', 'joined fresh', 'left'])
  })

  it('does not happen when a listener comes within that second', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.on('said', () => {})()
    await clock.advance(999)
    const stop = room.on('said', () => {})
    await clock.advance(5000)
    expect(frames()).toEqual(['sub a'])
    stop()
    await clock.advance(999)
    expect(frames()).toEqual(['sub a'])
  })

  it('waits for as long as lingerMs says', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once', subscribe: { lingerMs: 200 } })
    client.untyped('a').join()()
    await clock.advance(199)
    expect(frames()).toEqual(['sub a'])
    await clock.advance(1)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('happens a second after leave()', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.on('said', () => {})
    await settled()
    room.leave()
    await clock.advance(999)
    expect(frames()).toEqual(['sub a'])
    await clock.advance(1)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('happens at once with leave({ now: true })', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.on('said', () => {})
    room.on('done', () => {})
    await settled()
    room.leave({ now: true })
    await settled()
    expect(frames()).toEqual(['sub a', 'unsub a'])
    expect(clock.now()).toBe(0)
  })

  it('happens at once with leave({ now: true }) also when it lingers already', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const stop = room.on('said', () => {})
    await settled()
    stop()
    await clock.advance(100)
    room.leave({ now: true })
    await settled()
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('happens with the last of several handles', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const rooms = [client.untyped('a'), client.untyped('a'), client.untyped('a')]
    const stops = rooms.map((room) => room.on('said', () => {}))
    await settled()
    stops[0]?.()
    stops[0]?.()
    rooms[1]?.leave({ now: true })
    await clock.advance(5000)
    expect(frames()).toEqual(['sub a'])
    stops[2]?.()
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('before the join is answered tells the far end too', async () => {
    const { client, frames, far } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    room.leave({ now: true })
    await settled()
    expect(frames()).toEqual(['sub a', 'unsub a'])
    far().joined('a')
    expect(room.status.get().state).toBe('left')
  })

  it('ends the delivery', async () => {
    const { client, far } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    await settled()
    room.leave()
    far().message('a', 'said', 1)
    expect(log).toEqual([])
  })

  it('while down is not followed by a join on the next connection (edge 63)', async () => {
    const { client, clock, drop, frames } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.join()
    await settled()
    await drop()
    room.leave({ now: true })
    await clock.advance(2000)
    expect(frames()).toEqual([])
    expect(room.status.get().state).toBe('left')
  })

  it('while down is told to a far end that kept the session', async () => {
    const { client, clock, drop, frames, readiness } = await connected({ joins: 'at once' })
    client.untyped('a').join()
    const gone = client.untyped('b')
    gone.join()
    await settled()
    await drop()
    gone.leave({ now: true })
    readiness.ready = KEPT
    await clock.advance(1000)
    expect(frames()).toEqual(['unsub b'])
  })

  it('while down is told once, not again on later connections', async () => {
    const { client, drop, clock, blink, frames, readiness } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.join()
    await settled()
    await drop()
    room.leave({ now: true })
    readiness.ready = KEPT
    await clock.advance(1000)
    room.join()
    await settled()
    expect(frames()).toEqual(['unsub a', 'sub a'])
    room.leave({ now: true })
    await settled()
    room.join()
    await settled()
    await blink(KEPT)
    expect(frames()).toEqual([])
    expect(room.status.get().state).toBe('joined')
  })

  it('while down is told to a far end that kept a session in which the join was not answered', async () => {
    const { client, clock, drop, frames, readiness } = await connected()
    const gone = client.untyped('b')
    gone.join()
    await settled()
    await drop()
    gone.leave({ now: true })
    readiness.ready = KEPT
    await clock.advance(1000)
    expect(frames()).toEqual(['unsub b'])
  })

  it('and joining again while down starts fresh, also in a session that was kept', async () => {
    const { client, clock, drop, frames, readiness } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    await drop()
    room.leave({ now: true })
    await settled()
    room.join()
    readiness.ready = KEPT
    await clock.advance(1000)
    expect(frames()).toEqual(['unsub a', 'sub a'])
    expect(log.at(-1)).toBe('joined fresh')
  })

  it('lets the connection close five seconds later', async () => {
    const { client, clock, transport } = setup({ joins: 'at once' })
    const stop = client.untyped('a').join()
    await settled()
    stop()
    await clock.advance(5999)
    expect(client.status.get().status).toBe('connected')
    await clock.advance(1)
    expect(client.status.get().status).toBe('idle')
    expect(transport.last.closedBy).toEqual({ code: 1000, reason: '' })
  })

  it('is told by close(), once, to everybody', async () => {
    const { client } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.join()
    await settled()
    const log = statesOf(room.status)
    await client.close()
    await settled()
    expect(log).toEqual(['left'])
  })

  it('is told by close() also to a channel joined in the same tick', async () => {
    const { client } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    room.join()
    await client.close()
    await settled()
    expect(room.status.get().state).toBe('left')
  })

  it('with close() ends every linger', async () => {
    const { client, clock, takeErrors } = await connected({ joins: 'at once' })
    client.untyped('a').join()()
    await settled()
    await client.close()
    expect(clock.pending).toEqual([])
    expect(takeErrors()).toEqual([])
  })
})

describe('rejoining after a drop', () => {
  it('asks for all that is wanted, with the wish to continue where it stopped', async () => {
    const { client, blink, frames, far } = await connected()
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    await settled()
    far().joined('a')
    far().joined('b')
    await blink()
    expect(frames()).toEqual(['sub a* b* c'])
  })

  it('says joining while down, and joined with what the far end knows of the time between', async () => {
    const { client, blink, far } = await connected()
    const rooms = ['a', 'b', 'c'].map((name) => client.untyped(name))
    for (const room of rooms) room.join()
    await settled()
    for (const { name } of rooms) far().joined(name)
    const logs = rooms.map(({ status }) => statesOf(status))
    await blink()
    far().joined('a', { continuity: 'complete' })
    far().joined('b', { continuity: 'latest-only' })
    far().joined('c')
    expect(logs).toEqual([
      ['joining', 'joined complete'],
      ['joining', 'joined latest-only'],
      ['joining', 'joined unknown'],
    ])
  })

  it('needs no frame where the far end kept the subscriptions', async () => {
    const { client, blink, frames, far } = await connected({ joins: 'at once' })
    const log: unknown[] = []
    const room = client.untyped('a')
    const states = statesOf(room.status)
    room.on('said', (payload) => log.push(payload))
    await settled()
    await blink(KEPT)
    far().message('a', 'said', 1)
    expect(frames()).toEqual([])
    expect(states.slice(2)).toEqual(['joining', 'joined unknown'])
    expect(log).toEqual([1])
  })

  it('asks a far end that kept the subscriptions for those that it never confirmed', async () => {
    const { client, blink, frames, far } = await connected()
    client.untyped('a').join()
    client.untyped('b').join()
    await settled()
    far().joined('a')
    await blink(KEPT)
    expect(frames()).toEqual(['sub b'])
  })

  it('asks a far end that kept the subscriptions for one that it refused later', async () => {
    const { client, blink, frames, far, takeErrors } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    far().joined('a')
    far().refuse('a')
    takeErrors()
    await blink(KEPT)
    expect(room.status.get().state).toBe('joining')
    expect(frames()).toHaveLength(1)
  })

  it('leaves alone what is only watched', async () => {
    const { client, blink, frames } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const states = statesOf(room.status)
    room.onGap(() => {})
    room.join()
    await settled()
    room.leave({ now: true })
    const other = client.untyped('b')
    statesOf(other.status)
    await settled()
    await blink()
    await blink()
    expect(frames()).toEqual([])
    expect([states.at(-1), other.status.get().state]).toEqual(['left', 'left'])
  })

  it('continues nothing after a new identity, and says so (edge 59)', async () => {
    const { client, clock, frames, takeErrors } = await connected({ joins: 'at once' })
    const log = statesOf(client.untyped('a').status)
    client.untyped('a').join()
    client.untyped('b').join()()
    await settled()
    client.reauthenticate({ newIdentity: true })
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a'])
    expect(log).toEqual(['joining', 'joined fresh', 'joining', 'joined unknown'])
    expect(takeErrors()).toEqual([])
  })

  it('a hundred times doubles nothing', async () => {
    const { client, blink, frames, far, transport, clock } = await connected({ joins: 'at once' })
    let count = 0
    client.untyped('a').on('said', () => count++)
    client.untyped('b').join()
    await settled()
    const before = clock.pending.length
    for (let round = 0; round < 100; round++) {
      await clock.advance(5000)
      await blink()
    }
    far().message('a', 'said', 1)
    expect(frames()).toEqual(['sub a* b*'])
    expect(count).toBe(1)
    expect(transport.open).toHaveLength(1)
    expect(clock.pending.length).toBe(before)
  })
})

describe('joining many channels', () => {
  const names = Array.from({ length: 500 }, (_, index) => `room-${index}`)

  it('keeps at most 20 joins unanswered', async () => {
    const { client, frames, far, takeErrors } = await connected()
    for (const name of names) client.untyped(name).join()
    await settled()
    const asked = (): string[] => frames().flatMap((frame) => String(frame).split(' ').slice(1))
    expect(asked()).toEqual(names.slice(0, 20))
    for (const name of names.slice(0, 5)) far().joined(name)
    expect(asked()).toEqual(names.slice(0, 25))
    far().refuse(names[5] ?? '', { afterMs: 60_000 })
    expect(asked()).toHaveLength(26)
    for (const name of names) if (name !== names[5]) far().joined(name)
    expect(asked()).toEqual(names)
    expect(takeErrors()).toHaveLength(1)
  })

  it('keeps as many unanswered as the protocol or the option says', async () => {
    const few = await connected({ subscribe: { inFlight: 3 } })
    const fewer = await connected({ subscribe: { inFlight: 3 }, ready: { limits: { joins: 2 } } })
    for (const { client } of [few, fewer]) for (const name of names) client.untyped(name).join()
    await settled()
    expect([few.frames(), fewer.frames()]).toEqual([['sub room-0 room-1 room-2'], ['sub room-0 room-1']])
  })

  it('is one frame where the protocol joins any number at once', async () => {
    const { client, frames, blink } = await connected({
      joins: 'at once',
      ready: { limits: { joins: Number.POSITIVE_INFINITY } },
    })
    for (const name of names) client.untyped(name).join()
    await settled()
    expect(frames()).toEqual([`sub ${names.join(' ')}`])
    await blink()
    expect(frames()).toEqual([`sub ${names.map((name) => `${name}*`).join(' ')}`])
  })

  it('asks for those of higher priority first', async () => {
    const { client, frames, blink } = await connected({ joins: 'at once', subscribe: { inFlight: 2 } })
    client.untyped('low', { priority: -1 }).join()
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    client.untyped('high', { priority: 10 }).join()
    await settled()
    expect(frames()).toEqual(['sub high a', 'sub b c', 'sub low'])
    await blink()
    expect(frames()).toEqual(['sub high* a*', 'sub b* c*', 'sub low*'])
  })

  it('lets an important channel overtake those that wait', async () => {
    const { client, frames, far } = await connected({ subscribe: { inFlight: 1 } })
    for (const name of ['a', 'b']) client.untyped(name).join()
    await settled()
    client.untyped('urgent', { priority: 1 }).join()
    await settled()
    far().joined('a')
    far().joined('urgent')
    expect(frames()).toEqual(['sub a', 'sub urgent', 'sub b'])
  })

  it('rejoins 500 within 50 joins per 5 s, the important ones first (edge 71)', async () => {
    const { client, clock, blink, far, transport } = await connected({
      joins: 'at once',
      subscribe: { rate: { count: 50, perMs: 5000 }, inFlight: Number.POSITIVE_INFINITY },
    })
    for (const [index, name] of names.entries()) client.untyped(name, { priority: index }).join()
    await clock.advance(60_000)
    await blink()
    const log: { at: number; count: number }[] = []
    let seen = 0
    const order: string[] = []
    for (let step = 0; step < 600; step++) {
      const { requests } = far()
      if (requests.length > seen) log.push({ at: clock.now(), count: requests.length - seen })
      for (const { key } of requests.slice(seen)) order.push(key)
      seen = requests.length
      await clock.advance(100)
    }
    expect(order).toEqual([...names].reverse())
    for (const { at } of log) {
      const within = log.filter((other) => other.at > at - 5000 && other.at <= at)
      expect(within.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(50)
    }
    expect(client.untyped('room-0').status.get().state).toBe('joined')
    expect(transport.sessions).toHaveLength(2)
  })

  it('counts the joins of each connection on its own, as servers do', async () => {
    const { client, clock, blink, frames } = await connected({
      joins: 'at once',
      subscribe: { rate: { count: 2, perMs: 5000 } },
    })
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    await settled()
    expect(frames()).toEqual(['sub a b'])
    await blink()
    expect(frames()).toEqual(['sub a* b*'])
    await clock.advance(5000)
    expect(frames()).toEqual(['sub a* b*', 'sub c'])
  })

  it('asks once, and in order, for those that waited for their turn at a drop (edge 62)', async () => {
    const { client, blink, frames } = await connected({ subscribe: { inFlight: 2 } })
    for (const name of ['a', 'b', 'c', 'd']) client.untyped(name).join()
    await settled()
    await blink({ limits: { joins: Number.POSITIVE_INFINITY } })
    expect(frames()).toEqual(['sub a b c d'])
  })

  it('asks once for one that was left and joined again while it waited for its turn (edge 61)', async () => {
    const { client, clock, frames } = await connected({
      joins: 'at once',
      subscribe: { rate: { count: 2, perMs: 1000 } },
    })
    for (const name of ['a', 'b']) client.untyped(name).join()
    await settled()
    const room = client.untyped('c')
    room.join()
    await settled()
    room.leave({ now: true })
    await settled()
    room.join()
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a b', 'sub c'])
  })

  it('does not ask for one that was left while it waited for its turn', async () => {
    const { client, far, frames } = await connected({ subscribe: { inFlight: 1 } })
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    await settled()
    const gone = client.untyped('b')
    gone.join()
    expect(frames()).toEqual(['sub a'])
    gone.leave({ now: true })
    far().joined('a')
    expect(frames()).toEqual(['sub a', 'sub b'])
  })
})

describe('a join without an answer', () => {
  it('times out after 10 s, is reported and asked for again with backoff', async () => {
    const { client, clock, frames, far, takeErrors } = await connected()
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    await clock.advance(9999)
    expect(room.status.get().state).toBe('joining')
    await clock.advance(1)
    expect(room.status.get()).toMatchObject({
      state: 'rejected',
      error: { code: 'channel.timeout', details: { channel: 'a' } },
    })
    expect(takeErrors()).toMatchObject([{ code: 'channel.timeout' }])
    await clock.advance(499)
    expect(frames()).toEqual(['sub a'])
    await clock.advance(1)
    expect(frames()).toEqual(['sub a', 'sub a'])
    await clock.advance(10_000)
    takeErrors()
    await clock.advance(999)
    expect(frames()).toHaveLength(2)
    await clock.advance(1)
    expect(frames()).toHaveLength(3)
    far().joined('a')
    expect(log).toEqual(['joining', 'rejected', 'joining', 'rejected', 'joining', 'joined fresh'])
  })

  it('times out on its own, each from its own asking', async () => {
    const { client, clock, far, takeErrors } = await connected({ subscribe: { joinMs: 1000 } })
    const rooms = ['a', 'b', 'c'].map((name) => client.untyped(name))
    rooms[0]?.join()
    await settled()
    await clock.advance(400)
    rooms[1]?.join()
    await clock.advance(300)
    rooms[2]?.join()
    await settled()
    far().joined('a')
    await clock.advance(699)
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['joined', 'joining', 'joining'])
    await clock.advance(1)
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['joined', 'rejected', 'joining'])
    await clock.advance(300)
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['joined', 'rejected', 'rejected'])
    expect(takeErrors()).toHaveLength(2)
  })

  it('is taken back when the channel is left after all', async () => {
    const { client, clock, frames, takeErrors } = await connected({ subscribe: { joinMs: 1000 } })
    const room = client.untyped('a')
    room.join()
    await settled()
    await clock.advance(1000)
    takeErrors()
    room.leave({ now: true })
    await settled()
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })

  it('makes room for the others when it times out', async () => {
    const { client, clock, frames, takeErrors } = await connected({
      subscribe: { inFlight: 1, joinMs: 1000 },
    })
    for (const name of ['a', 'b']) client.untyped(name).join()
    await settled()
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'sub b'])
    takeErrors()
  })

  it('is not waited for once the line is down or the channel left', async () => {
    const { client, clock, drop } = await connected()
    client.untyped('a').join()
    client.untyped('b').join()
    await settled()
    client.untyped('c').join()
    client.untyped('c').leave({ now: true })
    await drop()
    await clock.advance(0)
    expect(clock.pending.every(({ dueIn }) => dueIn <= 1000)).toBe(true)
  })
})

describe('a refused channel', () => {
  it('is rejected for good and leaves the connection and other channels alone (edge 72)', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    const rooms = ['a', 'b'].map((name) => client.untyped(name))
    for (const room of rooms) room.join()
    await settled()
    far().refuse('a')
    far().joined('b')
    await clock.advance(60_000)
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['rejected', 'joined'])
    expect(client.status.get().status).toBe('connected')
    expect(frames()).toEqual(['sub a b'])
    expect(takeErrors()).toMatchObject([{ code: 'channel.rejected', details: { channel: 'a' } }])
  })

  it('tells its error in a status that stays the same object', async () => {
    const { client, far, takeErrors } = await connected()
    const { status } = client.untyped('a')
    client.untyped('a').join()
    await settled()
    far().refuse('a')
    const [error] = takeErrors()
    expect(status.get()).toEqual({ state: 'rejected', error })
    expect(status.get()).toBe(status.get())
  })

  it('is asked for again with backoff when the refusal is worth another try', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    const room = client.untyped('a')
    const log = statesOf(room.status)
    room.join()
    await settled()
    for (const waitMs of [500, 1000, 2000]) {
      const { length } = frames()
      far().refuse('a', true)
      await clock.advance(waitMs - 1)
      expect(frames()).toHaveLength(length)
      await clock.advance(1)
      expect(frames()).toHaveLength(length + 1)
    }
    far().joined('a')
    expect(log.slice(-2)).toEqual(['joining', 'joined fresh'])
    expect(takeErrors()).toHaveLength(3)
  })

  it('forgets its failures once joined', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    client.untyped('a').join()
    await settled()
    far().refuse('a', true)
    await clock.advance(500)
    far().refuse('a', true)
    await clock.advance(1000)
    far().joined('a')
    far().refuse('a', true)
    await clock.advance(500)
    expect(frames()).toHaveLength(4)
    takeErrors()
  })

  it('is asked for again after the time that the server gave', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    client.untyped('a').join()
    await settled()
    far().refuse('a', { afterMs: 7000 })
    await clock.advance(6999)
    expect(frames()).toEqual(['sub a'])
    await clock.advance(1)
    expect(frames()).toEqual(['sub a', 'sub a'])
    takeErrors()
  })

  it('is asked for again by retry(), at once and once', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    far().refuse('a', { afterMs: 5000 })
    room.retry()
    room.retry()
    await settled()
    expect(frames()).toEqual(['sub a', 'sub a'])
    expect(room.status.get().state).toBe('joining')
    await clock.advance(5000)
    expect(frames()).toHaveLength(2)
    takeErrors()
  })

  it('is not asked for by retry() when it is joined, joining or left', async () => {
    const { client, far, frames } = await connected()
    const room = client.untyped('a')
    room.retry()
    room.join()
    await settled()
    room.retry()
    far().joined('a')
    room.retry()
    await settled()
    expect(frames()).toEqual(['sub a'])
  })

  it('is asked for again on the next connection, also when the refusal was final', async () => {
    const { client, far, blink, frames, takeErrors } = await connected()
    client.untyped('a').join()
    await settled()
    far().refuse('a')
    takeErrors()
    await blink()
    expect(frames()).toEqual(['sub a'])
  })

  it('with a retry under way is asked for once on the next connection', async () => {
    const { client, clock, far, blink, frames, takeErrors } = await connected()
    client.untyped('a').join()
    await settled()
    far().refuse('a', { afterMs: 3000 })
    await blink()
    far().joined('a')
    await clock.advance(5000)
    expect(frames()).toEqual(['sub a'])
    takeErrors()
  })

  it('left before its retry is not asked for again', async () => {
    const { client, clock, far, frames, takeErrors } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    far().refuse('a', { afterMs: 3000 })
    room.leave({ now: true })
    await clock.advance(5000)
    expect(frames()).toEqual(['sub a'])
    expect(room.status.get().state).toBe('left')
    takeErrors()
  })

  it('can be one that was joined before', async () => {
    const { client, far, takeErrors } = await connected()
    const room = client.untyped('a')
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    await settled()
    far().joined('a')
    far().refuse('a')
    far().message('a', 'said', 1)
    expect(room.status.get().state).toBe('rejected')
    expect(log).toEqual([])
    takeErrors()
  })

  it('waits for the next connection while this one is down', async () => {
    const { client, clock, far, drop, frames, takeErrors } = await connected()
    const room = client.untyped('a')
    room.join()
    await settled()
    far().refuse('a', { afterMs: 100 })
    await drop()
    await clock.advance(200)
    room.retry()
    await clock.advance(800)
    expect(frames()).toEqual(['sub a'])
    takeErrors()
  })
})

describe('a channel during a handover', () => {
  async function handingOver() {
    const kit = await connected()
    const room = kit.client.untyped('a')
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    await settled()
    kit.far().joined('a')
    const states = statesOf(room.status)
    kit.far().advice({ drainMs: 1000 })
    await kit.clock.advance(1000)
    const [older, newer] = kit.fars
    if (!older || !newer) throw new Error('No handover')
    return { ...kit, room, log, states, older, newer }
  }

  it('is delivered by the older line until the newer has joined it, and stays joined', async () => {
    const { log, states, older, newer, frames, transport } = await handingOver()
    expect(frames()).toEqual(['sub a*'])
    older.message('a', 'said', 1)
    newer.message('a', 'said', 1)
    newer.joined('a', { continuity: 'complete' })
    older.message('a', 'said', 2)
    newer.message('a', 'said', 2)
    expect(log).toEqual([1, 2])
    expect(states).toEqual(['joined complete'])
    await settled()
    expect(transport.open).toHaveLength(1)
  })

  it('goes on over the older line when the newer one ends', async () => {
    const { log, room, older, transport, client, takeErrors } = await handingOver()
    transport.last.drop()
    await settled()
    older.message('a', 'said', 1)
    expect(log).toEqual([1])
    expect(client.status.get().status).toBe('connected')
    older.refuse('a')
    expect(room.status.get().state).toBe('rejected')
    expect(takeErrors().map(({ code }) => code)).toEqual(['connection.lost', 'channel.rejected'])
  })

  it('stays with the older line for good when the newer one is refused', async () => {
    const { log, room, older, newer, clock, transport, takeErrors } = await handingOver()
    newer.fail('stop', new RealtimeError('connection.refused', 'No', {}))
    await clock.advance(20_000)
    older.message('a', 'said', 1)
    expect([room.status.get().state, log, transport.open.length]).toEqual(['joined', [1], 1])
    expect(takeErrors()).toHaveLength(1)
  })

  it('is joining when the older line goes before the newer one has joined it', async () => {
    const { log, states, newer, transport } = await handingOver()
    transport.sessions[0]?.drop()
    await settled()
    expect(states).toEqual(['joining'])
    newer.message('a', 'said', 1)
    newer.joined('a', { continuity: 'complete' })
    newer.message('a', 'said', 2)
    expect(log).toEqual([1, 2])
    expect(states).toEqual(['joining', 'joined complete'])
  })

  it('keeps the older line until the last of many has moved', async () => {
    const { client, far, clock, transport } = await connected({ subscribe: { inFlight: 1 } })
    for (const name of ['a', 'b', 'c']) client.untyped(name).join()
    await settled()
    for (const name of ['a', 'b', 'c']) far().joined(name)
    far().advice({ drainMs: 1 })
    await clock.advance(1000)
    for (const name of ['a', 'b', 'c']) {
      await settled()
      expect(transport.open).toHaveLength(2)
      far().joined(name)
    }
    await settled()
    expect(transport.open).toHaveLength(1)
  })

  it('that is new is joined by the older line when the newer one ends', async () => {
    const { client, transport, older, takeErrors } = await handingOver()
    const room = client.untyped('b')
    room.join()
    await settled()
    transport.last.drop()
    await settled()
    older.joined('b')
    expect(transport.sessions[0]?.sent).toEqual(['sub a', 'sub b'])
    expect(room.status.get().state).toBe('joined')
    takeErrors()
  })

  it('left meanwhile is left on both lines', async () => {
    const { room, transport } = await handingOver()
    room.leave({ now: true })
    await settled()
    expect(transport.sessions.map(({ sent }) => sent)).toEqual([
      ['sub a', 'unsub a'],
      ['sub a*', 'unsub a'],
    ])
  })
})
