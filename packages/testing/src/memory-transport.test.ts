import type { Session, SessionEvents } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'
import { createMemoryTransport, type MemoryTransport } from './memory-transport.ts'
import { settled } from './settled.ts'

const target = { url: 'ws://memory', subprotocols: ['one', 'two'] }

function dial(transport: MemoryTransport): { session: Session; log: unknown[] } {
  const log: unknown[] = []
  const events: SessionEvents = {
    open: (subprotocol) => log.push(['open', subprotocol]),
    frame: (frame) => log.push(typeof frame === 'string' ? frame : [...frame]),
    end: (end) => log.push(['end', end.code ?? end.status]),
  }
  return { session: transport(target, events), log }
}

async function connect(transport = createMemoryTransport({ autoAccept: true })) {
  const dialled = dial(transport)
  await settled()
  return { ...dialled, peer: transport.last, transport }
}

describe('createMemoryTransport', () => {
  it('gives every dial a peer that may accept it', async () => {
    const transport = createMemoryTransport()
    const { log } = dial(transport)
    await settled()
    expect(log).toEqual([])
    const peer = await transport.nextSession()
    expect([peer.target, peer.state]).toEqual([target, 'dialing'])
    peer.accept('two')
    expect(log).toEqual([])
    await settled()
    expect(log).toEqual([['open', 'two']])
  })

  it('carries frames both ways in order and never synchronously', async () => {
    const { session, peer, log } = await connect()
    const heard: unknown[] = []
    peer.onFrame((frame) => heard.push(frame))
    session.send('a')
    session.send(Uint8Array.of(1, 2))
    peer.send('b', Uint8Array.of(3), 'c')
    expect([heard, log]).toEqual([[], [['open', 'one']]])
    await settled()
    expect(heard).toEqual(['a', Uint8Array.of(1, 2)])
    expect(peer.sent).toEqual(heard)
    expect(log).toEqual([['open', 'one'], 'b', [3], 'c'])
  })

  it('overwrites delivered bytes and keeps its own copy of sent ones', async () => {
    const transport = createMemoryTransport({ autoAccept: true })
    let kept: Uint8Array | string = ''
    const session = transport(target, { open() {}, end() {}, frame: (frame) => (kept = frame) })
    await settled()
    transport.last.send(Uint8Array.of(9))
    const bytes = Uint8Array.of(7)
    session.send(bytes)
    bytes.fill(0)
    await settled()
    expect(kept).toEqual(Uint8Array.of(0))
    expect(transport.last.sent).toEqual([Uint8Array.of(7)])
  })

  it('tells of an end once, and takes no frame after it', async () => {
    const { session, peer, log } = await connect()
    peer.send('last')
    peer.end({ code: 4000 })
    peer.drop()
    peer.send('never')
    session.send('while the end is on its way')
    await settled()
    expect(log).toEqual([['open', 'one'], 'last', ['end', 4000]])
    expect(() => session.send('late')).toThrow('Session is not open')
    expect(peer.state).toBe('over')
  })

  it('refuses a dial with a status', async () => {
    const transport = createMemoryTransport()
    const { log, session } = dial(transport)
    transport.last.refuse({ status: 401 })
    await settled()
    expect(log).toEqual([['end', 401]])
    expect(() => session.send('a')).toThrow()
  })

  it('reports nothing after the client closed it, unless the peer breaks that rule', async () => {
    const { session, peer, log } = await connect()
    let overs = 0
    peer.onOver(() => overs++)
    peer.send('too late')
    session.close(4001, 'bye')
    expect([peer.closedBy, peer.state]).toEqual([{ code: 4001, reason: 'bye' }, 'open'])
    await settled()
    peer.drop()
    await settled()
    expect([log, peer.state, overs]).toEqual([[['open', 'one']], 'over', 1])
    peer.lateOpen('x')
    peer.lateFrame('frame')
    peer.lateEnd()
    await settled()
    expect(log.slice(1)).toEqual([['open', 'x'], 'frame', ['end', 1006]])
  })

  it('shows a close without a code as dead', async () => {
    const { session, peer, transport } = await connect()
    expect(transport.open).toEqual([peer])
    session.close()
    expect(peer.closedBy).toBe('dead')
    expect(transport.open).toEqual([])
  })

  it('does not open a session that was closed while dialling', async () => {
    const transport = createMemoryTransport()
    const { session, log } = dial(transport)
    session.close(1000)
    transport.last.accept()
    await settled()
    expect(log).toEqual([])
  })

  it('holds everything back while stalled and delivers it in order afterwards', async () => {
    const { session, peer, log } = await connect()
    const heard: unknown[] = []
    peer.onFrame((frame) => heard.push(frame))
    peer.stall()
    peer.send('a')
    session.send('b')
    peer.drop()
    await settled()
    expect([heard, log]).toEqual([[], [['open', 'one']]])
    peer.unstall()
    await settled()
    expect(log).toEqual([['open', 'one'], 'a', ['end', 1006]])
  })

  it('takes its latency through the clock, in both directions', async () => {
    const clock = createFakeClock()
    const transport = createMemoryTransport({ autoAccept: true, clock, latencyMs: 50 })
    const { session, log } = dial(transport)
    await clock.advance(99)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual([['open', 'one']])
    transport.last.onFrame((frame) => transport.last.send(`re: ${frame}`))
    session.send('a')
    transport.latencyMs = 0
    session.send('b')
    await clock.advance(50)
    expect(log).toEqual([['open', 'one'], 're: a', 're: b'])
  })

  it('hands out sessions one by one, waiting for the next dial', async () => {
    const transport = createMemoryTransport()
    dial(transport)
    const first = await transport.nextSession()
    const second = transport.nextSession()
    dial(transport)
    expect(await second).toBe(transport.sessions[1])
    expect(first).toBe(transport.sessions[0])
  })

  it('throws for an address that can never work, and when told to', () => {
    const transport = createMemoryTransport()
    const events: SessionEvents = { open() {}, frame() {}, end() {} }
    expect(() => transport({ url: 'no address', subprotocols: [] }, events)).toThrow('[option.invalid]')
    transport.failDial(new Error('no constructor'))
    expect(() => transport(target, events)).toThrow('no constructor')
    expect(() => transport(target, events)).not.toThrow()
  })

  it('makes the nth send throw', async () => {
    const { session, peer } = await connect()
    peer.failSend(2)
    session.send('a')
    expect(() => session.send('b')).toThrow('Send failed')
    session.send('c')
    expect(peer.sent).toEqual(['a', 'c'])
  })

  it('shows the bytes that the peer pretends are waiting', async () => {
    const { session, peer } = await connect()
    peer.bufferedBytes = 2 ** 20
    expect(session.bufferedBytes).toBe(2 ** 20)
  })

  it('lets frames be changed on their way', async () => {
    const { session, peer, log } = await connect()
    const heard: unknown[] = []
    peer.onFrame((frame) => heard.push(frame))
    const stop = peer.intercept('to-client', (frame, pass) => {
      pass(frame)
      pass(`${frame}!`)
    })
    peer.intercept('to-peer', () => {})
    peer.send('a')
    stop()
    peer.send('b')
    session.send('lost')
    await settled()
    expect([log.slice(1), heard, peer.sent]).toEqual([['a', 'a!', 'b'], [], ['lost']])
  })
})
