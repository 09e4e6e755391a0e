import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { WireRequest } from './wire.ts'

/** An upgrade, without what only its parsing needed. */
class UpgradeRequest implements WireRequest {
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly address: string
  readonly subprotocol: string
  readonly #search: string

  constructor(url: URL, request: IncomingMessage, rest: Omit<WireRequest, 'path' | 'query' | 'headers'>) {
    this.path = url.pathname
    this.#search = url.search
    this.headers = request.headers
    this.params = rest.params
    this.address = rest.address
    this.subprotocol = rest.subprotocol
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search)
  }
}

export const toRequest = (
  url: URL,
  request: IncomingMessage,
  rest: Omit<WireRequest, 'path' | 'query' | 'headers'>,
): WireRequest => new UpgradeRequest(url, request, rest)

/** The address below the path of the server; undefined when it lies elsewhere, or is none. */
export function toUrl(request: IncomingMessage, prefix: string): URL | undefined {
  const { url = '' } = request
  if (!url.startsWith(`${prefix}/`)) return undefined
  const text = `http://server${url.slice(prefix.length)}`
  return URL.canParse(text) ? new URL(text) : undefined
}

export const toOffers = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').flatMap((text) => text.trim() || [])
