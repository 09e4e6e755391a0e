import { settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMqtt } from './create-mqtt.ts'
import { connected, type Options } from './mqtt-test-setup.ts'

const CLEAN = { code: 1000, reason: '' }

/** A client, and what may happen to its connections. */
async function young({ version = '3.1.1', ...options }: Options = {}) {
  const kit = await connected({ version, backoff: { jitter: 0, capMs: 1000 }, ...options })
  const { broker, client, clock, transport } = kit
  const ids = (): string[] =>
    kit.sent('connect').map((packet) => ('clientId' in packet ? packet.clientId : ''))
  return {
    ...kit,
    status: () => client.status.get().status,
    witnesses: () => ids().filter((id) => id !== 'me').length,
    async cutAll(times: number) {
      for (; times; times--) {
        broker.dropAll(CLEAN)
        await clock.advance(5000)
      }
    },
    /** Another client of the same id dials as often. */
    async kick(times: number, everyMs = 5000) {
      for (; times; times--) {
        const other = createMqtt({ url: 'ws://broker', clientId: 'me', version, clock, transport })
        onTestFinished(() => other.close())
        await other.connect()
        await other.close()
        await clock.advance(everyMs)
      }
    },
  }
}

type Young = Awaited<ReturnType<typeof young>>

describe('a client whose id another one uses, at a server that does not say so', () => {
  it('stops with connection.replaced once three witnesses have outlived it, and says why', async () => {
    const { client, kick, status, clock, sent } = await young()
    await kick(4)
    expect(status()).toBe('connected')
    await kick(1)
    expect(client.status.get()).toMatchObject({
      status: 'failed',
      lastError: {
        code: 'connection.replaced',
        message: '[connection.replaced] Another client uses the id me',
        details: { reason: expect.stringContaining('kept one of another id') },
      },
    })
    const before = sent('connect').length
    await clock.advance(60_000)
    expect(sent('connect')).toHaveLength(before)
  })

  it('stops too where the other one dials as seldom as a page that is hidden', async () => {
    const { kick, status } = await young()
    await kick(5, 50_000)
    expect(status()).toBe('failed')
  })

  it('has a witness that says nothing of its own: no will, no session, the same credentials', async () => {
    const credentials = { username: 'u', password: 'p' }
    const { kick, sent } = await young({ credentials, will: { topic: 'a', payload: 'gone' }, clean: false })
    await kick(2)
    const witness = sent('connect').find((packet) => 'clientId' in packet && packet.clientId !== 'me')
    expect(witness).toMatchObject({ clean: true, username: 'u', will: undefined })
  })

  it('lets the witness go with itself, and begins anew when it is told to connect again', async () => {
    const { client, kick, status, broker } = await young()
    await kick(5)
    expect(broker.sessions).toBe(0)
    await client.connect()
    await kick(4)
    expect([status(), broker.sessions]).toEqual(['connected', 2])
    await client.close()
    await settled()
    expect(broker.sessions).toBe(0)
  })
})

describe('a client whose connections are lost again and again', () => {
  it('comes back every time where the witness is lost too', async () => {
    const { cutAll, status, witnesses } = await young()
    await cutAll(20)
    expect(status()).toBe('connected')
    expect(witnesses()).toBeGreaterThan(1)
  })

  it('comes back every time where the server takes no witness', async () => {
    const { broker, kick, status } = await young()
    broker.instead = (packet, answer) => {
      const isRefused = packet.type === 'connect' && packet.clientId !== 'me'
      if (isRefused)
        answer({ type: 'connack', level: 4, code: 5, sessionPresent: false, properties: undefined })
      return isRefused
    }
    await kick(8)
    expect(status()).toBe('connected')
  })

  it('comes back where some of the witnesses are lost too, as when nodes behind a balancer are restarted', async () => {
    const { cutAll, kick, status } = await young()
    await kick(4)
    await cutAll(1)
    await kick(2)
    await cutAll(1)
    await kick(2)
    expect(status()).toBe('connected')
  })

  it('comes back where the server does not answer the witness', async () => {
    const { broker, kick, status } = await young()
    broker.instead = ({ type }) => type === 'pingreq'
    await kick(6)
    expect(status()).toBe('connected')
  })

  it('calls no witness where a connection lasted a minute and a half', async () => {
    const { clock, cutAll, witnesses } = await young()
    await cutAll(1)
    await clock.advance(100_000)
    await cutAll(2)
    expect(witnesses()).toBe(0)
  })

  it.each([
    [
      'a dial failed',
      async ({ broker, transport, clock }: Young) => {
        broker.dropAll(CLEAN)
        transport.failDial(new Error('ECONNREFUSED'))
        await clock.advance(10_000)
      },
    ],
    [
      'a connection lasted a minute and a half',
      async ({ clock, kick }: Young) => {
        await clock.advance(100_000)
        await kick(1)
      },
    ],
  ])('counts witnesses anew once %s', async (_, happen) => {
    const kit = await young()
    await kit.kick(4)
    await happen(kit)
    await kit.kick(4)
    expect(kit.status()).toBe('connected')
  })

  it('calls no witness where a dial failed in between: the server was down', async () => {
    const { clock, broker, transport, cutAll, witnesses } = await young()
    await cutAll(1)
    broker.dropAll(CLEAN)
    transport.failDial(new Error('ECONNREFUSED'))
    await clock.advance(10_000)
    await cutAll(1)
    expect(witnesses()).toBe(0)
  })

  it('calls no witness where it has replaced the connection itself', async () => {
    const { client, clock, witnesses, status } = await young({ credentials: () => ({ username: 'me' }) })
    for (let count = 0; count < 5; count++) {
      client.reauthenticate()
      await clock.advance(2000)
    }
    expect([witnesses(), status()]).toEqual([0, 'connected'])
  })
})
