import { invalid } from '@org/realtime-core/kit'
import type { PusherVerbs } from './verbs.ts'

export interface SocketIdFetchOptions {
  /** @default the global fetch, looked up for every request */
  readonly fetch?: typeof fetch
  /**
   * Further origins that may get the socket id, besides the one of the page; of an address the origin counts.
   * @default none
   */
  readonly origins?: readonly string[]
}

/**
 * A `fetch` that sends `X-Socket-ID` along, so that the server can leave us out of what it broadcasts. Only requests to the
 * page's own origin get it, or to `origins`; all others are left alone, and so is a request that has the header.
 * @example
 * const request = createSocketIdFetch(client)
 * await request('/bookings', { method: 'POST', body })
 */
export function createSocketIdFetch(
  client: { readonly pusher: Pick<PusherVerbs, 'socketId'> },
  options: SocketIdFetchOptions = {},
): typeof fetch {
  const origins = (options.origins ?? []).map(toOrigin)
  return (input, init) => {
    const request = options.fetch ?? fetch
    const socketId = client.pusher.socketId.get()
    if (socketId === undefined || !isOurs(input, origins)) return request(input, init)
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    if (!headers.has('X-Socket-ID')) headers.set('X-Socket-ID', socketId)
    return request(input, { ...init, headers })
  }
}

function toOrigin(address: string): string {
  try {
    return new URL(address).origin
  } catch {
    throw invalid('origins', 'a list of absolute addresses', address)
  }
}

function isOurs(input: RequestInfo | URL, origins: readonly string[]): boolean {
  const page = globalThis.location?.href
  try {
    const { origin } = new URL(input instanceof Request ? input.url : input, page)
    return origins.includes(origin) || (page !== undefined && origin === new URL(page).origin)
  } catch {
    // Relative, and there is no page: it is the platform's to say what that means.
    return false
  }
}
