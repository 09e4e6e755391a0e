import type { Clock } from '@org/realtime-core/kit'
import type { AuthEndpoint, AuthRequest } from './auth-options.ts'
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
 * Asks a function, or else an endpoint; after a 401 or 419 once more with fresh headers. Both tries together
 * have `timeoutMs`.
 */
export function createAsk<F extends object>(
  options: AuthEndpoint,
  endpoint: string,
  own: ((request: AuthRequest & F) => unknown) | undefined,
  toForm: (fields: F) => Iterable<readonly [string, string]>,
): Ask<F> {
  const { timeoutMs = 8000 } = options
  /** Calls under way, which requests of the same moment share. */
  const calls = new Map<string, Promise<Values>>()

  /** Read when it is needed, so an object may be changed after a login. */
  const read = (name: 'headers' | 'params', refresh: boolean): Values | undefined | Promise<Values> => {
    const { [name]: fields } = options
    if (!(fields instanceof Function)) return fields
    const key = name + refresh
    const call =
      calls.get(key) ??
      new Promise<Values>((resolve) => resolve(fields({ refresh }))).finally(() => calls.delete(key))
    calls.set(key, call)
    return call
  }

  const post = async (fields: F, { socketId, signal, refresh }: AuthRequest): Promise<Response> => {
    const [head, more] = await Promise.all([read('headers', refresh), read('params', refresh)])
    const form = [['socket_id', socketId], ...toForm(fields), ...Object.entries(more ?? {})]
    return (options.fetch ?? fetch)(options.endpoint ?? endpoint, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded', ...head },
      body: new URLSearchParams(form as string[][]).toString(),
      credentials: options.credentials ?? 'same-origin',
      signal,
    })
  }

  const attempt = async (fields: F, request: AuthRequest, clock: Clock): Promise<Reply> => {
    try {
      if (own) return { status: 200, body: await own({ ...request, ...fields }) }
      const response = await post(fields, request)
      const { status, headers } = response
      return {
        status,
        body: decodeData(await response.text()),
        retryAfterMs: toMs(headers.get('retry-after'), clock),
      }
    } catch (cause) {
      const { status, response } = Object(cause)
      return { status: Number(status ?? response?.status) || 0, cause }
    }
  }

  return async (fields, socketId, controller, clock) => {
    const { signal } = controller
    const cancel = clock.after(timeoutMs, () => {
      calls.clear()
      controller.abort(new Error(`No answer in ${timeoutMs} ms`))
    })
    const aborted = new Promise<Reply>((resolve) => {
      signal.addEventListener('abort', () => resolve({ status: 0, cause: signal.reason }))
    })
    const ask = async (): Promise<Reply> => {
      const reply = await attempt(fields, { socketId, signal, refresh: false }, clock)
      return isStale(reply) ? attempt(fields, { socketId, signal, refresh: true }, clock) : reply
    }
    const reply = await Promise.race([ask(), aborted])
    cancel()
    return reply
  }
}

type Values = Readonly<Record<string, string>>

/** A header in seconds, or as a date. */
function toMs(header: string | null, clock: Clock): number | undefined {
  if (!header) return undefined
  const ms = Number(header) * 1000 || Date.parse(header) - clock.date()
  return ms >= 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined
}

const LONGEST_WAIT_MS = 300_000
