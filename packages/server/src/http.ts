import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createCors } from './cors.ts'
import type { HookTable } from './hooks.ts'
import type { Resolved } from './options.ts'
import { createHostCheck } from './origin.ts'
import { createPaths, type Paths } from './paths.ts'
import { probing } from './probing.ts'
import type { Reloads } from './reloads.ts'
import { toUrl } from './request.ts'
import type { Route } from './route.ts'
import { createWithTls } from './tls.ts'
import type { Endpoint } from './wire.ts'

interface HttpNeeds {
  readonly options: Resolved
  readonly routes: readonly Route[]
  readonly endpoints: Paths<Endpoint>
  readonly hooks: HookTable
  readonly reloads: Reloads
  /** A socket has been connected; false refuses it. */
  readonly take: (socket: Socket) => boolean
  /** It has asked for something. */
  readonly spoke: (socket: Socket) => void
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** The one server for pages and upgrades. */
export function createHttp({
  options,
  routes,
  endpoints,
  hooks,
  reloads,
  take,
  spoke,
  upgrade,
}: HttpNeeds): Server {
  const { tls, times } = options
  // A peer that sends its request byte by byte, or none at all, is cut.
  const timeouts = {
    headersTimeout: times.helloMs,
    requestTimeout: times.helloMs,
    connectionsCheckingInterval: Math.min(2000, times.helloMs),
    keepAliveTimeout: times.keepAliveMs,
    ...probing,
  }
  const answer = createAnswer({ options, routes, endpoints, hooks })
  const server: Server = tls
    ? createWithTls('tls', tls, reloads, (material) =>
        createSecure({ ...timeouts, handshakeTimeout: times.helloMs, ...material }, answer),
      )
    : createPlain(timeouts, answer)
  return server
    .on('connection', (socket) => {
      if (!take(socket)) socket.destroy()
    })
    .on('request', ({ socket }) => spoke(socket))
    .on('upgrade', (request, socket, head) => {
      spoke(request.socket)
      upgrade(request, socket, head)
    })
}

function createAnswer({
  options,
  routes,
  endpoints,
  hooks,
}: Pick<HttpNeeds, 'options' | 'routes' | 'endpoints' | 'hooks'>) {
  const mayHost = createHostCheck(options.hosts)
  const cors = createCors(options.cors)
  const pages = createPaths<Route>('routes')
  for (const route of routes) pages.add(route.path, route)

  return (request: IncomingMessage, reply: ServerResponse): void => {
    if (!mayHost(request.headers.host)) return say(reply, 403, 'This host name is not served: option `hosts`')
    const url = toUrl(request, options.path)
    const page = url && pages.find(url.pathname)
    if (!url || !page) {
      if (!url || !endpoints.find(url.pathname)) return say(reply, 404)
      reply.setHeader('Upgrade', 'websocket')
      return say(reply, 426, 'This is an endpoint for WebSocket: connect to it with a client')
    }
    const { methods = ['GET'] } = page.value
    // A page that takes OPTIONS says itself who may.
    if (!methods.includes('OPTIONS') && cors(request, reply, methods)) return
    const method = request.method === 'HEAD' ? 'GET' : request.method
    if (!methods.includes(method ?? '')) {
      reply.setHeader('Allow', methods.join(', '))
      return say(reply, 405)
    }
    Promise.resolve()
      .then(() => page.value.handle(request, reply, page.params))
      .catch((error: unknown) => {
        hooks.crash(error, `route ${page.value.path}`)
        if (reply.headersSent) reply.destroy()
        else say(reply, 500)
      })
  }
}

/** Answers in plain text. */
export function say(reply: ServerResponse, status: number, text = STATUS_CODES[status] ?? ''): void {
  reply.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

/** Answers an upgrade that is refused. */
export function refuseUpgrade(socket: Duplex, status: number, text: string): void {
  const body = `${text}\n`
  // Whoever does not close its end must not keep ours.
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
