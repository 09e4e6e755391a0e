import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpProblem, readBody, sendJson } from '../../json-http.ts'
import type { Route } from '../../route.ts'
import { dialects, type Traits } from '../dialect.ts'
import type { Pusher } from '../pusher.ts'
import { ApiRefusal } from './api-request.ts'
import { findCalls } from './api-table.ts'
import { checkSignature } from './check-signature.ts'

const PREFIX = '/apps/'
const UNAVAILABLE = 'The app cannot be looked up now.'

/** The HTTP API of `docs/guides/server-pusher.md`, for the backends of apps. */
export function createApiRoutes(pusher: Pusher, prefix: string): readonly Route[] {
  return [
    {
      path: `${PREFIX}*`,
      methods: ['GET', 'POST'],
      handle: (request, reply) => handle(request, reply, pusher, prefix),
    },
  ]
}

async function handle(
  request: IncomingMessage,
  reply: ServerResponse,
  pusher: Pusher,
  prefix: string,
): Promise<void> {
  let traits = dialects[pusher.dialect]
  try {
    const { method = '', url = '' } = request
    const [, path = '', search = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? []
    const [id = '', ...rest] = path
      .slice(prefix.length + PREFIX.length)
      .split('/')
      .map(decode)
    const app = await pusher.apps.byId(id)
    if (app === 'unavailable') throw new ApiRefusal(503, UNAVAILABLE, { 'Retry-After': '1' })
    if (!app) throw new ApiRefusal(404, `The app ${id.slice(0, 200)} could not be found.`)
    traits = app.settings.traits
    const { calls, names } = findCalls(rest)
    const known = calls.filter((call) => !call.isOfReverb || traits.name === 'reverb')
    const call = known.find((each) => each.method === method)
    if (known.length === 0) throw new ApiRefusal(404, 'There is nothing of this name')
    if (!call)
      throw new ApiRefusal(405, 'Not with this method', {
        Allow: known.map((each) => each.method).join(', '),
      })
    const body = await readBody(request, app.settings.limits.bodyBytes)
    const query = new URLSearchParams(search)
    checkSignature({ method, path, query, body }, app.settings, pusher.clock.date())
    if (!app.settings.enabled) throw new ApiRefusal(403, 'The app is not enabled.')
    sendJson(reply, 200, await call.answer({ pusher, app, query, body, names }, reply))
  } catch (error) {
    refuse(request, reply, error, traits)
  }
}

function refuse(request: IncomingMessage, reply: ServerResponse, error: unknown, traits: Traits): void {
  // Whoever has gone needs no answer.
  if (request.destroyed && !request.complete) return
  if (!(error instanceof ApiRefusal || error instanceof HttpProblem)) throw error
  const { status } = error
  const isTooLong = error instanceof HttpProblem && status === 413 && traits.name === 'soketi'
  const message = isTooLong ? 'The payload size is too big.' : error.message
  if (error instanceof ApiRefusal)
    for (const [name, value] of Object.entries(error.headers)) reply.setHeader(name, value)
  // soketi answers 200, and says in the body that it did not.
  const isHidden = status === 401 && traits.name === 'soketi'
  sendJson(reply, isHidden ? 200 : status, { error: message, code: status })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ApiRefusal(400, 'The path is not encoded as it should be')
  }
}
