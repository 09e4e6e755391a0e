import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Core } from '../core.ts'
import { HttpProblem, LaterProblem, readBody, sendJson, sendProblem } from '../json-http.ts'
import type { Route } from '../route.ts'
import { createTokenCheck } from '../token-check.ts'
import type { Verbs } from '../verbs.ts'
import type { IngestSource, ResolvedIngest, Row } from './ingest-options.ts'
import { Source } from './source.ts'

interface IngestNeeds {
  readonly core: Core
  readonly verbs: Verbs
  readonly isDraining: () => boolean
  readonly usedPercent: () => number
}

/** `POST /ingest/{source}`, and the end of what waits. */
export interface Ingest {
  readonly routes: readonly Route[]
  /** Lets out what waits. Nothing is taken any more when the server drains, so it is all of it. */
  flush(): Promise<void>
}

/** Until memory was looked after, or another server is found. */
const LATER_MS = 5000

export function createIngest(options: ResolvedIngest, needs: IngestNeeds): Ingest {
  const { core, verbs, isDraining, usedPercent } = needs
  const { clock, hooks } = core
  const hasToken = createTokenCheck(options.token)
  const sources = new Map(
    Object.entries(options.sources).map(([name, source]) => {
      const publish = createPublish(source, verbs)
      return [name, new Source(name, source, { options, clock, publish, crash: hooks.crash })]
    }),
  )
  const mostRows = Math.min(options.rows, options.burst)

  const take = async (request: IncomingMessage, name: string): Promise<number> => {
    if (!hasToken(request))
      throw new HttpProblem(401, 'unauthenticated', 'The token of `ingest.token` is missing')
    const source = sources.get(name)
    if (!source) throw new HttpProblem(404, 'not-found', 'There is no such source: option `ingest.sources`')
    const stay = (): void => {
      if (isDraining()) throw new LaterProblem(503, 'unavailable', 'The server goes away', LATER_MS)
    }
    stay()
    if (usedPercent() > core.options.memoryPercent)
      throw new LaterProblem(429, 'rate-limited', 'Memory is short', LATER_MS)
    const rows = toRows(await readBody(request, options.bodyBytes))
    // It may have begun to while the body came.
    stay()
    if (rows.length > mostRows)
      throw new HttpProblem(413, 'too-large', `A request may hold ${mostRows} rows, not ${rows.length}`)
    const refusal = source.take(rows)
    if (refusal && 'wrong' in refusal) throw new HttpProblem(400, 'bad-body', refusal.wrong)
    if (refusal) throw new LaterProblem(429, 'rate-limited', refusal.why, refusal.retryMs)
    return rows.length
  }

  const handle = async (request: IncomingMessage, reply: ServerResponse, name = ''): Promise<void> => {
    try {
      sendJson(reply, 202, { accepted: await take(request, name) })
    } catch (error) {
      // Whoever has gone needs no answer.
      if (request.destroyed && !request.complete) return
      sendProblem(reply, error)
    }
  }

  return {
    routes: [
      {
        path: '/ingest/{source}',
        methods: ['POST'],
        handle: (request, reply, { source }) => handle(request, reply, source),
      },
    ],
    async flush() {
      await Promise.all([...sources.values()].map((source) => source.flush()))
    },
  }
}

function createPublish({ to = 'raw', app }: IngestSource, verbs: Verbs) {
  return (channel: string, event: string, payload: object): Promise<unknown> => {
    if (to === 'mqtt') return verbs.publishMqtt(channel, JSON.stringify(payload))
    if (to === 'raw') return verbs.publish(channel, event, payload)
    return verbs.publishPusher(channel, event, payload, app === undefined ? {} : { app })
  }
}

/** A list, or the same as `rows`. */
function toRows(body: Buffer): readonly Row[] {
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    throw new HttpProblem(400, 'bad-body', 'The body is no JSON')
  }
  const rows: unknown = Array.isArray(value) ? value : Object(value).rows
  if (!Array.isArray(rows))
    throw new HttpProblem(400, 'bad-body', 'The body must be a list of rows, or `{ "rows": [] }`')
  return rows
}
