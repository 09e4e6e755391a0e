import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { Auth, Packet } from './codec.ts'
import type { FakeBroker } from './fake-broker-test-setup.ts'
import { bytes, setup } from './mqtt-test-setup.ts'

const auth = (code: number, data?: string, authenticationMethod = 'TEST'): Auth => ({
  type: 'auth',
  code,
  properties: { authenticationMethod, ...(data !== undefined && { authenticationData: bytes(data) }) },
})

/** A server that asks once before it answers CONNECT, or whatever else is to be answered. */
function asking(broker: FakeBroker): void {
  let connect: Packet | undefined
  broker.instead = (packet, answer, usual) => {
    if (packet.type === 'connect') {
      connect = packet
      answer(auth(0x18, 'who?'))
      return true
    }
    if (packet.type !== 'auth') return false
    if (packet.code === 0x19) answer(auth(0x18, 'again?'))
    else if (connect) {
      usual(connect)
      connect = undefined
    } else answer(auth(0))
    return true
  }
}

function setupAuth(
  respond: (challenge: Uint8Array | undefined) => Promise<Uint8Array> | Uint8Array | undefined,
) {
  let count = 0
  const kit = setup({ auth: { method: 'TEST', begin: () => bytes(`hello ${++count}`), respond } })
  asking(kit.broker)
  return kit
}

const echo = async (challenge: Uint8Array | undefined): Promise<Uint8Array> =>
  bytes(`I am ${new TextDecoder().decode(challenge)}`)

describe('enhanced authentication', () => {
  it('[MQTT-3.1.2-30, -33, 4.12.0-2, -3, -5] answers with the method of CONNECT, and says nothing else before CONNACK', async () => {
    const { client, sent } = setupAuth(echo)
    client.mqtt.publish('a', 'x')
    await client.connect()
    await settled()
    expect(sent()).toMatchObject([
      { type: 'connect', properties: { authenticationMethod: 'TEST', authenticationData: bytes('hello 1') } },
      {
        type: 'auth',
        code: 0x18,
        properties: { authenticationMethod: 'TEST', authenticationData: bytes('I am who?') },
      },
      { type: 'publish' },
    ])
  })

  it('[MQTT-4.12.1-1] authenticates again on the same connection', async () => {
    const { client, sent, transport, clock } = setupAuth(echo)
    await client.connect()
    client.reauthenticate()
    await clock.advance(5000)
    expect(sent('auth').slice(1)).toMatchObject([
      { code: 0x19, properties: { authenticationMethod: 'TEST', authenticationData: bytes('hello 2') } },
      { code: 0x18, properties: { authenticationData: bytes('I am again?') } },
    ])
    expect([transport.sessions.length, client.status.get().status]).toEqual([1, 'connected'])
  })

  it('[MQTT-4.12.1-2] ends with the connection when it is refused', async () => {
    const { client, broker, clock } = setupAuth(echo)
    await client.connect()
    broker.instead = (packet, answer) => {
      if (packet.type !== 'auth') return false
      answer({ type: 'disconnect', code: 0x87 })
      return true
    }
    client.reauthenticate()
    await clock.advance(1000)
    expect(client.status.get()).toMatchObject({ status: 'failed', lastError: { code: 'auth.failed' } })
  })

  it('[MQTT-4.12.0-5] ends the connection when the server changes the method', async () => {
    const { client, broker, clock } = setupAuth(echo)
    await client.connect()
    broker.send(auth(0x18, 'x', 'OTHER'))
    await settled()
    expect(client.status.get().lastError).toMatchObject({
      code: 'protocol.violation',
      details: { code: 0x82 },
    })
    await clock.advance(5000)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
  ] as const)('tries again when its function %s', async (_how, respond) => {
    const { client, clock } = setupAuth(respond as never)
    client.connect().catch(() => {})
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'connecting',
      lastError: { code: 'auth.failed', details: { retry: true }, cause: new Error('mine') },
    })
    await clock.advance(100)
    await client.close()
  })

  it('forgets an answer that comes after the end', async () => {
    let answer = (_data: Uint8Array): void => {}
    const { client, sent, broker, clock } = setupAuth(
      () =>
        new Promise<Uint8Array>((resolve) => {
          answer = resolve
        }),
    )
    client.connect().catch(() => {})
    await settled()
    broker.dropAll()
    await settled()
    answer(bytes('late'))
    await settled()
    expect(sent('auth')).toEqual([])
    await client.close()
    await clock.advance(1000)
  })
})
