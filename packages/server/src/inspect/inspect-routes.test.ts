import { describe, expect, it } from 'vitest'
import type { ServerOptions } from '../index.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { watchInspector } from './inspect-test-setup.ts'

const TOKEN = 'inspect-token-of-tests'
const production: ServerOptions = {
  mode: 'production',
  authenticate: 'anonymous',
  channels: { '*': { publish: true } },
}

describe('/_inspect', () => {
  it('is a page of one file that can load nothing else', async () => {
    const { url } = await startServer()
    const response = await fetch(`${url}/_inspect`)
    const page = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]{44}'; style-src 'sha256-[\w+/=]{44}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(page.match(/(src|href)="(?!data:)[^"]*"/g)).toBeNull()
    expect(page).not.toMatch(/url\(|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
  })

  it.each([
    ['in development, from this machine', {}, {}, 200, 200],
    ['in development, through a proxy', {}, { 'x-forwarded-for': '10.0.0.1' }, 404, 404],
    ['when switched off', { inspect: false }, {}, 404, 404],
    ['in production', production, {}, 404, 404],
    ['in production, asked for without a token', { ...production, inspect: true }, {}, 404, 404],
    ['with a token, without it', { ...production, inspect: { token: TOKEN } }, {}, 200, 401],
    [
      'with a wrong token',
      { ...production, inspect: { token: TOKEN } },
      { authorization: 'Bearer x' },
      200,
      401,
    ],
    [
      'with its token',
      { ...production, inspect: { token: TOKEN } },
      { authorization: `Bearer ${TOKEN}` },
      200,
      200,
    ],
    [
      'with its token, through a proxy',
      { inspect: { token: TOKEN } },
      { 'x-forwarded-for': '10.0.0.1', authorization: `Bearer ${TOKEN}` },
      200,
      200,
    ],
    ['from a page of another origin', {}, { 'sec-fetch-site': 'cross-site' }, 200, 403],
  ] as const)('is open %s', async (_when, options, headers, page, data) => {
    const { url } = await startServer(options)
    const statusOf = async (path: string) => (await fetch(url + path, { headers })).status
    expect([await statusOf('/_inspect'), await statusOf('/_inspect/members?channel=a')]).toEqual([page, data])
    const stream = await fetch(`${url}/_inspect/stream`, { headers })
    expect(stream.status).toBe(data)
    await stream.body?.cancel()
  })

  it('tells connections, channels and frames as they come, without payloads', async () => {
    const { url, port, server } = await startServer()
    const { lines, sees } = await watchInspector(url)
    expect(await sees('hello')).toMatchObject({ mode: 'development', control: false })
    const client = await dialRaw(port)
    const { client: id, session } = await client.hello({ token: 's3cret' })
    client.send({ t: 'sub', chs: [{ ch: 'room' }] })
    client.send({ t: 'pub', id: 'p1', ch: 'room', ev: 'Said', data: 'a-payload' })
    await client.next('msg')
    const [connection] = server.connections()
    const about = { connection: connection?.id, endpoint: 'raw' }
    expect(await sees('connect')).toMatchObject({ ...about, address: '127.0.0.1' })
    expect(await sees('frame', ({ type }) => type === 'pub')).toMatchObject({
      ...about,
      direction: 'in',
      channels: ['room'],
    })
    expect(await sees('frame', ({ type }) => type === 'msg')).toMatchObject({
      ...about,
      direction: 'out',
      channels: ['room'],
    })
    const state = await sees('state', ({ channels }) => channels.length > 0)
    expect(state).toMatchObject({
      connectionCount: 1,
      connections: [{ id: connection?.id, client: id, channels: ['room'], channelCount: 1 }],
      channels: [{ endpoint: 'raw', name: 'room', subscribers: 1 }],
    })
    client.socket.terminate()
    expect(await sees('disconnect')).toMatchObject({ ...about, code: 1006 })
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`a-payload|s3cret|${session}`))
  })

  it('shows payloads when asked, without secrets', async () => {
    const { url, port } = await startServer()
    const { lines, sees } = await watchInspector(url, '?payloads=1')
    const client = await dialRaw(port)
    const { session } = await client.hello({ token: 's3cret' })
    client.send({ t: 'pub', id: 'p1', ch: 'room', ev: 'Said', data: 'a-payload' })
    const { text } = await sees('frame', ({ type }) => type === 'pub')
    expect(text).toContain('"a-payload"')
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`s3cret|${session}`))
  })

  it('tells members, and what they tell of themselves only when asked', async () => {
    const authenticate = () => ({ id: '42', info: { name: 'Ada' } })
    const { url, port } = await startServer({ authenticate })
    const client = await dialRaw(port)
    await client.hello()
    client.send({ t: 'sub', chs: [{ ch: 'presence-desk' }] })
    await client.next('subbed')
    const ask = async (query: string) => (await fetch(`${url}/_inspect/members?${query}`)).json()
    expect(await ask('channel=presence-desk')).toEqual({ members: [{ id: '42' }], memberCount: 1 })
    expect(await ask('channel=presence-desk&payloads=1')).toEqual({
      members: [{ id: '42', info: { name: 'Ada' } }],
      memberCount: 1,
    })
    expect(await ask('channel=nothing')).toEqual({ members: [], memberCount: 0 })
  })

  it('does not keep a server from closing', async () => {
    const { url, server } = await startServer({ times: { closeMs: 60_000 } })
    const { ended, sees } = await watchInspector(url)
    await sees('hello')
    await server.close()
    await ended
  })

  it('lets ten look, and no more', async () => {
    const { url } = await startServer()
    for (let count = 0; count < 10; count++) await watchInspector(url)
    expect((await fetch(`${url}/_inspect/stream`)).status).toBe(503)
    expect((await fetch(`${url}/_inspect/stream`, { method: 'HEAD' })).status).toBe(200)
  })
})
