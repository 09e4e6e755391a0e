import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Signer } from './far-end-test-setup.ts'

/** The app's own server: it knows the users, and signs for them. */
export interface TestApp {
  /** Takes its requests; listens nowhere yet. */
  readonly http: Server
  /** Every request for an authorization: path, headers, form. */
  readonly posts: {
    readonly path: string
    readonly headers: IncomingMessage['headers']
    readonly form: { readonly [field: string]: string }
  }[]
  /** Answers the next requests for authorizations with these statuses instead. */
  answer(...statuses: number[]): void
  stop(): Promise<void>
}

/** Who somebody is in presence channels, by socket and by its place among all that have asked, from 1. */
export type MemberOf = (socketId: string, nth: number) => object

export function createTestApp(sign: Signer, member: MemberOf | undefined): TestApp {
  const posts: TestApp['posts'] = []
  const statuses: number[] = []
  const sockets: string[] = []
  const memberOf = member ?? (() => ({ user_id: '1', user_info: { name: 'Ada' } }))

  const authorize = (form: { readonly [field: string]: string }): object => {
    const { socket_id: socketId = '', channel_name: channel } = form
    if (!sockets.includes(socketId)) sockets.push(socketId)
    if (channel === undefined) return sign.user(socketId, { id: '1', name: 'Ada' })
    const isPresence = channel.startsWith('presence-')
    return sign.channel(
      socketId,
      channel,
      isPresence ? memberOf(socketId, 1 + sockets.indexOf(socketId)) : undefined,
    )
  }

  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const form = Object.fromEntries(new URLSearchParams(body))
    posts.push({ path: request.url ?? '', headers: request.headers, form })
    const status = statuses.shift() ?? 200
    response.writeHead(status, {
      'Access-Control-Allow-Origin': '*',
      'Content-Type': 'application/json',
      Connection: 'close',
    })
    response.end(JSON.stringify(status === 200 ? authorize(form) : { message: 'No' }))
  })

  return {
    http,
    posts,
    answer: (...more) => void statuses.push(...more),
    async stop() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}
