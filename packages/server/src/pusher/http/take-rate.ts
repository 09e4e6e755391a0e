import type { ServerResponse } from 'node:http'
import type { AppState } from '../app-state.ts'
import { ApiRefusal } from './api-request.ts'

const LONGEST_WAIT_S = 3600

/**
 * Counts what a request asks for, and tells what is left in the headers of its answer.
 * @throws ApiRefusal with 429 when it is over the rate of its app, and 413 when no wait would help
 */
export function takeRate(app: AppState, of: 'events' | 'reads', count: number, reply: ServerResponse): void {
  const bucket = app.bucket(of)
  if (!bucket) return
  const { maxBackendEventsPerSecond, maxReadRequestsPerSecond, traits } = app.settings
  const limit = of === 'events' ? maxBackendEventsPerSecond : maxReadRequestsPerSecond
  if (count > limit)
    throw new ApiRefusal(413, `The app may publish ${limit} events a second, not ${count} at once`)
  const waitMs = bucket.take(count)
  reply.setHeader('X-RateLimit-Limit', limit)
  reply.setHeader('X-RateLimit-Remaining', bucket.left)
  const waitS = Math.min(LONGEST_WAIT_S, Math.max(1, Math.ceil(waitMs / 1000)))
  if (waitMs > 0 || traits.name === 'soketi') reply.setHeader('Retry-After', waitS)
  if (waitMs > 0) throw new ApiRefusal(429, 'Too many requests.')
}
