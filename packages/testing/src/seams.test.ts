import { describe, expect, it } from 'vitest'
import { createTestClient } from './test-client.ts'

// What only shows when a whole client, a protocol and a far end meet.

describe('a client that moves to a new connection', () => {
  it('delivers what arrives over the older one first, and once', async () => {
    const { client, server, clock, settled, transport } = createTestClient()
    const log: unknown[] = []
    const room = client.untyped('room')
    room.on('said', (value) => log.push(value))
    await settled()
    server.withhold('ack')
    // Keeps the older connection alive after the channel has moved.
    room.publish('said', 'in flight', { delivery: 'at-least-once' })
    server.drain(0)
    await clock.advance(1000)
    expect(transport.open).toHaveLength(2)
    server.publish('room', 'said', 'to both')
    await settled()
    expect(log).toEqual(['in flight', 'to both'])
    await client.close()
  })

  it('settles what a resumed session acknowledges over the newer one', async () => {
    const { client, server, clock, settled, transport } = createTestClient({ protocol: 'binary' })
    const room = client.untyped('room')
    room.join()
    await settled()
    transport.last.stall()
    let outcome = 'pending'
    room.publish('message', 1, { delivery: 'at-least-once' }).then((receipt) => {
      outcome = receipt.outcome
    })
    client.reauthenticate()
    await clock.advance(60_000)
    expect(server.received.map(({ payload, session }) => [payload, session])).toEqual([[1, 1]])
    expect(outcome).toBe('acknowledged')
    await client.close()
  })
})

describe('a client that takes another identity', () => {
  it('does not send again what the one before had in flight', async () => {
    const { client, server, clock, settled } = createTestClient({ protocol: 'binary' })
    client.connect()
    server.withhold('puback')
    client.untyped('room').publish('message', 'secret', { delivery: 'at-least-once' })
    await settled()
    client.reauthenticate({ newIdentity: true })
    await clock.advance(5000)
    expect(server.received.map(({ payload, session }) => [payload, session])).toEqual([['secret', 0]])
    await client.close()
  })
})
