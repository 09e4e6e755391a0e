import { describe, expect, it } from 'vitest'
import { setupPair } from './rakit-test-setup.ts'

const HEADER_BYTES = 8
/** A text whose frame has so many bytes on the wire. */
const frame = (wireBytes: number, letter = 'x'): string => letter.repeat(wireBytes - HEADER_BYTES)
const said = (name: string, text: string): string => `{"client_id":"${name}","message":"${text}"}`

describe('Intake', () => {
  it.each([2048, 4096, 8192, 8192 + 1000, 2 * 8192])('takes %i bytes at once', async (bytes) => {
    const { a, b } = await setupPair({ compat: 'exact' })
    await a.send(frame(bytes))
    expect(b.take()).toEqual([said('$a', frame(bytes))])
  })

  it.each([2049, 3000, 4097, 20_000])(
    'holds everybody up at %i bytes, until more comes (exact)',
    async (bytes) => {
      const { a, b, clock } = await setupPair({ compat: 'exact' })
      await a.send(frame(bytes))
      await b.send('waits')
      await clock.advance(60_000)
      expect([a.take(), b.take()]).toEqual([[], []])
      await a.send('goes on')
      const all = [said('$a', frame(bytes)), said('$a', 'goes on'), said('$b', 'waits')]
      expect([a.take(), b.take()]).toEqual([all, all])
    },
  )

  it('takes what fills the buffer, and holds the rest of a burst', async () => {
    const { a, b } = await setupPair({ compat: 'exact' })
    const burst = ['0', '1', '2', '3', '4'].map((letter) => frame(508, letter))
    await a.send(...burst)
    expect(b.take()).toEqual(burst.slice(0, 4).map((text) => said('$a', text)))
    await a.send('more')
    expect(b.take()).toEqual([said('$a', burst[4] ?? ''), said('$a', 'more')])
  })

  it('goes on when the one who holds everybody up leaves', async () => {
    const { a, b, connect } = await setupPair({ compat: 'exact' })
    await a.send(frame(2049))
    await b.send('waits')
    const c = await connect()
    expect(c.take()).toEqual([])
    await a.leave()
    expect(b.take().slice(0, 2)).toEqual([said('$a', frame(2049)), 'Client #$a disconnected'])
    expect(c.take()[0]).toEqual('Client #$c connected')
  })

  it('lets another stall begin before it goes on with who waited', async () => {
    const { a, b, connect } = await setupPair({ compat: 'exact' })
    const c = await connect()
    await a.send(frame(2049))
    await b.send(frame(2049, 'y'))
    await c.send('c')
    c.take()
    await a.send('a')
    expect(c.take()).toEqual([said('$a', frame(2049)), said('$a', 'a')])
    await b.send('b')
    expect(c.take()).toEqual([said('$b', frame(2049, 'y')), said('$b', 'b'), said('$c', 'c')])
  })

  it('does not read from who has to wait', async () => {
    const { a, b, connect } = await setupPair({ compat: 'exact' })
    await a.send(frame(2049))
    await b.send('one')
    await b.send('two')
    const c = await connect()
    expect([a.pauses, b.pauses, c.pauses]).toEqual([0, 2, 1])
    await a.send('a')
    expect([a.pauses, b.pauses, c.pauses]).toEqual([0, 0, 0])
  })

  it('holds up nobody but the sender, and not for long (safe)', async () => {
    const { a, b, clock } = await setupPair()
    await a.send(frame(2049))
    await b.send('goes on')
    expect([a.take(), b.take()]).toEqual([[said('$b', 'goes on')], [said('$b', 'goes on')]])
    await clock.advance(1999)
    expect(b.take()).toEqual([])
    await clock.advance(1)
    expect(b.take()).toEqual([said('$a', frame(2049))])
  })

  it('takes what it holds as soon as more comes (safe)', async () => {
    const { a, b, clock } = await setupPair()
    await a.send(frame(2049))
    await a.send('more')
    expect(b.take()).toEqual([said('$a', frame(2049)), said('$a', 'more')])
    expect(clock.pending).toHaveLength(1)
  })

  it('never waits with a buffer of 8 kB', async () => {
    const { a, b } = await setupPair({ bufferBytes: 8192 })
    await a.send(frame(2049), frame(3000))
    expect(b.take()).toHaveLength(2)
  })

  it('takes what arrived before the end', async () => {
    const { a, b } = await setupPair()
    const sent = a.send('last words')
    await a.leave()
    await sent
    expect(b.take()[0]).toBe(said('$a', 'last words'))
  })
})
