import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createServer } from './index.ts'
import { startServer } from './socket-test-setup.ts'

const origin = 'https://app.example.org'
const cors = { origins: [origin, 'https://*.example.net'] }

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
}

/** Not `fetch`, which keeps `Origin` for itself. */
const ask = (url: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, (reply) => {
      const { statusCode: status } = reply
      const own = Object.entries(reply.headers).filter(([name]) => /^access-control|^vary/.test(name))
      reply.resume().on('end', () => resolve({ status, headers: Object.fromEntries(own) }))
    })
      .on('error', reject)
      .end()
  })

const preflight = (url: string, from: string, method = 'POST') =>
  ask(
    url,
    {
      Origin: from,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'x-one, x-two',
    },
    'OPTIONS',
  )

describe('cors', () => {
  it('echoes exactly the origin that asks, and says that answers differ by it', async () => {
    const { url } = await startServer({ cors })
    for (const one of [origin, 'https://a.example.net'])
      expect(await ask(`${url}/usage`, { Origin: one })).toEqual({
        status: 200,
        headers: {
          vary: 'Origin',
          'access-control-allow-origin': one,
          'access-control-expose-headers': 'Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining',
        },
      })
    for (const other of ['https://app.example.org.evil.example', 'https://example.net', 'null'])
      expect(await ask(`${url}/usage`, { Origin: other })).toEqual({
        status: 200,
        headers: { vary: 'Origin' },
      })
    expect(await ask(`${url}/usage`, {})).toEqual({ status: 200, headers: { vary: 'Origin' } })
  })

  it('answers what browsers ask ahead, to allowed origins alone', async () => {
    const { url } = await startServer({ cors: { ...cors, credentials: true } })
    expect(await preflight(`${url}/apps/app-id/events`, origin)).toEqual({
      status: 204,
      headers: {
        vary: 'Origin',
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'x-one, x-two',
        'access-control-max-age': '600',
      },
    })
    expect(await preflight(`${url}/usage`, 'https://evil.example')).toEqual({
      status: 403,
      headers: { vary: 'Origin' },
    })
  })

  it('says nothing while no origin is listed, and leaves pages alone that say it themselves', async () => {
    const { url } = await startServer({ origins: [origin] })
    expect(await ask(`${url}/usage`, { Origin: origin })).toEqual({ status: 200, headers: {} })
    expect((await preflight(`${url}/usage`, origin)).status).toBe(405)
    expect((await preflight(`${url}/broadcasting/auth`, origin)).headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'x-one, x-two',
    })
  })

  it('takes no cookies of any page', () => {
    const make = (given: object) => () => createServer({ mode: 'development', cors: given })
    expect(make({ origins: 'any', credentials: true })).toThrow('Option cors.credentials')
    expect(make({ origins: ['*'] })).toThrow('Option cors.origins')
  })
})
