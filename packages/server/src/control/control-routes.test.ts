import { describe, expect, it, vi } from 'vitest'
import { createServer } from '../index.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'

const TOKEN = 'control-token-of-tests'
const PAGE = 'http://localhost:5173'

async function setup() {
  const started = await startServer({ control: { token: TOKEN, origins: [PAGE] } })
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${started.url}/_control${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined }
  }
  const join = async (channel: string) => {
    const client = await dialRaw(started.port)
    const { client: id } = await client.hello()
    client.send({ t: 'sub', chs: [{ ch: channel }] })
    await client.next('subbed')
    return { ...client, id }
  }
  return { ...started, ask, join }
}

describe('/_control', () => {
  it('lets nobody in without its token', async () => {
    const { ask } = await setup()
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const { status, headers, json } = await ask('GET', '', undefined, { authorization })
      expect([status, headers.get('www-authenticate'), json.error.code]).toEqual([
        401,
        'Bearer',
        'unauthenticated',
      ])
    }
    expect((await ask('GET', '')).json.verbs).toContain('POST /faults')
  })

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
    'is not there for who comes through a proxy: %s',
    async (name) => {
      const { ask } = await setup()
      expect((await ask('GET', '', undefined, { [name]: '10.0.0.1' })).status).toBe(404)
    },
  )

  it('answers pages of its own and of named origins, and no others', async () => {
    const { ask, url } = await setup()
    const cors = async (origin: string, method = 'GET') => {
      const { status, headers } = await ask(method, '/faults', undefined, { origin })
      return [status, headers.get('access-control-allow-origin'), headers.get('vary')]
    }
    expect(await cors(PAGE)).toEqual([200, PAGE, 'Origin'])
    expect(await cors(PAGE, 'OPTIONS')).toEqual([204, PAGE, 'Origin'])
    expect(await cors(url)).toEqual([200, null, null])
    expect(await cors('https://evil.example')).toEqual([403, null, 'Origin'])
    expect(await cors('null')).toEqual([403, null, 'Origin'])
    expect(await cors('https://evil.example', 'OPTIONS')).toEqual([403, null, 'Origin'])
  })

  it('tells a browser what it may send', async () => {
    const { ask } = await setup()
    const headers = { origin: PAGE, authorization: '', 'access-control-request-private-network': 'true' }
    const answer = await ask('OPTIONS', '/faults/1', undefined, headers)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE')
    expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type')
    expect(answer.headers.get('access-control-allow-private-network')).toBe('true')
  })

  it('adds faults, lists them and takes them back', async () => {
    const { ask, join } = await setup()
    const rule = { at: 'frame', direction: 'out', do: 'drop', channel: 'room' }
    const { json } = await ask('POST', '/faults', rule)
    expect(json).toEqual({ id: '1', rule })
    const client = await join('other')
    client.send({ t: 'sub', chs: [{ ch: 'room' }] }, { t: 'ping' })
    await client.next('pong')
    expect(client.frames.filter(({ t }) => t === 'subbed')).toHaveLength(1)
    await ask('POST', '/faults', { at: 'upgrade', do: 'refuse', status: 503 })
    expect((await ask('GET', '/faults')).json.map(({ id }: { id: string }) => id)).toEqual(['1', '2'])
    expect((await ask('DELETE', '/faults/1')).json).toEqual({ ok: true })
    expect((await ask('DELETE', '/faults/1')).status).toBe(404)
    await ask('DELETE', '/faults')
    expect((await ask('GET', '/faults')).json).toEqual([])
    await join('room')
  })

  it('does not list what is done', async () => {
    const { ask, join } = await setup()
    const client = await join('room')
    await ask('POST', '/faults', { at: 'frame', direction: 'out', do: 'duplicate', nth: 1 })
    client.send({ t: 'ping' })
    await client.next('pong')
    await client.next('pong')
    await ask('POST', '/faults', { at: 'now', do: 'freeze', forMs: 1 })
    await vi.waitFor(async () => expect((await ask('GET', '/faults')).json).toEqual([]), 25_000)
    await ask('POST', '/faults', { at: 'now', do: 'cut' })
    expect((await client.ended).code).toBe(1006)
    expect((await ask('GET', '/faults')).json).toEqual([])
  })

  it('holds no more than a hundred', async () => {
    const { ask } = await setup()
    const rule = { at: 'open', do: 'cut', connection: 'nobody' }
    for (let count = 0; count < 100; count++) await ask('POST', '/faults', rule)
    expect(await ask('POST', '/faults', rule)).toMatchObject({
      status: 409,
      json: { error: { code: 'limit' } },
    })
  })

  it('reports what clients have published', async () => {
    const { ask, join } = await setup()
    const { json } = await ask('POST', '/recordings', {})
    const client = await join('room')
    for (const id of ['p1', 'p2', 'p1'])
      client.send({ t: 'pub', id, ch: 'room', ev: 'Said', data: 1, ack: true })
    await client.next('ack')
    await client.next('ack')
    await client.next('ack')
    const report = await ask('GET', `/recordings/${json.id}`)
    expect(report.json.left).toBe(0)
    expect(report.json.received).toMatchObject([
      { id: 'p1', channel: 'room', event: 'Said', payload: '1', client: client.id, isRepeat: false },
      { id: 'p2', isRepeat: false },
      { id: 'p1', isRepeat: true },
    ])
    await ask('DELETE', `/recordings/${json.id}`)
    expect((await ask('GET', `/recordings/${json.id}`)).status).toBe(404)
  })

  it('publishes, sends, puts out, expires and disconnects', async () => {
    const { ask, join, server } = await setup()
    const client = await join('room')
    expect(
      (await ask('POST', '/publish', { channel: 'room', event: 'Said', payload: { a: 1 } })).json,
    ).toMatchObject({ off: 1 })
    expect(await client.next('msg')).toMatchObject({ ev: 'Said', data: { a: 1 } })
    await ask('POST', '/send', { client: client.id, event: 'Hi' })
    expect(await client.next('direct')).toMatchObject({ ev: 'Hi' })
    expect((await ask('POST', '/revoke', { channel: 'room', refuse: 'limit' })).json).toEqual({
      connections: 1,
    })
    expect(await client.next('refused')).toMatchObject({ ch: 'room', code: 'limit' })
    const connection = server.connections()[0]?.id
    expect((await ask('POST', '/expire', { connection, inMs: 60_000 })).json).toEqual({ ok: true })
    expect((await ask('POST', '/disconnect', { connection, code: 4010, reason: 'bye' })).json).toEqual({
      ok: true,
    })
    expect(await client.ended).toEqual({ code: 4010, reason: 'bye' })
  })

  it.each([
    ['POST', '/faults', { at: 'now', do: 'explode' }, 400, /fault\.do must be one of/],
    ['POST', '/faults', { at: 'now', do: 'close', code: 1 }, 400, /fault\.code must be a close code/],
    ['POST', '/faults', 'no json', 400, /must be an object of JSON/],
    ['POST', '/faults', [], 400, /must be an object of JSON/],
    ['POST', '/publish', { channel: 7, event: 'x' }, 400, /body\.channel must be text/],
    ['POST', '/publish', { channel: 'a', event: 'x', evnt: 1 }, 400, /body\.evnt must be left out/],
    ['POST', '/publish', { channel: '@a', event: 'x' }, 400, /publish\.refused/],
    ['POST', '/publish', { pad: 'x'.repeat(70_000) }, 413, /over 65536 bytes/],
    ['POST', '/send', { client: 'nobody', event: 'x' }, 404, /There is no client nobody/],
    ['POST', '/disconnect', { connection: 'none' }, 404, /There is no connection none/],
    ['POST', '/expire', { connection: 'none' }, 404, /There is no connection none/],
    ['DELETE', '/recordings/9', undefined, 404, /There is no recording 9/],
    ['PUT', '/faults', undefined, 405, /./],
  ])('refuses %s %s %j', async (method, path, body, status, message) => {
    const { url, crashes } = await setup()
    const response = await fetch(`${url}/_control${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    expect(response.status).toBe(status)
    expect(await response.text()).toMatch(message)
    expect(crashes).toEqual([])
  })

  it('is not served unless asked, and never in production', async () => {
    const { url } = await startServer()
    expect((await fetch(`${url}/_control`)).status).toBe(404)
    const production = { mode: 'production', authenticate: 'anonymous' } as const
    expect(() => createServer({ ...production, control: { token: TOKEN } })).toThrow(
      'Option control must be left out in production',
    )
    expect(() => createServer({ mode: 'development', control: { token: 'short' } })).toThrow(
      /^\[option\.invalid\] Option control\.token must be text of at least 16 characters$/,
    )
    expect(() => createServer({ mode: 'development', control: { token: TOKEN, origins: ['x'] } })).toThrow(
      'Option control.origins must be',
    )
  })
})
