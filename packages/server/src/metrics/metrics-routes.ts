import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import { sendJson } from '../json-http.ts'
import { createOwnAdmission, toOwnRoute } from '../own-admission.ts'
import type { Route } from '../route.ts'
import type { MetricNeeds } from './metric-table.ts'
import type { MetricsOptions } from './metrics-options.ts'
import { createRegistry } from './registry.ts'

/** `/metrics`, for whoever may look. */
export function createMetricsRoutes({ token }: MetricsOptions, needs: MetricNeeds): readonly Route[] {
  const { mode } = needs.core.options
  const { admit } = createOwnAdmission({ option: 'metrics', mode, token })
  let registry: Promise<Registry> | undefined

  const answer = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    admit(request, reply)
    registry ??= createRegistry(needs)
    const metrics = await registry
    if (wantsJson(request)) return sendJson(reply, 200, await metrics.getMetricsAsJSON())
    const text = await metrics.metrics()
    reply.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text)
  }
  return [toOwnRoute('/metrics', answer)]
}

function wantsJson({ url = '', headers }: IncomingMessage): boolean {
  const asked = new URL(url, 'http://server').searchParams.get('json')
  return (asked !== null && asked !== '0') || headers.accept?.startsWith('application/json') === true
}
