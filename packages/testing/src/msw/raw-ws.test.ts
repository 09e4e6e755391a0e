import { defineChannels, event, type Schema } from '@org/realtime-core'
import { parseBinaryFrame, toBinaryFrame } from '@org/realtime-raw-ws/codec'
import { describe, expect, it } from 'vitest'
import { injectFaults } from '../faults.ts'
import { settled } from '../settled.ts'
import { type RawWsLinkOptions, rawWs } from './raw-ws.ts'
import { dial as dialAt, interceptWebSocket } from './socket-test-setup.ts'

const URL_ = 'ws://realtime.test/raw'
const channels = defineChannels({
  'room.{id}': {
    Said: event<{ text: string }>(),
    Seats: {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] }),
      },
    } as Schema<number>,
  },
})
const msw = interceptWebSocket()

function setup(options: RawWsLinkOptions<typeof channels> = {}) {
  const link = rawWs.link(URL_, { channels, ...options })
  msw.use(link.handler)
  return { ...link, dial: (hello?: object) => dialAt(URL_, hello) }
}

const sub = (ch: string, epoch?: string, off?: number) => ({ t: 'sub', chs: [{ ch, epoch, off }] })

describe('rawWs.link', () => {
  it('welcomes a client, and knows its session again', async () => {
    const { dial, server } = setup({ idleMs: 100, answerMs: 50 })
    const first = await dial({ t: 'hello', v: 1, token: 'a' })
    expect(first.socket.protocol).toBe('realtime.v1')
    const [welcome] = first.heard()
    expect(welcome).toMatchObject({ t: 'welcome', v: 1, resumed: false, idleMs: 100, answerMs: 50 })
    const { session, client } = welcome as never as { session: string; client: string }
    first.socket.close()
    const second = await dial({ t: 'hello', v: 1, session })
    expect(second.heard()).toMatchObject([{ t: 'welcome', session, client, resumed: true }])
    expect(await second.say({ t: 'ping' })).toEqual([{ t: 'pong' }])
    expect(await second.say({ t: 'bye' })).toEqual([])
    expect(second.ends).toEqual([{ code: 1000, reason: 'Bye' }])
    const third = await dial({ t: 'hello', v: 1, session })
    expect(third.heard()).toMatchObject([{ resumed: false }])
    expect(server.tokens).toEqual(['a', undefined, undefined])
  })

  it('denies a token, in the handshake and later, and a version it does not know', async () => {
    const { dial } = setup({ authenticate: (token) => (token === 'good' ? { id: 'ann' } : undefined) })
    const denied = { t: 'denied', code: 'unauthenticated', final: true }
    const bad = await dial({ t: 'hello', v: 1, token: 'bad' })
    expect([bad.heard(), bad.ends]).toMatchObject([[denied], [{ code: 4001 }]])
    const good = await dial({ t: 'hello', v: 1, token: 'good' })
    expect(good.heard()).toMatchObject([{ t: 'welcome' }])
    expect(await good.say({ t: 'auth', token: 'good' })).toEqual([{ t: 'authed' }])
    expect(await good.say({ t: 'auth', token: 'bad' })).toMatchObject([denied])
    expect(good.ends).toMatchObject([{ code: 4001 }])
    const newer = await dial({ t: 'hello', v: 2 })
    expect([newer.heard(), newer.ends]).toMatchObject([[{ code: 'bad-version' }], [{ code: 4002 }]])
  })

  it('answers frames that make no sense, and those that come too early', async () => {
    const { dial } = setup()
    const client = await dial({ t: 'ping' })
    expect(client.heard()).toMatchObject([{ t: 'error', code: 'too-early' }])
    expect(await client.say('{')).toMatchObject([{ t: 'error', code: 'bad-frame' }])
    expect(await client.say({ t: 'fly' })).toMatchObject([{ t: 'error', code: 'unknown-type' }])
    expect(client.ends).toEqual([])
  })

  it('brings events to who has joined, typed and checked by the registry', async () => {
    const { dial, channel } = setup()
    const client = await dial()
    client.heard()
    expect(await client.say(sub('room.7'))).toMatchObject([
      { t: 'subbed', ch: 'room.7', off: 0, recovered: false },
    ])
    const room = channel('room.{id}', { id: 7 })
    await room.emit('Said', { text: 'ä' })
    await channel('room.{id}', { id: 8 }).emit('Said', { text: 'elsewhere' })
    expect(client.heard()).toEqual([{ t: 'msg', ch: 'room.7', off: 1, ev: 'Said', data: { text: 'ä' } }])
    await expect(room.emit('Seats', 'many' as never)).rejects.toThrow('no number')
    // @ts-expect-error the registry has no such event
    await expect(room.emit('Gone', 1)).rejects.toThrow('no event Gone')
    expect(await client.say({ t: 'unsub', ch: 'room.7' })).toEqual([{ t: 'unsubbed', ch: 'room.7' }])
    await room.emit('Seats', 3)
    expect(client.heard()).toEqual([])
  })

  it('replays what was missed, unless history or the epoch is gone', async () => {
    const { dial, server } = setup({ historyLimit: 2 })
    const client = await dial()
    client.heard()
    const [subbed] = await client.say(sub('a'))
    const { epoch } = subbed as never as { epoch: string }
    for (const value of [1, 2, 3]) server.publish('a', 'Said', value)
    await settled()
    client.heard()
    const [again, ...missed] = await client.say(sub('a', epoch, 1))
    expect(again).toMatchObject({ recovered: true, epoch, off: 1 })
    expect(missed).toMatchObject([{ off: 2 }, { off: 3 }])
    expect(await client.say(sub('a', epoch, 0))).toMatchObject([{ recovered: false, off: 3 }])
    server.evict('a')
    expect(await client.say(sub('a', epoch, 2))).toMatchObject([{ recovered: false, off: 3 }])
    server.resetEpoch('a')
    await settled()
    expect(client.heard()).toMatchObject([{ t: 'gap', ch: 'a', off: 0 }])
    expect(await client.say(sub('a', epoch, 3))).toMatchObject([{ recovered: false, off: 0 }])
  })

  it('shows a hole where a message was lost', async () => {
    const { dial, server } = setup()
    const client = await dial()
    await client.say(sub('a'))
    server.lose('a', 'Said', 1)
    server.publish('a', 'Said', 2)
    await settled()
    expect(client.heard().at(-1)).toMatchObject({ off: 2 })
  })

  it('refuses channels and publishes as it is told', async () => {
    const { dial, server } = setup()
    const client = await dial()
    client.heard()
    server.refuse('a', { code: 'limit', retryMs: 10 })
    expect(await client.say(sub('a'))).toMatchObject([{ t: 'refused', ch: 'a', code: 'limit', retryMs: 10 }])
    server.allow('a')
    expect(await client.say(sub('a'))).toMatchObject([{ t: 'subbed' }])
    server.refusePublish('a', 'forbidden')
    const pub = { t: 'pub', id: '1', ch: 'a', ev: 'Said', data: 1 }
    expect(await client.say(pub)).toMatchObject([{ t: 'nack', id: '1', code: 'forbidden' }])
    server.refusePublish('a')
    expect(await client.say(pub)).toMatchObject([{ t: 'msg', id: '1' }])
  })

  it('takes each publish once, and acknowledges it as often as it comes', async () => {
    const { dial, server } = setup()
    const [reader, writer] = [await dial(), await dial()]
    await reader.say(sub('a'))
    reader.heard()
    const [welcome] = writer.heard()
    const pub = { t: 'pub', id: '1', ch: 'a', ev: 'Said', data: [1], ack: true }
    expect(await writer.say(pub)).toEqual([{ t: 'ack', id: '1', off: 1 }])
    expect(await writer.say(pub)).toEqual([{ t: 'ack', id: '1', off: 1 }])
    const { client: from } = welcome as never as { client: string }
    expect(reader.heard()).toEqual([{ t: 'msg', ch: 'a', off: 1, ev: 'Said', data: [1], id: '1', from }])
    expect(server.received.map(({ id, duplicate }) => [id, duplicate])).toEqual([
      ['1', false],
      ['1', true],
    ])
  })

  it('carries bytes', async () => {
    const { dial, server } = setup()
    const client = await dial()
    await client.say(sub('a'))
    client.heard()
    const bytes = Uint8Array.of(0, 255)
    const pub = JSON.stringify({ t: 'pub', id: '1', ch: 'a', ev: 'Said' })
    const [frame] = await client.say(toBinaryFrame(pub, bytes))
    expect(server.received).toMatchObject([{ channel: 'a', payload: bytes }])
    const { header = '', payload } = parseBinaryFrame(frame as Uint8Array) ?? {}
    expect(JSON.parse(header)).toMatchObject({ t: 'msg', ch: 'a', off: 1, ev: 'Said' })
    expect(payload).toEqual(bytes)
  })

  it('keeps the place of a member while it is away, and tells of who comes and goes', async () => {
    const { dial, server } = setup({ authenticate: (id = '') => ({ id }) })
    const ann = await dial({ t: 'hello', v: 1, token: 'ann' })
    const bob = await dial({ t: 'hello', v: 1, token: 'bob' })
    const [welcome] = bob.heard()
    ann.heard()
    expect(await ann.say(sub('presence-a'))).toMatchObject([{ members: [{ id: 'ann' }], me: 'ann' }])
    expect(await bob.say(sub('presence-a'))).toMatchObject([{ members: [{ id: 'ann' }, { id: 'bob' }] }])
    server.enter('presence-a', { id: 'cid', info: { age: 7 } })
    bob.socket.close()
    await settled()
    expect(ann.heard()).toMatchObject([
      { t: 'join', member: { id: 'bob' } },
      { t: 'join', member: { id: 'cid' } },
    ])
    const { session } = welcome as never as { session: string }
    const back = await dial({ t: 'hello', v: 1, token: 'bob', session })
    await back.say(sub('presence-a'))
    server.exit('presence-a', 'cid')
    await settled()
    expect(ann.heard()).toEqual([{ t: 'leave', ch: 'presence-a', id: 'cid' }])
    back.socket.close()
    await settled()
    server.forgetSessions()
    await settled()
    expect(ann.heard()).toEqual([{ t: 'leave', ch: 'presence-a', id: 'bob' }])
  })

  it('has a member leave that leaves the channel, or says goodbye', async () => {
    const { dial } = setup({ authenticate: (id = '') => ({ id }) })
    const ann = await dial({ t: 'hello', v: 1, token: 'ann' })
    const bob = await dial({ t: 'hello', v: 1, token: 'bob' })
    await ann.say(sub('presence-a'))
    await bob.say(sub('presence-a'))
    ann.heard()
    await bob.say({ t: 'unsub', ch: 'presence-a' })
    await bob.say(sub('presence-a'))
    await bob.say({ t: 'bye' })
    expect(ann.heard()).toMatchObject([{ t: 'leave', id: 'bob' }, { t: 'join' }, { t: 'leave', id: 'bob' }])
  })

  it('brings messages to one client', async () => {
    const { dial, server } = setup()
    const [ann, bob] = [await dial(), await dial()]
    const [annIs, bobIs] = [ann.heard()[0], bob.heard()[0]] as never as { client: string }[]
    const send = { t: 'send', id: '1', to: bobIs?.client, ev: 'Hi', data: 1, ack: true }
    expect(await ann.say(send)).toEqual([{ t: 'ack', id: '1' }])
    expect(await ann.say({ ...send, id: '2', to: 'nobody' })).toMatchObject([
      { t: 'nack', code: 'not-found' },
    ])
    expect(bob.heard()).toEqual([{ t: 'direct', from: annIs?.client, ev: 'Hi', data: 1, id: '1' }])
    expect([server.direct(`${bobIs?.client}`, 'Hi', 2), server.direct('nobody', 'Hi', 2)]).toEqual([
      true,
      false,
    ])
    await settled()
    expect(bob.heard()).toMatchObject([{ t: 'direct', data: 2 }])
  })

  it('cuts connections, and takes none during an outage', async () => {
    const { dial, server } = setup()
    const client = await dial()
    server.outage()
    await settled()
    expect(client.ends).toMatchObject([{ code: 1006 }])
    const refused = await dial()
    expect(refused.ends).toMatchObject([{ code: 1006 }])
    server.restore()
    expect((await dial()).heard()).toMatchObject([{ t: 'welcome' }])
  })

  it('delays, loses and withholds what it sends', async () => {
    const { dial, server, transport } = setup()
    const client = await dial()
    client.heard()
    server.withhold('pong')
    expect(await client.say({ t: 'ping' })).toEqual([])
    server.release()
    injectFaults(transport).drop()
    expect(await client.say({ t: 'ping' }, { t: 'ping' })).toEqual([{ t: 'pong' }])
    transport.latencyMs = 20
    const askedAt = performance.now()
    client.socket.send('{"t":"ping"}')
    await expect.poll(client.heard, { interval: 1 }).toEqual([{ t: 'pong' }])
    expect(performance.now() - askedAt).toBeGreaterThan(35)
  })

  it('gives advice', async () => {
    const { dial, server } = setup()
    const client = await dial()
    client.heard()
    server.drain(100)
    server.retryAfter(200)
    server.expireTokens(300)
    await settled()
    expect(client.heard()).toEqual([
      { t: 'drain', ms: 100 },
      { t: 'later', ms: 200 },
      { t: 'expiring', ms: 300 },
    ])
  })

  it('ends the oldest of three connections with one session', async () => {
    const { dial } = setup()
    const first = await dial()
    const { session } = first.heard()[0] as never as { session: string }
    const second = await dial({ t: 'hello', v: 1, session })
    await dial({ t: 'hello', v: 1, session })
    expect([first.ends, second.ends]).toMatchObject([[{ code: 4003 }], []])
  })
})
