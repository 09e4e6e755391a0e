import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, type Options, setup } from './mqtt-test-setup.ts'
import { request, respond } from './request.ts'

/** A client that asks, and answers itself. */
async function answering(
  options?: Options,
  answer: (payload: unknown) => unknown = (payload) => ({ to: payload }),
) {
  const kit = await connected(options)
  const { client } = kit
  client
    .untyped('ask')
    .on('message', (payload, meta) => void respond(client, meta, answer(payload), { qos: 1 }))
  await settled()
  return kit
}

describe('request', () => {
  it('gets the answer to its own question', async () => {
    const { client, clock, publishes } = await answering()
    const answers = [1, 2, 3].map((n) => request(client, 'ask', n, { clock }))
    expect((await Promise.all(answers)).map(({ payload }) => payload)).toEqual([
      { to: 1 },
      { to: 2 },
      { to: 3 },
    ])
    expect(publishes()[0]).toMatchObject({
      topic: 'ask',
      properties: { responseTopic: 'responses/me', correlationData: expect.any(Uint8Array) },
    })
    await clock.advance(20_000)
  })

  it('rejects when no answer comes in time, and leaves nothing behind', async () => {
    const { client, clock, sent } = await connected()
    const answer = request(client, 'nobody', 1, { clock, timeoutMs: 1000, responseTopic: 'mine' })
    answer.catch(() => {})
    await clock.advance(1000)
    await expect(answer).rejects.toMatchObject({ code: 'publish.timeout', details: { channel: 'nobody' } })
    await clock.advance(2000)
    expect(sent('unsubscribe')).toMatchObject([{ filters: ['mine'] }])
  })

  it('rejects with what kept it from being asked or answered', async () => {
    const { client, clock, broker, takeErrors } = await connected()
    broker.refuseWith('secret', 0x87)
    await expect(request(client, 'a', 1, { clock, responseTopic: 'secret' })).rejects.toMatchObject({
      code: 'channel.rejected',
    })
    takeErrors()
    await expect(request(client, 'a', 1, { clock, properties: { topicAlias: 1 } })).rejects.toMatchObject({
      code: 'publish.refused',
    })
    await expect(request(client, 'a', 1, { clock, signal: AbortSignal.abort('mine') })).rejects.toBe('mine')
    const abort = new AbortController()
    const asked = request(client, 'a', 1, { clock, signal: abort.signal })
    await settled()
    abort.abort('later')
    await expect(asked).rejects.toBe('later')
  })

  it('rejects before MQTT 5', async () => {
    const { client, clock } = await connected({ version: '3.1.1' })
    await expect(request(client, 'a', 1, { clock })).rejects.toMatchObject({ code: 'capability.missing' })
  })

  it('works where the last level is the event', async () => {
    const { client } = setup({ events: 'last-level' })
    await client.connect()
    const { clock } = setup()
    client.untyped('lamps/7').on('get', (payload, meta) => void respond(client, meta, { got: payload }))
    await settled()
    expect(
      (await request(client, 'lamps/7/get', { what: 'state' }, { clock, responseTopic: 'r/me' })).payload,
    ).toEqual({ got: { what: 'state' } })
  })
})

describe('respond', () => {
  it('refuses a message that is no request', async () => {
    const { client } = await connected()
    expect(() => respond(client, { properties: undefined }, 1)).toThrow('[option.invalid]')
  })
})
