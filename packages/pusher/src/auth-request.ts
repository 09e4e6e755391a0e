import { type Clock, withoutSecrets } from '@org/realtime-core/kit'
import type { AuthEndpoint, AuthFields, AuthRequest } from './auth-options.ts'
import { isStale, type Reply } from './auth-reply.ts'
import { decodeData } from './frame.ts'

/** Asks for one thing. An aborted request is answered with status 0. */
export type Ask<F> = (
  fields: F,
  socketId: string,
  controller: AbortController,
  clock: Clock,
) => Promise<Reply>

/**
 * Asks a function, or else an endpoint; after a 401 or 419 once more with fresh headers, which all requests share
 * that were sent with older ones, while they are good. All tries together have `timeoutMs`.
 */
export function createAsk<F extends object>(
  options: AuthEndpoint,
  endpoint: string,
  own: ((request: AuthRequest & F) => unknown) | undefined,
  toForm: (fields: F) => Iterable<readonly [string, string]>,
): Ask<F> {
  const { timeoutMs = 8000 } = options
  /** The call under way, which requests of the same moment share. */
  let flight: Values | undefined
  /** The newest call because a request had been refused, unless what it gave was refused too. */
  let renewed: Values | undefined

  /** Read when it is needed, so an object may be changed after a login. */
  const call = (refresh: boolean): Values => {
    const read = async (fields: AuthFields | undefined) =>
      fields instanceof Function ? fields({ refresh }) : fields
    const values: Values = Promise.all([read(options.headers), read(options.params)]).finally(() => {
      if (flight === values) flight = undefined
    })
    if (refresh) renewed = values
    flight = values
    return values
  }

  return async (fields, socketId, controller, clock) => {
    const { signal } = controller
    const url = options.endpoint ?? endpoint

    const attempt = async (refresh: boolean, shared: Values | undefined): Promise<Reply> => {
      try {
        if (own) return { status: 200, body: await own({ socketId, signal, refresh, ...fields }) }
        const [head, more] = await (shared ?? call(refresh))
        const form = [['socket_id', socketId], ...toForm(fields), ...Object.entries(more ?? {})]
        const response = await (options.fetch ?? fetch)(url, {
          method: 'POST',
          headers: {
            Accept: 'application/json',
            'Content-Type': 'application/x-www-form-urlencoded',
            ...head,
          },
          body: new URLSearchParams(form as string[][]).toString(),
          credentials: options.credentials ?? 'same-origin',
          signal,
        })
        return {
          status: response.status,
          body: decodeData(await response.text()),
          retryAfterMs: toMs(response.headers.get('retry-after'), clock),
        }
      } catch (cause) {
        const { status, response } = Object(cause)
        return { status: Number(status ?? response?.status) || 0, cause }
      }
    }

    const ask = async (): Promise<Reply> => {
      const known = renewed
      let reply = await attempt(false, flight)
      if (isStale(reply)) {
        // Others may have had them renewed since this was sent.
        reply = await attempt(true, renewed === known ? undefined : renewed)
        // Refused as well, they are no good for others either.
        if (isStale(reply)) renewed = undefined
      }
      return reply
    }

    const cancel = clock.after(timeoutMs, () => {
      flight = undefined
      controller.abort(new Error(`No answer in ${timeoutMs} ms`))
    })
    const aborted = new Promise<Reply>((resolve) => {
      signal.addEventListener('abort', () => resolve({ status: 0, cause: signal.reason }))
    })
    const reply = await Promise.race([ask(), aborted])
    cancel()
    return own ? reply : { ...reply, url: withoutSecrets(url) }
  }
}

/** Headers and params. */
type Values = Promise<readonly (Readonly<Record<string, string>> | undefined)[]>

/** A header in seconds, or as a date. */
function toMs(header: string | null, clock: Clock): number | undefined {
  if (!header) return undefined
  const ms = Number(header) * 1000 || Date.parse(header) - clock.date()
  return ms >= 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined
}

const LONGEST_WAIT_MS = 300_000
