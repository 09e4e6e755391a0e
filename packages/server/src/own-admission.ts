import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpProblem, sendJson } from './json-http.ts'
import { isLocalPeer } from './local-peer.ts'
import type { Route } from './route.ts'
import { createTokenCheck } from './token-check.ts'

interface OwnPage {
  /** The group of options that it has, for the words of a refusal. */
  readonly option: 'inspect' | 'metrics'
  readonly mode: 'development' | 'production'
  /** Opens it to whoever knows it. */
  readonly token: string | undefined
}

/** Who may see a page that tells about everybody: in development this machine, and whoever has its token. */
export interface OwnAdmission {
  readonly hasToken: boolean
  isHome(request: IncomingMessage): boolean
  /** @throws HttpProblem */
  admit(request: IncomingMessage, reply: ServerResponse): void
}

export function createOwnAdmission({ option, mode, token }: OwnPage): OwnAdmission {
  const hasToken = token === undefined ? undefined : createTokenCheck(token)
  const isHome = (request: IncomingMessage): boolean => mode === 'development' && isLocalPeer(request)
  return {
    hasToken: hasToken !== undefined,
    isHome,
    admit(request, reply) {
      // A page of another origin can send the request, though it could not read the answer.
      if (/^(cross|same)-site$/.test(`${request.headers['sec-fetch-site']}`))
        throw new HttpProblem(403, 'forbidden', 'Pages of other origins may not look')
      if (isHome(request) || hasToken?.(request)) return
      if (!hasToken) throw notThere()
      reply.setHeader('WWW-Authenticate', 'Bearer')
      throw new HttpProblem(
        401,
        'unauthenticated',
        `The token of option \`${option}.token\` is missing or wrong`,
      )
    },
  }
}

/** Where somebody is not even told that there is something. */
export const notThere = (): HttpProblem => new HttpProblem(404, 'not-found', 'Not Found')

/** A page that answers problems in JSON. */
export function toOwnRoute(
  path: string,
  handle: (request: IncomingMessage, reply: ServerResponse) => unknown,
): Route {
  return {
    path,
    async handle(request, reply) {
      try {
        await handle(request, reply)
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error
        const { status, code, message } = error
        sendJson(reply, status, { error: { code, message } })
      }
    },
  }
}
