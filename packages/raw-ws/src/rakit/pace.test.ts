import { createFakeClock, createMemoryTransport, settled } from '@org/realtime-testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pace } from './pace.ts'

/** A session that may write 100 bytes at once; a text of `n` characters weighs `n + 6`. */
async function setup(windowBytes = 100) {
  const clock = createFakeClock()
  const memory = createMemoryTransport({ autoAccept: true })
  const log: unknown[] = []
  const session = pace(
    memory,
    clock,
    windowBytes,
  )(
    { url: 'memory://rakit', subprotocols: [] },
    { open: () => log.push('open'), frame: (frame) => log.push(frame), end: (end) => log.push(end) },
  )
  await settled()
  return { clock, session, log, peer: memory.last }
}

const text = (length: number): string => 'x'.repeat(length)

describe('pace', () => {
  it('writes as much as fits at once, and the rest later, in order', async () => {
    const { clock, session, peer } = await setup()
    for (const length of [44, 44, 1, 94, 2]) session.send(text(length))
    expect(peer.sent).toEqual([text(44), text(44)])
    await clock.advance(50)
    expect(peer.sent.slice(2)).toEqual([text(1)])
    await clock.advance(50)
    expect(peer.sent.slice(3)).toEqual([text(94)])
    await clock.advance(50)
    expect(peer.sent.slice(4)).toEqual([text(2)])
    await clock.advance(50)
    expect(clock.pending).toEqual([])
  })

  it('writes a frame longer than a window alone', async () => {
    const { clock, session, peer } = await setup()
    session.send(text(1))
    session.send(text(500))
    session.send(text(1))
    expect(peer.sent).toHaveLength(1)
    await clock.advance(50)
    expect(peer.sent).toHaveLength(2)
    await clock.advance(50)
    expect(peer.sent).toHaveLength(3)
  })

  it('counts what waits as buffered', async () => {
    const { clock, session, peer } = await setup()
    peer.bufferedBytes = 3
    session.send(text(90))
    session.send('äö')
    expect(session.bufferedBytes).toBe(3 + 10)
    await clock.advance(50)
    expect(session.bufferedBytes).toBe(3)
  })

  it('writes what is left when it is closed in good order, and nothing when the peer is taken for dead', async () => {
    const good = await setup()
    for (const length of [94, 94, 94]) good.session.send(text(length))
    good.session.close(1000)
    expect([good.peer.sent.length, good.clock.pending]).toEqual([3, []])
    const dead = await setup()
    for (const length of [94, 94, 94]) dead.session.send(text(length))
    dead.session.close()
    expect([dead.peer.sent.length, dead.clock.pending]).toEqual([1, []])
  })

  it('stops when the session ends', async () => {
    const { clock, session, peer, log } = await setup()
    for (const length of [94, 94]) session.send(text(length))
    peer.drop()
    await settled()
    expect([clock.pending, session.bufferedBytes, log.at(-1)]).toEqual([[], 0, { code: 1006, reason: '' }])
  })

  it('ends the session when a later write fails', async () => {
    const { clock, session, peer, log } = await setup()
    const error = new Error('broken')
    session.send(text(94))
    session.send(text(94))
    peer.failSend(1, error)
    await clock.advance(50)
    expect(log).toEqual(['open', { error }])
    expect([clock.pending, peer.closedBy]).toEqual([[], 'dead'])
  })

  it('closes in good order although the socket takes nothing more', async () => {
    const { clock, session, peer } = await setup()
    session.send(text(94))
    session.send(text(94))
    peer.failSend()
    session.close(1000)
    expect([clock.pending, peer.closedBy]).toEqual([[], { code: 1000, reason: '' }])
  })

  it('never writes more than a window in less time than one takes, and loses nothing', async () => {
    const lengths = fc.array(fc.record({ length: fc.integer({ min: 0, max: 94 }), afterMs: fc.nat(60) }))
    await fc.assert(
      fc.asyncProperty(lengths, async (sends) => {
        const { clock, session, peer } = await setup()
        const written: { at: number; bytes: number }[] = []
        peer.intercept('to-peer', (frame, pass) => {
          written.push({ at: clock.now(), bytes: frame.length + 6 })
          pass(frame)
        })
        for (const { length, afterMs } of sends) {
          await clock.advance(afterMs)
          session.send(text(length))
        }
        await clock.advance(50 * sends.length + 50)
        expect(peer.sent.map((frame) => frame.length)).toEqual(sends.map(({ length }) => length))
        const windows = new Map<number, number>()
        for (const { at, bytes } of written) windows.set(at, (windows.get(at) ?? 0) + bytes)
        for (const bytes of windows.values()) expect(bytes).toBeLessThanOrEqual(100)
        expect(clock.pending).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})
