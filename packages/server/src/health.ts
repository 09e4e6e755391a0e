import type { ServerResponse } from 'node:http'
import { say } from './http.ts'
import { sendJson } from './json-http.ts'
import type { Route } from './route.ts'
import { readUsage, type UsageSource } from './usage.ts'

interface HealthNeeds extends UsageSource {
  /** How much memory may be used, and how much is. */
  readonly memoryPercent: number
  readonly usedPercent: () => number
  readonly isDraining: () => boolean
  /** Whether what nodes share cannot be reached. */
  readonly isAway: () => boolean
}

/** What a load balancer, an orchestrator and a person ask a server. */
export function createHealthRoutes(needs: HealthNeeds): readonly Route[] {
  const ok = (_request: unknown, reply: ServerResponse): void => say(reply, 200)
  return [
    { path: '/', handle: ok },
    { path: '/up', handle: ok },
    {
      path: '/health',
      handle: (_request, reply) => sendJson(reply, 200, { status: needs.isDraining() ? 'draining' : 'ok' }),
    },
    {
      path: '/ready',
      handle(_request, reply) {
        if (needs.isDraining()) say(reply, 503, 'Draining')
        else if (needs.isAway()) say(reply, 503, 'Redis is away')
        else say(reply, 200)
      },
    },
    {
      path: '/accept-traffic',
      handle(_request, reply) {
        const used = needs.usedPercent()
        const isOver = used > needs.memoryPercent
        say(reply, isOver ? 500 : 200, `Memory ${used.toFixed(0)} % of ${needs.memoryPercent} %`)
      },
    },
    { path: '/usage', handle: (_request, reply) => sendJson(reply, 200, readUsage(needs)) },
  ]
}
