import { describe, expect, it, vi } from 'vitest'
import { createSocketIdFetch } from './socket-id-fetch.ts'

const client = (id: string | undefined) => ({
  pusher: { socketId: { get: () => id, subscribe: () => () => {} } },
})

/** What the platform's fetch gets of a request. */
async function sent(
  input: RequestInfo | URL,
  init?: RequestInit,
  { id = '1.1', page, origins }: { id?: string; page?: string; origins?: string[] } = {},
) {
  const calls: [RequestInfo | URL, RequestInit?][] = []
  const fetch = (async (...given: [RequestInfo | URL, RequestInit?]) => void calls.push(given)) as never
  if (page) vi.stubGlobal('location', { href: page })
  try {
    await createSocketIdFetch(client(id || undefined), { fetch, ...(origins && { origins }) })(input, init)
  } finally {
    vi.unstubAllGlobals()
  }
  const headers = new Headers(calls[0]?.[1]?.headers)
  return Object.fromEntries(headers)
}

const page = 'https://app.test/bookings'

describe('createSocketIdFetch', () => {
  it.each([
    ['a path', '/api'],
    ['an address of the page', 'https://app.test/api'],
    ['a URL', new URL('https://app.test/api')],
    ['a request', new Request('https://app.test/api')],
  ])('sends the socket id along with %s', async (_what, input) => {
    expect(await sent(input, undefined, { page })).toMatchObject({ 'x-socket-id': '1.1' })
  })

  it.each([
    ['another host', 'https://evil.test/api'],
    ['another port', 'https://app.test:8443/api'],
    ['another scheme', 'http://app.test/api'],
    ['no page', '/api'],
  ])('does not with %s', async (what, input) => {
    expect(await sent(input, undefined, what === 'no page' ? {} : { page })).toEqual({})
  })

  it('sends it to origins that are named', async () => {
    for (const address of ['https://api.test', 'https://api.test/', 'HTTPS://api.test:443/v1'])
      expect(await sent('https://api.test/x', undefined, { origins: [address] })).toEqual({
        'x-socket-id': '1.1',
      })
    await expect(sent('/x', undefined, { origins: ['api.test'] })).rejects.toThrow(/Option origins/)
  })

  it('does not without a connection', async () => {
    expect(await sent('/api', undefined, { page, id: '' })).toEqual({})
  })

  it('keeps other headers, and one that is there already', async () => {
    expect(await sent('/api', { headers: { Accept: 'x' } }, { page })).toEqual({
      accept: 'x',
      'x-socket-id': '1.1',
    })
    expect(await sent('/api', { headers: { 'X-Socket-ID': '9' } }, { page })).toEqual({ 'x-socket-id': '9' })
    const request = new Request('https://app.test/api', { headers: { Accept: 'x' } })
    expect(await sent(request, undefined, { page })).toEqual({ accept: 'x', 'x-socket-id': '1.1' })
  })
})
