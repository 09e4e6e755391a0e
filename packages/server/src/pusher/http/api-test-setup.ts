import { createHash, createHmac } from 'node:crypto'
import { KEY, SECRET } from '../pusher-test-setup.ts'

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly body?: string
  readonly query?: Readonly<Record<string, string>>
  readonly secret?: string
  /** Put over what is signed, afterwards. */
  readonly forged?: Readonly<Record<string, string>>
}

/** Signed without the code under test. */
export async function ask(url: string, path: string, request: ApiCall = {}) {
  const { method = 'GET', body, query = {}, secret = SECRET, forged = {} } = request
  const params: Record<string, string> = {
    auth_key: KEY,
    auth_timestamp: `${Math.floor(Date.now() / 1000)}`,
    auth_version: '1.0',
    ...(body !== undefined && { body_md5: createHash('md5').update(body).digest('hex') }),
    ...query,
  }
  const text = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
  const auth_signature = createHmac('sha256', secret).update(`${method}\n${path}\n${text}`).digest('hex')
  const search = new URLSearchParams({ ...params, auth_signature, ...forged })
  const reply = await fetch(`${url}${path}?${search}`, { method, ...(body !== undefined && { body }) })
  return {
    status: reply.status,
    headers: reply.headers,
    body: (await reply.json()) as Record<string, unknown>,
  }
}

export const post = (url: string, path: string, value: unknown, more: ApiCall = {}) =>
  ask(url, `/apps/app-id/${path}`, { method: 'POST', body: JSON.stringify(value), ...more })

export const get = (url: string, path: string, query: Readonly<Record<string, string>> = {}) =>
  ask(url, `/apps/app-id/${path}`, { query })
