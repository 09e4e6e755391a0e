import BackendPusher from 'pusher'
import { describe, expect, it } from 'vitest'
import type { Authenticate } from '../../authenticate.ts'
import type { ServerOptions } from '../../options.ts'
import { startPusher } from '../live-test-setup.ts'
import { APP, authOf } from '../pusher-test-setup.ts'

const users = {
  customer: { id: '42', info: { name: 'Ada' } },
  other: { id: '7' },
  admin: { id: '1', info: { isAdmin: true } },
} as const

const authenticate: Authenticate = (token) => {
  if (token === 'late') return { refuse: 'expired' }
  if (token === 'busy') return { refuse: 'unavailable', retryMs: 2500 }
  return Object.hasOwn(users, token ?? '') ? users[token as keyof typeof users] : undefined
}

async function setup(options = {}, more: ServerOptions = {}) {
  const started = await startPusher(options, { mode: 'production', authenticate, ...more })
  const isAllowed = (user: { id: string }, { userId }: { userId: string }): boolean =>
    user.id === userId || user.id === '1'
  started.server.authorize('booking.{userId}', isAllowed)
  started.server.authorize('private-user.{userId}', isAllowed)
  started.server.authorize('presence-desk', () => true)
  const ask = async (
    form: Record<string, string>,
    token?: string,
    path = '/broadcasting/auth',
    headers = {},
  ) => {
    const reply = await fetch(`${started.url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
      body: new URLSearchParams(form),
    })
    return {
      status: reply.status,
      headers: reply.headers,
      body: (await reply.json()) as Record<string, unknown>,
    }
  }
  return { ...started, ask }
}

const form = (channel_name: string) => ({ socket_id: '1.2', channel_name })

describe('/broadcasting/auth', () => {
  it('gives out the keys of encrypted channels, as the official library does', async () => {
    const encryptionMasterKeyBase64 = Buffer.alloc(32, 7).toString('base64')
    const { ask } = await setup({ apps: [{ ...APP, encryptionMasterKeyBase64 }] })
    const backend = new BackendPusher({
      appId: APP.id,
      key: APP.key,
      secret: APP.secret,
      cluster: 'x',
      encryptionMasterKeyBase64,
    })
    const channel = 'private-encrypted-booking.42'
    const { status, body } = await ask(form(channel), 'customer')
    expect([status, body]).toEqual([200, backend.authorizeChannel('1.2', channel)])
    expect((await ask(form(channel), 'other')).status).toBe(403)
  })

  it('refuses a master key that is none, without showing it', async () => {
    const apps = [{ ...APP, encryptionMasterKeyBase64: 'c2hvcnQ=' }]
    await expect(setup({ apps })).rejects.toThrow(
      'Option pusher.apps encryptionMasterKeyBase64 must be 32 bytes in base64',
    )
  })

  it.each([
    ['nobody', undefined, [401, 401, 401, 401]],
    ['the customer', 'customer', [200, 200, 403, 403]],
    ['another customer', 'other', [403, 403, 200, 403]],
    ['an admin', 'admin', [200, 200, 200, 403]],
  ] as const)('signs for %s what the rules allow', async (_, token, statuses) => {
    const { ask } = await setup()
    const channels = ['private-user.42', 'private-booking.42', 'private-booking.7', 'private-unknown.1']
    const replies = await Promise.all(channels.map((channel) => ask(form(channel), token)))
    expect(replies.map(({ status }) => status)).toEqual(statuses)
  })

  it('signs as servers want it', async () => {
    const { ask } = await setup()
    const { body } = await ask(form('private-user.42'), 'customer')
    expect(body).toEqual({ auth: authOf('1.2', 'private-user.42') })
  })

  it('says who a member is', async () => {
    const { ask } = await setup()
    const channel_data = '{"user_id":"42","user_info":{"name":"Ada"}}'
    expect((await ask(form('presence-desk'), 'customer')).body).toEqual({
      auth: authOf('1.2', 'presence-desk', channel_data),
      channel_data,
    })
    expect((await ask(form('presence-desk'), 'other')).body).toMatchObject({
      channel_data: '{"user_id":"7","user_info":{}}',
    })
  })

  it('tells a token that is over, and one that cannot be checked now, from one that is wrong', async () => {
    const { ask } = await setup()
    const reply = async (token: string) => {
      const { status, body } = await ask(form('private-user.42'), token)
      return [status, (body['error'] as { code: string }).code]
    }
    expect([await reply('wrong'), await reply('late'), await reply('busy')]).toEqual([
      [401, 'unauthenticated'],
      [401, 'expired'],
      [503, 'unavailable'],
    ])
    expect((await ask(form('private-user.42'), 'busy')).headers.get('retry-after')).toBe('3')
  })

  it('signs many channels in one request', async () => {
    const { ask } = await setup()
    const many = {
      socket_id: '1.2',
      'channel_name[0]': 'private-user.42',
      'channel_name[1]': 'private-user.7',
    }
    expect((await ask(many, 'customer')).body).toEqual({
      'private-user.42': { status: 200, data: { auth: authOf('1.2', 'private-user.42') } },
      'private-user.7': { status: 403, data: { error: { code: 'forbidden', message: 'Not allowed' } } },
    })
  })

  it('takes JSON too', async () => {
    const { url } = await setup()
    const reply = await fetch(`${url}/broadcasting/auth`, {
      method: 'POST',
      headers: { Authorization: 'Bearer customer', 'Content-Type': 'application/json' },
      body: JSON.stringify(form('private-user.42')),
    })
    expect(await reply.json()).toEqual({ auth: authOf('1.2', 'private-user.42') })
  })

  it.each([
    [{ channel_name: 'private-user.42' }, 400],
    [{ socket_id: 'x:y', channel_name: 'private-user.42' }, 400],
    [{ socket_id: '1.2' }, 400],
    [form('public'), 403],
    [form('private-encrypted-x'), 403],
  ])('refuses %j with %d', async (body, status) => {
    const { ask } = await setup()
    expect((await ask(body as Record<string, string>, 'admin')).status).toBe(status)
  })

  it('answers pages that may connect, and no others', async () => {
    const { ask, url } = await setup({}, { origins: ['https://app.example'] })
    const good = await ask(form('private-user.42'), 'customer', undefined, { Origin: 'https://app.example' })
    expect([good.status, good.headers.get('access-control-allow-origin'), good.headers.get('vary')]).toEqual([
      200,
      'https://app.example',
      'Origin',
    ])
    expect(
      (await ask(form('private-user.42'), 'customer', undefined, { Origin: 'https://b.example' })).status,
    ).toBe(403)
    const preflight = await fetch(`${url}/broadcasting/auth`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://app.example',
        'Access-Control-Request-Headers': 'authorization,x-csrf-token',
      },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization,x-csrf-token',
    ])
  })

  it('signs for the app that is named', async () => {
    const { ask } = await setup({ apps: [APP, { id: 'b', key: 'b-key', secret: 'b-secret' }] })
    const reply = await ask(form('private-user.42'), 'customer', '/broadcasting/auth?app_key=b-key')
    expect(reply.body['auth']).toMatch(/^b-key:[0-9a-f]{64}$/)
    expect((await ask(form('private-user.42'), 'customer', '/broadcasting/auth?app_key=x')).status).toBe(404)
  })

  it('signs for everybody in development, while there is no rule', async () => {
    const { url } = await startPusher()
    const reply = await fetch(`${url}/broadcasting/auth`, {
      method: 'POST',
      body: new URLSearchParams(form('presence-a')),
    })
    expect(await reply.json()).toMatchObject({ channel_data: '{"user_id":"1.2","user_info":{}}' })
  })

  it('is not there when it is switched off', async () => {
    const { url } = await startPusher({ auth: false })
    expect((await fetch(`${url}/broadcasting/auth`, { method: 'POST' })).status).toBe(404)
  })
})

describe('/broadcasting/user-auth', () => {
  it('signs who somebody is', async () => {
    const { ask } = await setup()
    const user_data = '{"id":"42","user_info":{"name":"Ada"}}'
    const path = '/broadcasting/user-auth'
    expect((await ask({ socket_id: '1.2' }, 'customer', path)).body).toEqual({
      auth: authOf('1.2', '', 'user', '', user_data),
      user_data,
    })
    expect((await ask({ socket_id: '1.2' }, undefined, path)).status).toBe(401)
  })
})
