import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Cluster } from '../cluster.ts'
import { HttpProblem, sendJson } from '../json-http.ts'
import { createOwnAdmission, notThere, toOwnRoute } from '../own-admission.ts'
import type { Route } from '../route.ts'
import type { Verbs } from '../verbs.ts'
import type { InspectOptions } from './inspect-options.ts'
import { Observatory } from './observatory.ts'
import { page, scriptHash, styleHash } from './page.ts'
import type { MembersReport } from './report.ts'

const ROOT = '/_inspect'
const MOST_MEMBERS = 500

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}

export interface InspectNeeds {
  readonly options: InspectOptions
  readonly mode: 'development' | 'production'
  readonly hasControl: boolean
  readonly verbs: Verbs
  readonly cluster: Cluster
  readonly clock: Clock
}

export interface Inspector {
  readonly routes: readonly Route[]
  /** Ends what looks at the server, which would keep it from ending. */
  close(): void
}

/** The page of the inspector, and the JSON that it lives on. */
export function createInspector({
  options,
  mode,
  hasControl,
  verbs,
  cluster,
  clock,
}: InspectNeeds): Inspector {
  const { token } = options
  const { hasToken, isHome, admit } = createOwnAdmission({ option: 'inspect', mode, token })
  const hello = { kind: 'hello', mode, startedAt: clock.date(), control: hasControl } as const
  const observatory = new Observatory({ ...verbs, cluster }, clock, hello)
  const streams = new Set<ServerResponse>()

  const stream = (request: IncomingMessage, reply: ServerResponse): void => {
    if (request.method === 'HEAD') return void reply.writeHead(200).end()
    if (observatory.isFull) throw new HttpProblem(503, 'limit', 'Too many are looking already')
    reply.writeHead(200, {
      'Content-Type': 'application/x-ndjson',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    streams.add(reply)
    const stop = observatory.watch(reply, queryOf(request).get('payloads') === '1')
    reply.on('close', () => {
      streams.delete(reply)
      stop()
    })
  }

  const members = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const query = queryOf(request)
    const all = await verbs.members(query.get('channel') ?? '')
    const shown = all.slice(0, MOST_MEMBERS)
    const report: MembersReport = {
      members: query.get('payloads') === '1' ? shown : shown.map(({ id }) => ({ id })),
      memberCount: all.length,
    }
    sendJson(reply, 200, report)
  }

  const guarded = (
    path: string,
    handle: (request: IncomingMessage, reply: ServerResponse) => unknown,
  ): Route =>
    toOwnRoute(ROOT + path, (request, reply) => {
      admit(request, reply)
      return handle(request, reply)
    })

  return {
    routes: [
      // The page itself holds nothing; it asks for the token.
      toOwnRoute(ROOT, (request, reply) => {
        if (!hasToken && !isHome(request)) throw notThere()
        reply.writeHead(200, pageHeaders).end(page)
      }),
      guarded('/stream', stream),
      guarded('/members', members),
    ],
    close() {
      for (const reply of streams) reply.end()
    },
  }
}

const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => new URL(url, 'http://server').searchParams
