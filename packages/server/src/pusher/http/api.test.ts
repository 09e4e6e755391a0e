import { describe, expect, it } from 'vitest'
import { dialPusher, startPusher } from '../live-test-setup.ts'
import { APP } from '../pusher-test-setup.ts'
import { type ApiCall, ask, get, post } from './api-test-setup.ts'

const event = { name: 'said', channel: 'a', data: '{"n":1}' }

describe('POST /apps/{id}/events', () => {
  it('reaches everybody in its channels but the named socket', async () => {
    const { url, port } = await startPusher()
    const [one, two] = [await dialPusher(port), await dialPusher(port)]
    for (const guest of [one, two]) for (const channel of ['a', 'b']) await guest.join(channel)
    const channels = { ...event, channel: undefined, channels: ['a', 'b'], socket_id: one.socketId }
    expect(await post(url, 'events', channels)).toMatchObject({ status: 200, body: {} })
    expect(await two.next('said')).toEqual({ event: 'said', channel: 'a', data: { n: 1 } })
    expect(await two.next('said')).toMatchObject({ channel: 'b' })
    await post(url, 'events', { ...event, name: 'end' })
    await one.next('end')
    expect(one.frames.filter(({ event: name }) => name === 'said')).toEqual([])
  })

  it('sends data as the text that it is', async () => {
    const { url, port } = await startPusher()
    const guest = await dialPusher(port)
    await guest.join('a')
    const texts: string[] = []
    guest.socket.on('message', (text) => texts.push(`${text}`))
    await post(url, 'events', { ...event, data: 'plain "text" \u2028 ü' })
    await guest.next('said')
    expect(JSON.parse(texts[0] ?? '')).toEqual({ event: 'said', channel: 'a', data: 'plain "text" \u2028 ü' })
  })

  it('tells of the channels what is asked', async () => {
    const { url, port } = await startPusher()
    const [one, two] = [await dialPusher(port), await dialPusher(port)]
    for (const [guest, id] of [
      [one, 'a'],
      [two, 'b'],
    ] as const)
      await guest.join('presence-x', { user_id: id })
    await one.join('a')
    const info = 'user_count,subscription_count'
    const { body } = await post(url, 'events', { ...event, channels: ['presence-x', 'a'], info })
    expect(body).toEqual({
      channels: { 'presence-x': { user_count: 2, subscription_count: 2 }, a: { subscription_count: 1 } },
    })
  })

  it.each([
    ['no name', { name: undefined }, 400],
    ['an empty name', { name: '' }, 400],
    ['a long name', { name: 'x'.repeat(201) }, 400],
    ['a name of the protocol', { name: 'pusher_internal:x' }, 400],
    ['data that is no text', { data: { n: 1 } }, 400],
    ['no data', { data: undefined }, 400],
    ['too much data', { data: 'x'.repeat(10_001) }, 413],
    ['no channel', { channel: undefined }, 400],
    ['a bad channel', { channel: 'a b' }, 400],
    ['a long channel', { channel: 'x'.repeat(201) }, 400],
    ['too many channels', { channels: Array.from({ length: 101 }, (_, n) => `c${n}`) }, 400],
    ['a socket that is none', { socket_id: 'x' }, 400],
  ])('refuses %s', async (_, change, status) => {
    const { url } = await startPusher()
    expect(await post(url, 'events', { ...event, ...change })).toMatchObject({
      status,
      body: { error: expect.any(String), code: status },
    })
  })

  it('refuses a body that is none, and one that is too long, with an answer', async () => {
    const { url, crashes } = await startPusher({ bodyBytes: 1000 })
    const path = '/apps/app-id/events'
    expect(await ask(url, path, { method: 'POST', body: '{' })).toMatchObject({ status: 400 })
    expect(await ask(url, path, { method: 'POST', body: '[]' })).toMatchObject({ status: 400 })
    expect(await ask(url, path, { method: 'POST', body: 'x'.repeat(500_000) })).toMatchObject({ status: 413 })
    expect(crashes).toEqual([])
  })

  it('answers as the dialect does', async () => {
    const soketi = await startPusher({ dialect: 'soketi' })
    expect(await post(soketi.url, 'events', { ...event, info: 'subscription_count' })).toMatchObject({
      body: { ok: true },
    })
    const reverb = await startPusher({ dialect: 'reverb' })
    expect((await post(reverb.url, 'events', { ...event, name: '' })).status).toBe(422)
    expect((await post(reverb.url, 'events', { ...event, data: 'x'.repeat(10_000) })).status).toBe(413)
  })

  it('keeps the last event of cache channels, for a while', async () => {
    const { url, port } = await startPusher({ cacheMs: 60_000 })
    const early = await dialPusher(port)
    await early.join('cache-a')
    expect(await early.next('pusher:cache_miss')).toEqual({ event: 'pusher:cache_miss', channel: 'cache-a' })
    await post(url, 'events', { ...event, channel: 'cache-a' })
    const late = await dialPusher(port)
    await late.join('cache-a')
    expect(await late.next('said')).toEqual({ event: 'said', channel: 'cache-a', data: { n: 1 } })
    expect((await get(url, 'channels/cache-a', { info: 'cache' })).body).toEqual({
      occupied: true,
      cache: { data: '{"n":1}' },
    })
  })
})

describe('POST /apps/{id}/batch_events', () => {
  it('publishes all of them, in order', async () => {
    const { url, port } = await startPusher()
    const guest = await dialPusher(port)
    await guest.join('a')
    const batch = [1, 2, 3].map((n) => ({ ...event, data: `${n}`, info: 'subscription_count' }))
    expect((await post(url, 'batch_events', { batch })).body).toEqual({
      batch: batch.map(() => ({ subscription_count: 1 })),
    })
    expect(
      [await guest.next('said'), await guest.next('said'), await guest.next('said')].map(({ data }) => data),
    ).toEqual([1, 2, 3])
  })

  it('publishes none when one is bad, or there are too many', async () => {
    const { url, port } = await startPusher()
    const guest = await dialPusher(port)
    await guest.join('a')
    expect(await post(url, 'batch_events', { batch: [event, { ...event, data: 7 }] })).toMatchObject({
      status: 400,
    })
    expect(await post(url, 'batch_events', { batch: Array.from({ length: 11 }, () => event) })).toMatchObject(
      { status: 400 },
    )
    expect(await post(url, 'batch_events', { batch: 'x' })).toMatchObject({ status: 400 })
    await post(url, 'batch_events', { batch: [{ ...event, name: 'end' }] })
    await guest.next('end')
    expect(guest.frames.filter(({ event: name }) => name === 'said')).toEqual([])
  })
})

describe('GET /apps/{id}/...', () => {
  it('lists channels, by prefix and with counts', async () => {
    const { url, port } = await startPusher()
    const [one, two] = [await dialPusher(port), await dialPusher(port)]
    await one.join('a')
    await one.join('presence-x', { user_id: '1' })
    await two.join('presence-x', { user_id: '1' })
    await two.signin({ id: '7' })
    expect((await get(url, 'channels')).body).toEqual({ channels: { a: {}, 'presence-x': {} } })
    const query = { filter_by_prefix: 'presence-', info: 'user_count' }
    expect((await get(url, 'channels', query)).body).toEqual({
      channels: { 'presence-x': { user_count: 1 } },
    })
    expect(await get(url, 'channels', { info: 'user_count' })).toMatchObject({ status: 400 })
  })

  it('tells of one channel whether it is occupied, and what is asked', async () => {
    const { url, port } = await startPusher()
    const guest = await dialPusher(port)
    await guest.join('presence-a.b', { user_id: '1' })
    const query = { info: 'user_count,subscription_count' }
    expect((await get(url, 'channels/presence-a.b', query)).body).toEqual({
      occupied: true,
      user_count: 1,
      subscription_count: 1,
    })
    expect((await get(url, 'channels/other')).body).toEqual({ occupied: false })
    expect(await get(url, 'channels/other', { info: 'user_count' })).toMatchObject({ status: 400 })
  })

  it('tells who is in a presence channel, and only there', async () => {
    const { url, port } = await startPusher()
    for (const id of [1, 1, 2]) await (await dialPusher(port)).join('presence-x', { user_id: id })
    expect((await get(url, 'channels/presence-x/users')).body).toEqual({ users: [{ id: '1' }, { id: '2' }] })
    expect(await get(url, 'channels/a/users')).toMatchObject({ status: 400 })
  })

  it('answers as soketi', async () => {
    const { url, port } = await startPusher({ dialect: 'soketi' })
    await (await dialPusher(port)).join('a')
    expect((await get(url, 'channels')).body).toEqual({
      channels: { a: { subscription_count: 1, occupied: true } },
    })
    expect((await get(url, 'channels/a')).body).toEqual({ subscription_count: 1, occupied: true })
  })

  it('counts connections as Reverb, and only there', async () => {
    const { url, port } = await startPusher({ dialect: 'reverb' })
    await dialPusher(port)
    expect((await get(url, 'connections')).body).toEqual({ connections: 1 })
    expect(await get((await startPusher()).url, 'connections')).toMatchObject({ status: 404 })
  })
})

describe('POST /apps/{id}/users/{id}/terminate_connections', () => {
  it('ends what is signed in as that user, or a member with its id', async () => {
    const { url, port } = await startPusher()
    const [signed, member, other] = [await dialPusher(port), await dialPusher(port), await dialPusher(port)]
    await signed.signin({ id: '7' })
    await member.join('presence-x', { user_id: 7 })
    await other.signin({ id: '8' })
    expect(await post(url, 'users/7/terminate_connections', {})).toMatchObject({ status: 200, body: {} })
    expect(await Promise.all([signed.ended, member.ended])).toEqual([4009, 4009])
    expect(await signed.next('pusher:error')).toMatchObject({ data: { code: 4009 } })
    other.send({ event: 'pusher:ping' })
    await other.next('pusher:pong')
  })
})

describe('a request to the HTTP API', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it.each<readonly [string, () => ApiCall]>([
    ['another secret', () => ({ secret: 'other' })],
    ['another key', () => ({ query: { auth_key: 'other' } })],
    ['no signature', () => ({ forged: { auth_signature: '' } })],
    ['a changed query', () => ({ forged: { info: 'x' } })],
    ['another body', () => ({ body: '{}', forged: { body_md5: '00' } })],
    ['a body that was changed', () => ({ query: { body_md5: 'd41d8cd98f00b204e9800998ecf8427e' } })],
    ['a time that is over', () => ({ query: { auth_timestamp: `${now() - 602}` } })],
    ['a time to come', () => ({ query: { auth_timestamp: `${now() + 602}` } })],
    ['no time', () => ({ query: { auth_timestamp: '' } })],
    ['another version', () => ({ query: { auth_version: '2.0' } })],
  ])('is refused with 401 for %s', async (_, change) => {
    const { url } = await startPusher()
    const reply = await post(url, 'events', event, change())
    expect(reply).toMatchObject({ status: 401, body: { code: 401 } })
    expect(JSON.stringify(reply.body)).not.toMatch(/[0-9a-f]{32}/)
  })

  it.each([-598, 598])('may be %d s away', async (seconds) => {
    const { url } = await startPusher()
    expect(
      (await post(url, 'events', event, { query: { auth_timestamp: `${now() + seconds}` } })).status,
    ).toBe(200)
  })

  it('is refused by soketi with a status of 200', async () => {
    const { url } = await startPusher({ dialect: 'soketi' })
    expect(await post(url, 'events', event, { secret: 'x' })).toMatchObject({
      status: 200,
      body: { code: 401 },
    })
  })

  it.each([
    ['/apps/other/channels', 'GET', 404],
    ['/apps/app-id/nothing', 'GET', 404],
    ['/apps/app-id', 'GET', 404],
    ['/apps/app-id/events', 'GET', 405],
    ['/apps/app-id/channels/%zz', 'GET', 400],
    ['/apps/app-id/events', 'PUT', 405],
  ] as const)('%s by %s is answered with %d', async (path, method, status) => {
    const { url } = await startPusher()
    const reply = await fetch(`${url}${path}`, { method })
    await reply.text()
    expect(reply.status).toBe(status)
  })

  it('is refused for an app that is disabled', async () => {
    const { url } = await startPusher({ apps: [{ ...APP, enabled: false }] })
    expect(await post(url, 'events', event)).toMatchObject({ status: 403 })
  })

  it('is signed with the path of the server, where it has one', async () => {
    const { url } = await startPusher({}, { path: '/realtime' })
    const origin = url.replace('/realtime', '')
    expect(await ask(origin, '/realtime/apps/app-id/channels')).toMatchObject({ status: 200 })
  })

  it('is limited per app: events by their channels, questions by themselves', async () => {
    const apps = [{ ...APP, maxBackendEventsPerSecond: 3, maxReadRequestsPerSecond: 1 }]
    const { url } = await startPusher({ apps })
    const first = await post(url, 'events', { ...event, channels: ['a', 'b'] })
    expect([
      first.status,
      first.headers.get('x-ratelimit-limit'),
      first.headers.get('x-ratelimit-remaining'),
    ]).toEqual([200, '3', '1'])
    const second = await post(url, 'batch_events', { batch: [event, event] })
    expect(second).toMatchObject({ status: 429, body: { error: 'Too many requests.', code: 429 } })
    expect(second.headers.get('retry-after')).toBe('1')
    expect((await get(url, 'channels')).status).toBe(200)
    expect((await get(url, 'channels')).status).toBe(429)
  })
})
