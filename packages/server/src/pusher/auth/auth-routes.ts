import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthRefusal, User } from '../../authenticate.ts'
import type { Denial } from '../../authorize.ts'
import { allow } from '../../cors.ts'
import { identify, isRefusal } from '../../identify.ts'
import { HttpProblem, LaterProblem, sendJson, sendProblem } from '../../json-http.ts'
import { createOriginCheck, type OriginCheck } from '../../origin.ts'
import { toRequest, toUrl } from '../../request.ts'
import type { Route } from '../../route.ts'
import type { Pusher } from '../pusher.ts'
import type { ResolvedApp } from '../resolve-app.ts'
import { toAuth, toUserText } from '../signature.ts'
import { type AuthRequest, readAuthRequest } from './auth-request.ts'
import { authorizeChannel, type ChannelAuth } from './authorize-channel.ts'

type Answer = (asked: AuthRequest, user: User, app: ResolvedApp, pusher: Pusher) => Promise<object>

/** `/broadcasting/auth` and `/broadcasting/user-auth`: who may join by the rules of the server, and who signs in. */
export function createAuthRoutes(pusher: Pusher): readonly Route[] {
  const mayOrigin = createOriginCheck(pusher.options.origins)
  const route = (path: string, answer: Answer): Route => ({
    path,
    methods: ['POST', 'OPTIONS'],
    handle: (request, reply) => handle(request, reply, { pusher, mayOrigin, answer }),
  })
  return [route('/broadcasting/auth', signChannels), route('/broadcasting/user-auth', signUser)]
}

interface Handling {
  readonly pusher: Pusher
  readonly mayOrigin: OriginCheck
  readonly answer: Answer
}

async function handle(
  request: IncomingMessage,
  reply: ServerResponse,
  { pusher, mayOrigin, answer }: Handling,
): Promise<void> {
  try {
    if (letIn(request, reply, mayOrigin)) return
    const app = await appOf(request, pusher)
    const asked = await readAuthRequest(request)
    const user = await userOf(request, asked.socketId, pusher)
    sendJson(reply, 200, await answer(asked, user, app, pusher))
  } catch (error) {
    sendProblem(reply, error)
  }
}

/** Pages that may connect may ask too; true when it was no more than a question of a browser, and is answered. */
function letIn(request: IncomingMessage, reply: ServerResponse, mayOrigin: OriginCheck): boolean {
  const { origin, host } = request.headers
  if (!mayOrigin(origin, host))
    throw new HttpProblem(403, 'forbidden', 'This origin may not: option `origins`')
  if (origin !== undefined) {
    reply.setHeader('Vary', 'Origin')
    allow(request, reply, { origin, credentials: true })
  }
  if (request.method !== 'OPTIONS') return false
  reply.setHeader('Access-Control-Allow-Methods', 'POST')
  reply.writeHead(204).end()
  return true
}

/** The app that `?app_key=` names, else the first. */
async function appOf({ url = '' }: IncomingMessage, { apps }: Pusher): Promise<ResolvedApp> {
  const key = new URLSearchParams(url.replace(/^[^?]*/, '')).get('app_key')
  const app = key === null ? apps.first : await apps.byKey(key)
  if (app === 'unavailable')
    throw new LaterProblem(503, 'unavailable', 'The app cannot be looked up now', 1000)
  if (!app) throw new HttpProblem(404, 'not-found', 'No such app: name it with `?app_key=`')
  return app.settings
}

async function userOf(request: IncomingMessage, socketId: string, pusher: Pusher): Promise<User> {
  const { path } = pusher.options
  const url = toUrl(request, path) ?? new URL('http://server/')
  const address = pusher.addressOf(request)
  const wireRequest = toRequest(url, request, { params: {}, address, subprotocol: '' })
  const [, token] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const who = await identify(pusher, token, wireRequest)
  if (who === 'anonymous') return { id: socketId, isAnonymous: true }
  if (isRefusal(who)) throw toProblem(who)
  return who
}

async function signChannels(
  { socketId, channels, isBatch }: AuthRequest,
  user: User,
  app: ResolvedApp,
  { rules }: Pusher,
): Promise<object> {
  const sign = (channel: string): Promise<ChannelAuth | Denial> =>
    authorizeChannel(channel, { user, socketId, rules, app })
  const [channel] = channels
  if (channel === undefined) throw new HttpProblem(400, 'bad-body', '`channel_name` is missing')
  if (isBatch) {
    const signed = channels.map(async (each) => [each, toEntry(await sign(each))] as const)
    return Object.fromEntries(await Promise.all(signed))
  }
  const signed = await sign(channel)
  if ('refuse' in signed) throw toProblem(signed)
  return signed
}

function toEntry(signed: ChannelAuth | Denial): object {
  if ('auth' in signed) return { status: 200, data: signed }
  const { status, code, message } = toProblem(signed)
  return { status, data: { error: { code, message } } }
}

async function signUser({ socketId }: AuthRequest, user: User, app: ResolvedApp): Promise<object> {
  const { id, info } = user
  const user_data = JSON.stringify(info === undefined ? { id } : { id, user_info: info })
  return { auth: toAuth(app, toUserText(socketId, user_data)), user_data }
}

const statuses: Readonly<Record<AuthRefusal['refuse'] | Denial['refuse'], number>> = {
  unauthenticated: 401,
  expired: 401,
  forbidden: 403,
  'unknown-channel': 403,
  limit: 403,
  'rate-limited': 429,
  unavailable: 503,
}

function toProblem({ refuse, message = 'Not allowed', retryMs }: AuthRefusal | Denial): HttpProblem {
  const status = statuses[refuse]
  return retryMs === undefined || status < 429
    ? new HttpProblem(status, refuse, message)
    : new LaterProblem(status, refuse, message, retryMs)
}
