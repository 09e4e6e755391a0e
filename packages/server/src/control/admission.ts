import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpProblem } from '../json-http.ts'
import { isLocalPeer } from '../local-peer.ts'
import { createOriginCheck } from '../origin.ts'
import { createTokenCheck } from '../token-check.ts'
import type { ControlOptions } from './control-options.ts'

/** Lets a request through, or throws; true when it was no more than a question of a browser, and is answered. */
export type Admission = (request: IncomingMessage, reply: ServerResponse) => boolean

/** This machine alone, pages that were named alone, and the token alone. */
export function createAdmission({ token, origins = [] }: ControlOptions): Admission {
  const hasToken = createTokenCheck(token)
  const mayOrigin = createOriginCheck(origins, 'control.origins')

  return (request, reply) => {
    // To others it is not there.
    if (!isLocalPeer(request)) throw new HttpProblem(404, 'not-found', 'Not Found')
    const { origin, host } = request.headers
    if (origin !== undefined && !isOwnOrigin(origin, host)) {
      reply.setHeader('Vary', 'Origin')
      if (!mayOrigin(origin, host))
        throw new HttpProblem(403, 'forbidden', 'This origin may not: option `control.origins`')
      reply.setHeader('Access-Control-Allow-Origin', origin)
    }
    if (request.method === 'OPTIONS') {
      answerPreflight(request, reply)
      return true
    }
    if (hasToken(request)) return false
    reply.setHeader('WWW-Authenticate', 'Bearer')
    throw new HttpProblem(
      401,
      'unauthenticated',
      'The token that was printed at the start is missing or wrong',
    )
  }
}

function answerPreflight({ headers }: IncomingMessage, reply: ServerResponse): void {
  reply.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE')
  reply.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type')
  reply.setHeader('Access-Control-Max-Age', '600')
  // Chromium asks before a page from the network may talk to this machine.
  if (headers['access-control-request-private-network'] === 'true')
    reply.setHeader('Access-Control-Allow-Private-Network', 'true')
  reply.writeHead(204).end()
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}
