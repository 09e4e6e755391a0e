import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { defineInspector, type Rule } from './index.ts'
import { createFake, holdFrames, look, show } from './page-test-setup.ts'

describe('the inspector: connection', () => {
  it('shows how the connection is, and how it came to be so, also what was before it was opened', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    const stop = fake.room().on('Said', () => {})
    await fake.settled()
    const { text, texts } = show(fake.client)
    expect(text('.head .chip')).toBe('connected')
    expect(texts('.connection .feed b')).toContain('opening → live')
    fake.clock.setRandom(() => 0.5)
    await fake.drop()
    frame()
    expect(text('.head .chip')).toBe('reconnecting')
    const [first] = texts('.connection .feed li')
    expect(first).toMatch(/live → waiting.*connection\.lost, next try in [\d.]+ s$/)
    expect(text('.connection .problem')).toContain('[connection.lost]')
    stop()
  })

  it('counts down to the next try, and tries at once when told to', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    fake.room().on('Said', () => {})
    await fake.settled()
    const { texts, press, text } = show(fake.client)
    fake.clock.setRandom(() => 0.999)
    await fake.clock.advance(1000)
    await fake.drop()
    await fake.clock.advance(100)
    frame()
    const { nextRetryAt = 0 } = fake.client.status.get()
    const seconds = (nextRetryAt - fake.clock.date()) / 1000
    expect(seconds).toBeGreaterThan(0)
    expect(texts('.connection dd')[2]).toBe(`${seconds.toFixed(1)} s`)
    expect(texts('.connection dd')[1]).toBe('1')
    press('Reconnect now')
    await fake.settled()
    frame()
    expect(text('.head .chip')).toBe('connected')
    expect(texts('.connection dd')[2]).toBe('–')
  })

  it('opens again what was closed', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    await fake.client.connect()
    await fake.client.close()
    const { text, press } = show(fake.client)
    expect(text('.head .chip')).toBe('closed')
    press('Reconnect now')
    await fake.clock.advance(1000)
    frame()
    expect(text('.head .chip')).toBe('connected')
  })
})

describe('the inspector: channels', () => {
  it('shows who holds a channel, its gaps, and how its publishes ended', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    const room = fake.room()
    const stops = [room.on('Said', () => {}), room.on('Said', () => {})]
    const { text, texts } = show(fake.client)
    await fake.settled()
    frame()
    expect(text('.channels .bar')).toBe('room-1joinedheld by 2')
    expect(text('.channels .why')).toContain('continuity fresh')
    await room.publish('Said', { text: 'a' })
    await room.publish('Said', { text: 'b' }, { delivery: 'at-least-once' })
    await fake.drop()
    await room.publish('Said', { text: 'c' }, { delivery: 'volatile' })
    await fake.clock.advance(30_000)
    frame()
    expect(text('.channels .publishes')).toMatch(/^Publishes: .*1 acknowledged.*, 1 offline$/)
    expect(text('.channels .gaps')).toMatch(/^1 gap, the last at [\d:.]+: \w+ \(reconnect\)$/)
    for (const stop of stops) stop()
    await fake.clock.advance(10_000)
    frame()
    expect(texts('.channels .chip')).toEqual(['left'])
  })

  it('says why a channel was refused', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    fake.expectError('channel.rejected')
    fake.server.refuse('room-1')
    fake.room().on('Said', () => {})
    const { text } = show(fake.client)
    await fake.settled()
    frame()
    expect(text('.channels .chip')).toBe('rejected')
    expect(text('.channels .why')).toContain('[channel.rejected]')
  })

  it('knows channels of which the explain log has forgotten', async () => {
    const fake = createFake()
    holdFrames()
    const room = fake.room()
    room.on('Said', () => {})
    await fake.settled()
    for (let n = 0; n < 250; n++) void room.publish('Said', { text: `${n}` })
    await fake.settled()
    expect(fake.client.trace.entries().some(({ type }) => type === 'channel')).toBe(false)
    const { text } = show(fake.client)
    expect(text('.channels .bar')).toBe('room-1joinedheld by 1')
  })

  it('finds channels by their names', async () => {
    const fake = createFake()
    const { frame } = holdFrames()
    for (const id of [1, 2, 11]) fake.room(id).on('Said', () => {})
    const { texts, type } = show(fake.client)
    await fake.settled()
    frame()
    expect(texts('.channels li b')).toEqual(['room-1', 'room-11', 'room-2'])
    type('.channels input', 'room-1')
    expect(texts('.channels li b')).toEqual(['room-1', 'room-11'])
  })
})

describe('the inspector: frames', () => {
  async function setup() {
    const fake = createFake()
    const frames = holdFrames()
    fake.room().on('Said', () => {})
    await fake.settled()
    const shown = show(fake.client)
    const say = async (text: string): Promise<void> => {
      await fake.channel('room-{id}', { id: 1 }).emit('Said', { text })
      frames.frame()
    }
    const rows = (): readonly string[] => shown.texts('.frames li .text')
    return { ...fake, ...frames, ...shown, say, rows }
  }

  it('shows them, the newest first, as the protocol describes them', async () => {
    const { say, rows, text } = await setup()
    expect(text('.frames .empty')).toBe('No frame since this was opened.')
    await say('one')
    await say('two')
    expect(rows()).toEqual([expect.stringContaining('two'), expect.stringContaining('one')])
    expect(text('.frames li b')).toBe('↓ in')
  })

  it('pauses and goes on, clears, and filters', async () => {
    const { say, rows, press, type } = await setup()
    await say('one')
    press('Pause')
    await say('two')
    expect(rows()).toHaveLength(1)
    press('Go on (1 new)')
    expect(rows()).toHaveLength(2)
    type('.frames input', 'TWO')
    expect(rows()).toEqual([expect.stringContaining('two')])
    type('.frames input', '')
    type('.frames select', 'out')
    expect(rows()).toEqual([])
    type('.frames select', '')
    expect(rows()).toHaveLength(2)
    press('Clear')
    expect(rows()).toEqual([])
    await say('three')
    type('.frames select', 'in')
    expect(rows()).toEqual([expect.stringContaining('three')])
  })

  it('says when the protocol does not describe them', async () => {
    const fake = createFake({ describe: undefined })
    const { frame } = holdFrames()
    const { texts } = show(fake.client)
    void fake.client.connect()
    await fake.settled()
    frame()
    expect(texts('.frames li .text')[0]).toBe('not described')
  })

  it('keeps 500', async () => {
    const { channel, frame, rows } = await setup()
    for (let n = 0; n < 600; n++) await channel('room-{id}', { id: 1 }).emit('Said', { text: `n${n}.` })
    frame()
    expect(rows()).toHaveLength(500)
    expect(rows()[0]).toContain('n599.')
    expect(rows()[499]).toContain('n100.')
  })

  it('counts them per second', async () => {
    const { channel, clock, frame, text, find } = await setup()
    for (let n = 0; n < 7; n++) await channel('room-{id}', { id: 1 }).emit('Said', { text: 'a' })
    await clock.advance(1000)
    frame()
    expect(text('.side p')).toMatch(/^In 7 per s \d+ B\/s$/)
    expect(find('.side polyline').getAttribute('points')).toMatch(/ 59,1\.0$/)
  })
})

describe('the inspector: its manners', () => {
  it('renders once in a frame, however much happens', async () => {
    const fake = createFake()
    const { frame, waiting } = holdFrames()
    fake.room().on('Said', () => {})
    await fake.settled()
    const { texts } = show(fake.client)
    for (let n = 0; n < 50; n++) await fake.channel('room-{id}', { id: 1 }).emit('Said', { text: `${n}` })
    await fake.clock.advance(3000)
    expect(waiting.size).toBe(1)
    expect(texts('.frames li')).toEqual([])
    frame()
    expect(texts('.frames li')).toHaveLength(50)
    expect(waiting.size).toBe(0)
  })

  it('leaves no listener, timer or frame behind when it is removed', async () => {
    const fake = createFake()
    const { waiting } = holdFrames()
    const before = fake.clock.pending.length
    const { element } = show(fake.client)
    expect(fake.listeners).toEqual({ status: 1, trace: 1 })
    void fake.client.connect()
    await fake.settled()
    expect(waiting.size).toBe(1)
    element.remove()
    expect(fake.listeners).toEqual({ status: 0, trace: 0 })
    expect(waiting.size).toBe(0)
    await fake.client.close()
    await fake.settled()
    expect(fake.clock.pending).toHaveLength(before)
    document.body.append(element)
    expect(fake.listeners).toEqual({ status: 1, trace: 1 })
  })

  it('listens to the one client that is chosen among several', async () => {
    const [one, two] = [createFake(), createFake()]
    holdFrames()
    void two.client.connect()
    await two.settled()
    const { element, text, type } = show([
      { name: 'one', client: one.client },
      { name: 'two', client: two.client },
    ])
    expect(text('.head .chip')).toBe('idle')
    type('.head select', '1')
    expect(text('.head .chip')).toBe('connected')
    expect([one.listeners.trace, two.listeners.trace]).toEqual([0, 1])
    element.client = one.client
    expect([one.listeners.trace, two.listeners.trace]).toEqual([1, 0])
  })

  it('says that there is nothing to inspect', () => {
    const { element, text } = show(undefined)
    expect(text('.empty')).toContain('No client to inspect')
    element.client = []
    expect(text('.empty')).toContain('No client to inspect')
  })

  it('shows faults alone without a client, tells the server of them in order, and which of them hold', async () => {
    const held: { id: string; rule: Rule }[] = []
    const asked: string[] = []
    vi.stubGlobal(
      'fetch',
      async (url: string, { method, body = '{}' }: { method: string; body?: string }) => {
        const rule = JSON.parse(body) as Rule
        if (method === 'GET') return Response.json([...held])
        asked.push(method === 'POST' ? rule.do : `${method} ${url.replace(/.*faults/, '')}`)
        // Those that strike once are gone at once.
        if (method === 'POST' && rule.at !== 'now') held.push({ id: `${held.length}`, rule })
        if (method === 'DELETE') held.length = 0
        return Response.json({})
      },
    )
    onTestFinished(() => void vi.unstubAllGlobals())
    const { element, texts, press, find } = show(undefined)
    element.control = { url: 'http://localhost/_control', token: 't' }
    element.faults = [
      {
        label: 'Refuse room 1',
        hint: 'It may not be joined',
        held: [{ at: 'join', do: 'refuse', channel: 'room.1' }],
        once: [{ at: 'now', do: 'cut' }],
      },
    ]
    expect(texts('.empty')).toEqual([])
    const sees = (pressed: readonly string[]) =>
      vi.waitFor(() => {
        expect(find('button')).toMatchObject({ disabled: false })
        expect(texts('[aria-pressed="true"]')).toEqual(pressed)
      }, 25_000)
    await sees([])
    press('Refuse room 1')
    await sees(['Refuse room 1'])
    press('Refuse room 1')
    await sees([])
    expect(asked).toEqual(['refuse', 'cut', 'DELETE /0'])
    press('Server down')
    await sees(['Server down'])
  })

  it('takes what was set before it was registered', () => {
    const fake = createFake()
    holdFrames()
    defineInspector()
    const inspector = document.createElement('realtime-inspector')
    // As if a framework had set it while the class was not there yet.
    Object.defineProperty(inspector, 'client', { value: fake.client, configurable: true, writable: true })
    document.body.append(inspector)
    onTestFinished(() => inspector.remove())
    expect(look(inspector).text('.head .chip')).toBe('idle')
  })
})
