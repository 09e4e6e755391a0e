import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, setup, statesOf } from './channel-test-setup.ts'
import { RealtimeError } from './errors.ts'

async function joined() {
  const kit = await connected({ joins: 'at once' })
  const room = kit.client.untyped('a')
  const release = room.join()
  await settled()
  return { ...kit, room, release }
}

const parse = (text: unknown): unknown => JSON.parse(text as string)

describe('channel listeners', () => {
  it('get payload and meta with the names of channel and event', async () => {
    const { room, far } = await joined()
    const log: unknown[] = []
    room.on('said', (payload, meta) => log.push([payload, meta]))
    far().message('a', 'said', 1)
    far().message('a', 'said', 2, { offset: 7 } as object)
    expect(log).toEqual([
      [1, { channel: 'a', event: 'said' }],
      [2, { channel: 'a', event: 'said', offset: 7 }],
    ])
  })

  it('hear their own event of their own channel alone', async () => {
    const { room, far, client } = await joined()
    const log: unknown[] = []
    room.on('said', (payload) => log.push(`a said ${payload}`))
    room.on('done', (payload) => log.push(`a done ${payload}`))
    client.untyped('b').on('said', (payload) => log.push(`b said ${payload}`))
    await settled()
    far().message('a', 'said', 1)
    far().message('b', 'said', 2)
    far().message('a', 'done', 3)
    far().message('b', 'done', 4)
    far().message('c', 'said', 5)
    expect(log).toEqual(['a said 1', 'b said 2', 'a done 3'])
  })

  it('hear all events with onAny, which tells payload, event and meta', async () => {
    const { room, far } = await joined()
    const log: unknown[] = []
    room.onAny((message) => log.push(message))
    far().message('a', 'said', 1)
    far().message('a', 'done', undefined, { offset: 2 } as object)
    expect(log).toEqual([
      { event: 'said', payload: 1, meta: { channel: 'a', event: 'said' } },
      { event: 'done', payload: undefined, meta: { channel: 'a', event: 'done', offset: 2 } },
    ])
  })

  it('hear each message once, those of the event before those of onAny', async () => {
    const { room, far } = await joined()
    const log: string[] = []
    room.onAny(() => log.push('any'))
    room.on('said', () => log.push('first'))
    room.on('said', () => log.push('second'))
    far().message('a', 'said', 1)
    expect(log).toEqual(['first', 'second', 'any'])
  })

  it('hear the further names that the protocol gives an event, and stop hearing all of them', async () => {
    const protocol = { listensTo: (event: string) => [event, `client-${event}`] }
    const { client, far } = await connected({ joins: 'at once', protocol })
    const log: unknown[] = []
    const stop = client.untyped('a').on('said', (payload, { event }) => log.push([payload, event]))
    await settled()
    far().message('a', 'client-said', 1)
    far().message('a', 'said', 2)
    stop()
    far().message('a', 'client-said', 3)
    far().message('a', 'said', 4)
    expect(log).toEqual([
      [1, 'client-said'],
      [2, 'said'],
    ])
  })

  it('that come late get what the protocol keeps for the channel by then, in a microtask and alone', async () => {
    const kept: string[] = []
    const latest = (channel: string, events: readonly (string | undefined)[]) =>
      kept
        .filter((event) => channel === 'a' && (events.includes(event) || events.includes(undefined)))
        .map((event) => [{ channel, event }, `"${event}"`, parse] as const)
    const { client, far } = await connected({ joins: 'at once', protocol: { latest } })
    const log: unknown[] = []
    const early = client.untyped('a').on('said', (payload) => log.push(['early', payload]))
    await settled()
    kept.push('said', 'done')
    client.untyped('a').on('said', (payload, meta) => log.push(['late', payload, meta]))
    client.untyped('a').onAny(({ event, payload }) => log.push(['any', event, payload]))
    client.untyped('a').on('said', () => log.push('gone'))()
    expect(log).toEqual([])
    await settled()
    expect(log).toEqual([
      ['late', 'said', { channel: 'a', event: 'said' }],
      ['any', 'said', 'said'],
      ['any', 'done', 'done'],
    ])
    early()
    far().message('a', 'said', 'live')
    expect(log.slice(3)).toEqual([
      ['late', 'live', { channel: 'a', event: 'said' }],
      ['any', 'said', 'live'],
    ])
  })

  it('of the same function added twice are two, removed one by one', async () => {
    const { room, far } = await joined()
    const log: unknown[] = []
    const listener = (payload: unknown): void => void log.push(payload)
    const stop = room.on('said', listener)
    room.on('said', listener)
    far().message('a', 'said', 1)
    stop()
    stop()
    far().message('a', 'said', 2)
    expect(log).toEqual([1, 1, 2])
  })

  it('that throw are reported and keep nobody else from hearing (edge 83)', async () => {
    const { room, far, takeErrors } = await joined()
    const log: unknown[] = []
    room.on('said', () => {
      throw new TypeError('mine')
    })
    room.on('said', (payload) => log.push(payload))
    room.onAny(({ payload }) => log.push(payload))
    far().message('a', 'said', 1)
    far().message('a', 'said', 2)
    expect(log).toEqual([1, 1, 2, 2])
    const [error, ...more] = takeErrors()
    expect(error).toMatchObject({ code: 'listener.failed', details: { channel: 'a', event: 'said' } })
    expect(error?.cause).toEqual(new TypeError('mine'))
    expect(more).toHaveLength(1)
  })

  it('that throw do not harm the connection, its channels or a status listener (edge 83)', async () => {
    const { client, room, far, takeErrors } = await joined()
    const log = statesOf(room.status)
    const bad = (): never => {
      throw new Error('mine')
    }
    const stop = room.status.subscribe(bad)
    client.onError(bad)
    client.trace.subscribe(bad)
    room.onAny(bad)
    far().message('a', 'said', 1)
    far().refused('a', new RealtimeError('channel.rejected', 'No', { channel: 'a' }))
    stop()
    expect(log).toEqual(['rejected'])
    expect(client.status.get().status).toBe('connected')
    expect(
      takeErrors()
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['channel.rejected', 'listener.failed', 'listener.failed'])
  })

  it('removed while a message is told do not hear it any more (edge 84)', async () => {
    const { room, far } = await joined()
    const log: string[] = []
    const stops: (() => void)[] = []
    room.on('said', () => {
      log.push('first')
      for (const stop of stops) stop()
    })
    stops.push(room.on('said', () => log.push('second')))
    stops.push(room.onAny(() => log.push('any')))
    room.on('said', () => log.push('third'))
    far().message('a', 'said', 1)
    expect(log).toEqual(['first', 'third'])
  })

  it('that remove themselves leave the others in place (edge 84)', async () => {
    const { room, far } = await joined()
    const log: string[] = []
    const stop = room.on('said', () => {
      log.push('once')
      stop()
    })
    room.on('said', () => log.push('always'))
    far().message('a', 'said', 1)
    far().message('a', 'said', 2)
    expect(log).toEqual(['once', 'always', 'always'])
  })

  it('added while a message is told hear the next one', async () => {
    const { room, far } = await joined()
    const log: unknown[] = []
    const stop = room.on('said', () => {
      stop()
      room.on('said', (payload) => log.push(payload))
    })
    far().message('a', 'said', 1)
    expect(log).toEqual([])
    far().message('a', 'said', 2)
    expect(log).toEqual([2])
  })

  it('may send further messages of the far end through, each to everybody', async () => {
    const { room, far } = await joined()
    const log: string[] = []
    room.on('said', (payload) => {
      log.push(`first ${payload}`)
      if (payload === 1) far().message('a', 'said', 2)
    })
    room.on('said', (payload) => log.push(`second ${payload}`))
    far().message('a', 'said', 1)
    expect(log.sort()).toEqual(['first 1', 'first 2', 'second 1', 'second 2'])
  })

  it('end with their signal, which does not keep them', async () => {
    const { room, far } = await joined()
    const log: unknown[] = []
    const controller = new AbortController()
    const { signal } = controller
    const listeners = new Set<unknown>()
    const add = signal.addEventListener.bind(signal)
    signal.addEventListener = (...values: Parameters<typeof add>) => {
      listeners.add(values[1])
      add(...values)
    }
    signal.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener)
    room.on('said', (payload) => log.push(payload), { signal })
    room.onAny(({ payload }) => log.push(payload), { signal })
    room.on('said', () => {}, { signal })()
    expect(listeners.size).toBe(2)
    far().message('a', 'said', 1)
    controller.abort()
    far().message('a', 'said', 2)
    expect(log).toEqual([1, 1])
    expect(listeners.size).toBe(0)
  })

  it('are not added, and join nothing, with a signal that is aborted already', async () => {
    const { client, frames } = await connected()
    client.untyped('a').on('said', () => {}, { signal: AbortSignal.abort() })
    await settled()
    expect(frames()).toEqual([])
  })

  it('leave the channel when their signal is aborted', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const controller = new AbortController()
    client.untyped('a').on('said', () => {}, { signal: controller.signal })
    await settled()
    controller.abort()
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'unsub a'])
  })
})

describe('channel handle', () => {
  it('does nothing on the wire until it is used', async () => {
    const { client, frames } = await connected()
    const room = client.untyped('a')
    expect([room.name, room.status.get(), room.members.get()]).toEqual([
      'a',
      { state: 'left' },
      { list: [], me: undefined },
    ])
    await settled()
    expect(frames()).toEqual([])
  })

  it('of a pattern is the one of its full name', async () => {
    const { client, far, frames } = await connected()
    const log: unknown[] = []
    client.channel('room.{id}', { id: 7 }).on('said', (payload) => log.push(payload))
    client.untyped('room.7').on('said', (payload) => log.push(payload))
    await settled()
    far().message('room.7', 'said', 1)
    expect(log).toEqual([1, 1])
    expect(frames()).toEqual(['sub room.7'])
  })

  it('neither joins nor dials for a status listener or a gap handler alone', async () => {
    const { client, transport } = setup()
    const room = client.untyped('a')
    statesOf(room.status)
    room.onGap(() => {})
    await settled()
    expect(transport.sessions).toEqual([])
    expect(client.status.get().status).toBe('idle')
  })

  it('leaves with its own listeners and gap handlers alone', async () => {
    const { client, far, blink, frames } = await connected({ joins: 'at once' })
    const mine = client.untyped('a')
    const yours = client.untyped('a')
    const log: string[] = []
    mine.on('said', () => log.push('mine'))
    mine.onGap(() => log.push('my gap'))
    yours.on('said', () => log.push('yours'))
    yours.onGap(() => log.push('your gap'))
    await settled()
    mine.leave({ now: true })
    far().message('a', 'said', 1)
    await blink()
    expect(log).toEqual(['yours', 'your gap'])
    expect(frames()).toEqual(['sub a*'])
  })

  it('is of use again after leave()', async () => {
    const { room, release, far, frames } = await joined()
    const log: unknown[] = []
    release()
    room.leave({ now: true })
    room.on('said', (payload) => log.push(payload))
    await settled()
    far().message('a', 'said', 1)
    expect(log).toEqual([1])
    expect(frames()).toEqual(['sub a'])
  })

  it('is of use again after leave() in the tick of its first join, also with a gap handler', async () => {
    const { client, far, frames } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const log: unknown[] = []
    room.join()
    room.onGap(() => {})
    room.leave({ now: true })
    room.on('said', (payload) => log.push(payload))
    await settled()
    far().message('a', 'said', 1)
    expect(log).toEqual([1])
    expect(frames()).toEqual(['sub a'])
  })

  it('asks for its protocol options, together with those of other handles', async () => {
    const { client, far } = await connected()
    client.untyped('a', { qos: 1, priority: 5 }).join()
    client.untyped('a', { since: 'x' }).join()
    await settled()
    expect(far().requests).toEqual([{ key: 'a', recover: false, options: { qos: 1, since: 'x' } }])
  })

  it('throws capability.missing for members where the protocol has no presence', async () => {
    const { client } = await connected({ protocol: { presence: undefined as never } })
    const { members } = client.untyped('a')
    const missing = expect.objectContaining({
      code: 'capability.missing',
      details: { capability: 'presence', protocol: 'words' },
    })
    expect(() => members.get()).toThrow(missing)
    expect(() => members.subscribe(() => {})).toThrow(missing)
  })

  it('tells whoever subscribes late by get()', async () => {
    const { room } = await joined()
    const log = statesOf(room.status)
    expect(room.status.get()).toEqual({ state: 'joined', continuity: 'fresh' })
    expect(log).toEqual([])
  })

  it('has a status that stays the same object until it changes, also from another handle', async () => {
    const { client, room } = await joined()
    const before = room.status.get()
    client.untyped('a').join()
    await settled()
    expect(room.status.get()).toBe(before)
    expect(client.untyped('a').status.get()).toBe(before)
    expect(client.untyped('b').status.get()).toBe(client.untyped('c').status.get())
    expect(Object.isFrozen(before)).toBe(true)
  })
})

describe('handlers that act on the client', () => {
  it('close() in a message listener ends the delivery of what came after (edge 82)', async () => {
    const { client, room, transport } = await joined()
    const log: unknown[] = []
    room.on('bytes', (payload) => {
      log.push(payload)
      void client.close()
    })
    transport.last.send(new TextEncoder().encode('1'), new TextEncoder().encode('2'))
    await settled()
    expect(log).toEqual(['1'])
    expect(client.status.get().status).toBe('closed')
  })

  it('connect() in a listener of close brings listeners back (edge 82)', async () => {
    const { client, room, far, transport } = await joined()
    const log: unknown[] = []
    room.on('said', (payload) => log.push(payload))
    let hasClosed = false
    client.status.subscribe(({ status }) => {
      if (status !== 'closed' || hasClosed) return
      hasClosed = true
      void client.connect()
    })
    await client.close()
    await settled()
    expect(client.status.get().status).toBe('connected')
    expect(room.status.get()).toMatchObject({ state: 'joined' })
    far().message('a', 'said', 1)
    expect(log).toEqual([1])
    expect(transport.sessions).toHaveLength(2)
  })

  it('a status listener of the client may join and leave channels (edge 82)', async () => {
    const { client, frames, transport } = setup({ joins: 'at once' })
    const log: string[] = []
    const stop = client.untyped('b').join()
    client.status.subscribe(({ status }) => {
      log.push(status)
      client.untyped('a').join()
      stop()
    })
    await client.connect()
    await settled()
    expect(frames()).toEqual(['sub b a'])
    expect(log).toEqual(['connected'])
    expect(transport.sessions).toHaveLength(1)
  })

  it('a status listener of a channel may join, leave and retry channels (edge 82)', async () => {
    const { client, frames, clock } = await connected({ joins: 'at once' })
    const room = client.untyped('a')
    const other = client.untyped('b')
    room.status.subscribe(({ state }) => {
      if (state === 'joined') {
        other.join()
        room.leave({ now: true })
      } else if (state === 'left') other.retry()
    })
    room.join()
    await settled()
    await clock.advance(1000)
    expect(frames()).toEqual(['sub a', 'unsub a', 'sub b'])
    expect([room.status.get().state, other.status.get().state]).toEqual(['left', 'joined'])
  })

  it('close() in a status listener of a channel ends all of them (edge 82)', async () => {
    const { client, clock, transport } = await connected({ joins: 'at once', subscribe: { inFlight: 1 } })
    const rooms = ['a', 'b', 'c'].map((name) => client.untyped(name))
    rooms[1]?.status.subscribe(({ state }) => {
      if (state === 'joined') void client.close()
    })
    for (const room of rooms) room.join()
    await settled()
    expect(rooms.map(({ status }) => status.get().state)).toEqual(['left', 'left', 'left'])
    expect(transport.last.sent).toEqual(['sub a', 'sub b'])
    expect(clock.pending).toEqual([])
  })

  it('an error listener may retry and close (edge 82)', async () => {
    const { client, far, takeErrors, frames } = await connected()
    const room = client.untyped('a')
    room.join()
    client.onError(() => room.retry())
    await settled()
    far().refuse('a')
    await settled()
    expect(frames()).toEqual(['sub a', 'sub a'])
    client.onError(() => void client.close())
    far().refuse('a')
    await settled()
    expect([client.status.get().status, room.status.get().state]).toEqual(['closed', 'left'])
    takeErrors()
  })

  it('a members listener may leave, and a trace listener join (edge 82)', async () => {
    const { client, room, far, frames } = await joined()
    const log: number[] = []
    let isTracing = true
    client.trace.subscribe(({ type }) => {
      if (type !== 'channel' || !isTracing) return
      isTracing = false
      client.untyped('b').join()
    })
    room.members.subscribe(({ list }) => {
      log.push(list.length)
      room.leave({ now: true })
    })
    far().members('a', { all: [{ id: 'ann', info: {} }] })
    far().members('a', { left: 'ann' })
    await settled()
    expect(log).toEqual([1])
    expect(frames()).toEqual(['sub a', 'unsub a', 'sub b'])
  })

  it('a gap handler may leave and join again (edge 82)', async () => {
    const { room, blink, frames, far } = await joined()
    const log: unknown[] = []
    room.onGap(() => {
      room.leave({ now: true })
      room.on('said', (payload) => log.push(payload))
    })
    await blink()
    far().message('a', 'said', 1)
    await settled()
    expect(log).toEqual([1])
    expect(frames()).toEqual(['sub a*'])
  })
})
