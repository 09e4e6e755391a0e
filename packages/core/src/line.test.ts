import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { LinkEvents, Protocol } from './protocol.ts'
import { accept, CLEAN, said, serve, setup, tell, testProtocol, toError } from './test-setup.ts'
import type { SessionEvents, Transport } from './transport.ts'

describe('createLine', () => {
  it('is ready when its protocol is so from inside open()', async () => {
    const protocol = testProtocol((_, events) => events.ready({}))
    const { dial, statuses } = setup({ protocol })
    const peer = await dial()
    peer.accept()
    await settled()
    expect(statuses).toEqual(['connecting', 'connected'])
  })

  it('lets a publish that waited go out when its protocol is ready from inside open()', async () => {
    const protocol = testProtocol((_, events) => events.ready({}))
    const { client, transport } = setup({ protocol })
    transport.onDial((peer) => peer.accept())
    const outcomes: string[] = []
    client
      .untyped('room')
      .publish('said', 1)
      .then(({ outcome }) => outcomes.push(outcome))
    await settled()
    expect(outcomes).toEqual(['sent'])
  })

  it('fails once, and disposes of the link, when its protocol fails from inside open()', async () => {
    let disposals = 0
    const protocol = testProtocol((link, events) => {
      link.dispose = () => disposals++
      events.fail('stop', toError('connection.refused'))
    })
    const { client, dial, statuses } = setup({ protocol })
    const peer = await dial()
    peer.accept()
    await settled()
    expect(statuses).toEqual(['connecting', 'failed'])
    expect(client.status.get().lastError).toMatchObject({ code: 'connection.refused' })
    expect([disposals, peer.closedBy, peer.sent]).toEqual([1, { code: 1000, reason: '' }, []])
  })

  it('tries again when the protocol throws in open()', async () => {
    const protocol = testProtocol(() => {
      throw new Error('mine')
    })
    const { client, clock, dial, transport } = setup({ protocol })
    const peer = await dial()
    peer.accept()
    await settled()
    const { status, lastError } = client.status.get()
    expect([status, lastError?.code, lastError?.cause]).toEqual([
      'connecting',
      'connection.lost',
      new Error('mine'),
    ])
    expect(peer.closedBy).toEqual({ code: 1000, reason: '' })
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('tells of a frame that its protocol cannot read, and goes on', async () => {
    const { client, connect, errors } = setup()
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => heard.push(value))
    const peer = await connect()
    tell(peer, 'joined', 'room')
    peer.send('garbage', new Uint8Array([255]), '[]')
    tell(peer, 'message', 'room', 'said', 1)
    await settled()
    expect([heard, client.status.get().status]).toEqual([[1], 'connected'])
    expect(errors.splice(0)).toEqual(['message.malformed', 'message.malformed'])
  })

  it('tells of a frame that cannot be read during the handshake, and goes on', async () => {
    const { dial, errors, statuses } = setup()
    const peer = await dial()
    peer.accept()
    peer.send('garbage')
    tell(peer, 'ready', {})
    await settled()
    expect(statuses).toEqual(['connecting', 'connected'])
    expect(errors.splice(0)).toEqual(['message.malformed'])
  })

  it('is ready once, however often its protocol says so', async () => {
    const { connect, statuses, clock } = setup()
    const peer = await connect()
    tell(peer, 'ready', {})
    tell(peer, 'ready', { heartbeat: { receiveIdleMs: 1 } })
    await clock.advance(1000)
    expect(statuses).toEqual(['connecting', 'connected'])
    expect(said(peer)).toEqual([['hello', null]])
  })

  it('fails once, however often its protocol says so', async () => {
    let wire: LinkEvents | undefined
    const protocol = testProtocol((_, events) => (wire = events))
    const { client, connect } = setup({ protocol })
    await connect()
    for (let count = 0; count < 3; count++) wire?.fail('retry', toError('protocol.violation'))
    await settled()
    expect(client.status.get()).toMatchObject({ status: 'reconnecting', attempt: 1 })
  })

  it('has nothing to say after its end', async () => {
    const wires: LinkEvents[] = []
    const protocol = testProtocol((_, events) => wires.push(events))
    const { client, clock, connect, statuses, transport, errors } = setup({ protocol })
    const heard: unknown[] = []
    client.untyped('room').on('said', (value) => heard.push(value))
    const old = await connect()
    old.drop()
    await clock.advance(1000)
    await accept(transport.last)
    const [wire] = wires
    wire?.ready({})
    wire?.joined('room')
    wire?.message('room', 'said', 1)
    wire?.refused('room', toError('channel.rejected'))
    wire?.members('room', { all: [] })
    wire?.gap('room', 'unknown')
    wire?.settled('x', 'sent')
    wire?.advice({ drainMs: 0 })
    wire?.advice({ reauthenticate: true })
    wire?.advice({ retryAfterMs: 60_000 })
    wire?.error(toError('protocol.violation'))
    wire?.fail('stop', toError('connection.refused'))
    wire?.pong()
    await clock.advance(5000)
    expect([heard, errors, statuses]).toEqual([
      [],
      [],
      ['connecting', 'connected', 'reconnecting', 'connected'],
    ])
    expect(transport.sessions).toHaveLength(2)
    expect(client.untyped('room').status.get()).toEqual({ state: 'joining' })
  })

  it('disposes of its link once, whichever way it ends', async () => {
    let disposals = 0
    const protocol = testProtocol((link) => {
      link.dispose = () => disposals++
    })
    const { client, clock, connect, transport } = setup({ protocol })
    const peer = await connect()
    peer.drop()
    await clock.advance(1000)
    expect(disposals).toBe(1)
    await accept(transport.last)
    await client.close()
    expect(disposals).toBe(2)
  })

  it('is lost when the socket throws while sending, and the publish is not', async () => {
    const { client, clock, connect, transport } = setup()
    const peer = await connect()
    peer.failSend()
    const receipt = client.untyped('room').publish('said', 1)
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'reconnecting',
      lastError: { code: 'connection.lost' },
    })
    await clock.advance(1000)
    await accept(transport.last)
    expect(await receipt).toMatchObject({ outcome: 'sent' })
    expect(said(transport.last)[1]?.slice(0, 3)).toEqual(['publish', 'room', 1])
  })

  it('is lost when the socket throws at the first word of the handshake', async () => {
    const { client, clock, dial, transport } = setup()
    const peer = await dial()
    peer.failSend()
    peer.accept()
    await settled()
    expect(client.status.get()).toMatchObject({ status: 'connecting', attempt: 1 })
    await clock.advance(1000)
    expect(transport.sessions).toHaveLength(2)
  })

  it('is lost when the socket throws at a ping', async () => {
    const { client, clock, connect } = setup()
    const peer = await connect()
    peer.failSend()
    await clock.advance(25_000)
    expect(client.status.get()).toMatchObject({ status: 'reconnecting', attempt: 1 })
  })

  it('closes when the socket throws at the goodbye', async () => {
    const { client, connect, left } = setup()
    const peer = await connect()
    peer.failSend()
    await client.close()
    expect(client.status.get().status).toBe('closed')
    expect(left()).toEqual(CLEAN)
  })

  it('sends nothing after its end', async () => {
    const { client, connect, clock } = setup()
    const peer = await connect()
    client.pause()
    const { length } = peer.sent
    client.untyped('room').join()
    client.reconnectNow()
    await clock.advance(60_000)
    expect(peer.sent).toHaveLength(length)
  })

  it('ends a session whose transport ends it late (edge 8)', async () => {
    let events: SessionEvents | undefined
    const transport: Transport = (_, given) => {
      events = given
      return { send() {}, close() {}, bufferedBytes: 0 }
    }
    const { client, clock, statuses } = setup({ transport })
    client.connect().catch(() => {})
    await settled()
    const [first] = [events]
    await clock.advance(12_000)
    first?.open('')
    first?.frame('["ready",{}]')
    first?.end({ code: 4002 })
    await clock.advance(0)
    expect(statuses).toEqual(['connecting'])
  })

  it('reads a subprotocol that the server chose', async () => {
    const chosen: string[] = []
    const own = testProtocol()
    const protocol: Protocol = {
      ...own,
      open(session, events, opening) {
        chosen.push(opening.subprotocol)
        return own.open(session, events, opening)
      },
    }
    const { dial } = setup({ protocol })
    const peer = await dial()
    peer.accept('test.v2')
    await settled()
    expect(chosen).toEqual(['test.v2'])
  })

  it('works over a slow wire', async () => {
    const { client, clock, transport, statuses } = setup()
    transport.latencyMs = 300
    transport.onDial((peer) => serve(peer))
    client.connect().catch(() => {})
    await clock.advance(1199)
    expect(statuses).toEqual(['connecting'])
    await clock.advance(1)
    expect(statuses).toEqual(['connecting', 'connected'])
    await client.close()
    await clock.advance(300)
  })
})
