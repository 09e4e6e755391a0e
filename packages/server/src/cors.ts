import type { IncomingMessage, ServerResponse } from 'node:http'
import { createOriginCheck } from './origin.ts'

export interface CorsOptions {
  /** Pages of other origins that may ask for pages of this server, such as `/usage` and those of `routes`. @default none */
  readonly origins?: readonly string[] | 'any'
  /** Whether they may send cookies; not with `any`. @default false */
  readonly credentials?: boolean
}

/** Says what a page of another origin may; true when the request was no more than a question about it, and is answered. */
export type Cors = (request: IncomingMessage, reply: ServerResponse, methods: readonly string[]) => boolean

const KEEP_S = '600'
/** What is not shown to pages unless it is said. */
const SHOWN = 'Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining'

export function createCors({ origins, credentials }: Required<CorsOptions>): Cors {
  const mayAsk = createOriginCheck(origins, 'cors.origins')
  return (request, reply, methods) => {
    const { origin, host } = request.headers
    const isQuestion = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    if (origins !== 'any' && origins.length === 0) return false
    reply.setHeader('Vary', 'Origin')
    if (origin === undefined || !mayAsk(origin, host)) return isQuestion && refuse(reply)
    allow(request, reply, { origin, credentials })
    if (isQuestion) reply.setHeader('Access-Control-Allow-Methods', methods.join(', '))
    else reply.setHeader('Access-Control-Expose-Headers', SHOWN)
    if (isQuestion) reply.writeHead(204).end()
    return isQuestion
  }
}

interface Allowed {
  readonly origin: string
  readonly credentials: boolean
}

/** Exactly the origin that asks, as browsers want it, and whatever headers it asks for. */
export function allow(
  request: IncomingMessage,
  reply: ServerResponse,
  { origin, credentials }: Allowed,
): void {
  reply.setHeader('Access-Control-Allow-Origin', origin)
  if (credentials) reply.setHeader('Access-Control-Allow-Credentials', 'true')
  if (request.method !== 'OPTIONS') return
  const { 'access-control-request-headers': wanted = 'Authorization' } = request.headers
  reply.setHeader('Access-Control-Allow-Headers', wanted)
  reply.setHeader('Access-Control-Max-Age', KEEP_S)
}

function refuse(reply: ServerResponse): true {
  reply
    .writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' })
    .end('This origin may not: option `cors.origins`\n')
  return true
}
