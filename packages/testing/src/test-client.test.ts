import { defineChannels, event, members, RealtimeError, type Schema } from '@org/realtime-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAckedProtocol } from './protocols/acked-protocol.ts'
import { createAckedServer } from './protocols/acked-server.ts'
import { createTestClient } from './test-client.ts'

const seats: Schema<number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'not a number' }] }),
  },
}

const channels = defineChannels({
  'booking.{id}': { Changed: event<{ state: string }>(), Seats: seats },
  'presence-desk': { Typed: event<string>(), [members]: event<{ name: string }>() },
})

describe('createTestClient', () => {
  it('delivers what the far end emits', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const log: unknown[] = []
    fake.client
      .channel('booking.{id}', { id: 7 })
      .on('Changed', (change, meta) => log.push([change.state, meta.offset]))
    const far = fake.channel('booking.{id}', { id: 7 })
    await far.emit('Changed', { state: 'paid' })
    await fake.channel('booking.{id}', { id: 8 }).emit('Changed', { state: 'not ours' })
    expect(far.name).toBe('booking.7')
    expect(log).toEqual([['paid', 1]])
  })

  it('refuses to emit what the registry does not allow', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const far = fake.channel('booking.{id}', { id: 7 })
    await expect(far.emit('Seats', 'many' as never)).rejects.toThrow(
      'Payload of Seats on booking.7 does not fit: not a number',
    )
    await expect(far.emit('Gone' as never, {} as never)).rejects.toThrow('no event Gone')
    await expect(far.emit('Seats', 3)).resolves.toBeUndefined()
  })

  it('shows what the client published', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const receipt = fake.client.channel('presence-desk').publish('Typed', 'hi', { delivery: 'at-least-once' })
    await fake.settled()
    expect(await receipt).toMatchObject({ outcome: 'acknowledged' })
    expect(fake.server.received).toMatchObject([{ channel: 'presence-desk', event: 'Typed', payload: 'hi' }])
  })

  it('loses its network on demand and comes back with the clock', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const { client } = fake
    client.connect()
    await fake.settled()
    expect(client.status.get().status).toBe('connected')
    await fake.drop()
    expect(client.status.get().status).toBe('reconnecting')
    await fake.clock.advance(2000)
    expect(client.status.get().status).toBe('connected')
  })

  it('speaks the other protocols by name', async () => {
    for (const protocol of ['send-only', 'binary'] as const) {
      const fake = createTestClient({ protocol, atEnd: onTestFinished })
      const log: unknown[] = []
      fake.client.untyped('room').on('message', (value) => log.push(value))
      await fake.settled()
      fake.server.publish('room', 'message', protocol)
      await fake.settled()
      expect(log).toEqual([protocol])
    }
  })

  it('takes a protocol with its own server', async () => {
    const server = createAckedServer({ historyLimit: 1 })
    const fake = createTestClient({
      protocol: { protocol: createAckedProtocol(), server },
      atEnd: onTestFinished,
    })
    expect(fake.server).toBe(server)
  })

  it('passes options on to the client', async () => {
    const fake = createTestClient({ clientOptions: { credentials: 'token' }, atEnd: onTestFinished })
    fake.client.connect()
    await fake.settled()
    expect(fake.server.tokens).toEqual(['token'])
  })

  it('fails at its end on an error event that the test did not expect', async () => {
    const fake = createTestClient({ channels })
    fake.client.channel('booking.{id}', { id: 7 }).on('Changed', () => {
      throw new Error('in the listener')
    })
    await fake.channel('booking.{id}', { id: 7 }).emit('Changed', { state: 'paid' })
    expect(fake.errors).toMatchObject([{ code: 'listener.failed' }])
    await expect(fake.finish()).rejects.toThrow('[listener.failed]')
    fake.expectError('listener.failed')
    await expect(fake.finish()).resolves.toBeUndefined()
    expect(RealtimeError.is(fake.errors[0], 'listener.failed')).toBe(true)
  })

  it('fails at its end when something is left behind', async () => {
    const fake = createTestClient()
    const stop = fake.signals.subscribe(() => {})
    await expect(fake.finish()).rejects.toThrow('1 listeners to signals')
    stop()
    await fake.finish()
  })
})
