import type { IncomingMessage } from 'node:http'
import type { Connections } from './connections.ts'
import type { Happening } from './faults/armed.ts'
import type { Resolved } from './options.ts'
import { createHostCheck, createOriginCheck } from './origin.ts'
import type { Paths } from './paths.ts'
import type { AddressOf } from './proxies.ts'
import { toOffers, toRequest, toUrl } from './request.ts'
import type { Tally } from './tally.ts'
import type { Ending, Endpoint, WireRequest } from './wire.ts'

/** What becomes of an upgrade. `ending`: it is accepted, so that a page hears why, and closed. */
export type Entry =
  | {
      readonly endpoint: Endpoint
      readonly request: WireRequest
      readonly ending?: Ending
      readonly reason?: Refused
    }
  | {
      readonly status: number
      readonly message: string
      readonly reason: Refused
      readonly endpoint?: Endpoint
    }

type Refused = 'host' | 'path' | 'draining' | 'subprotocol' | 'origin' | 'limit'

interface GateNeeds {
  readonly options: Resolved
  readonly endpoints: Paths<Endpoint>
  readonly connections: Connections
  readonly addressOf: AddressOf
  readonly isDraining: () => boolean
  readonly tally: Tally
}

/** Decides who may come in. */
export function createGate(needs: GateNeeds) {
  const { options, endpoints, connections, addressOf, isDraining, tally } = needs
  const mayHost = createHostCheck(options.hosts)
  const mayOrigin = createOriginCheck(options.origins)

  const admit = (request: IncomingMessage): Entry => {
    const { origin, host } = request.headers
    if (!mayHost(host)) return refuse(403, 'host', 'This host name is not served: option `hosts`')
    const url = toUrl(request, options.path)
    const found = url && endpoints.find(url.pathname)
    if (!url || !found) return refuse(404, 'path', 'No endpoint here')
    if (isDraining()) return refuse(503, 'draining', 'The server goes away', found.value)
    const { value: endpoint, params } = found
    const address = addressOf(request)
    const subprotocol = endpoint.subprotocol?.(toOffers(request))
    if (subprotocol === false) {
      const offers = toOffers(request).join(', ') || 'none was offered'
      const message = `The endpoint ${endpoint.name} speaks none of the subprotocols: ${offers}`
      return refuse(400, 'subprotocol', message, endpoint)
    }
    const accepted = toRequest(url, request, { params, address, subprotocol: subprotocol ?? '' })
    const end = (cause: 'origin' | 'limit', status: number, message: string): Entry => {
      const ending = endpoint.endings?.[cause]
      return ending
        ? { endpoint, request: accepted, ending, reason: cause }
        : refuse(status, cause, message, endpoint)
    }
    if (!mayOrigin(origin, host)) return end('origin', 403, 'This origin may not connect: option `origins`')
    const limit = connections.full(address)
    if (limit) return end('limit', 503, `Too many connections: option \`limits.${limit}\``)
    return { endpoint, request: accepted }
  }

  /** What rules of faults can be about. */
  const about = (request: IncomingMessage): Happening => {
    const url = toUrl(request, options.path)
    return { endpoint: url && endpoints.find(url.pathname)?.value.name }
  }

  const counted = (request: IncomingMessage): Entry => {
    const entry = admit(request)
    const { reason, endpoint } = entry
    if (reason) tally.count('refusals', { endpoint: endpoint?.name ?? 'none', what: 'connection', reason })
    return entry
  }

  return Object.assign(counted, { about })
}

const refuse = (status: number, reason: Refused, message: string, endpoint?: Endpoint): Entry => ({
  status,
  message,
  reason,
  ...(endpoint && { endpoint }),
})
