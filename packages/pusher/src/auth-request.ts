import { type Clock, type Provided, provide, RealtimeError } from '@org/realtime-core/kit'
import type { AuthContext, AuthEndpoint, AuthFields, AuthRequest } from './auth-options.ts'
import { isStale, type Reply } from './auth-reply.ts'

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
  const headers = createFields(options, 'headers', timeoutMs)
  const params = createFields(options, 'params', timeoutMs)

  const post = async (
    fields: F,
    { socketId, signal, refresh }: AuthRequest,
    clock: Clock,
  ): Promise<Reply> => {
    const [head, more] = await Promise.all([headers(refresh, clock), params(refresh, clock)])
    const form = [['socket_id', socketId], ...toForm(fields), ...Object.entries(more)]
    const response = await (options.fetch ?? fetch)(options.endpoint ?? endpoint, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded', ...head },
      body: new URLSearchParams(form as string[][]).toString(),
      credentials: options.credentials ?? 'same-origin',
      signal,
    })
    const text = await response.text()
    const { status } = response
    return { status, body: toJson(text), retryAfterMs: toMs(response.headers.get('retry-after'), clock) }
  }

  const attempt = async (fields: F, request: AuthRequest, clock: Clock): Promise<Reply> => {
    try {
      return own
        ? { status: 200, body: await own({ ...request, ...fields }) }
        : await post(fields, request, clock)
    } catch (cause) {
      const { status, response } = Object(RealtimeError.is(cause) ? cause.cause : cause)
      return { status: Number(status ?? response?.status) || 0, cause }
    }
  }

  return async (fields, socketId, controller, clock) => {
    const { signal } = controller
    const cancel = clock.after(timeoutMs, () => controller.abort(new Error(`No answer in ${timeoutMs} ms`)))
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

/** Read when it is needed, so an object may be changed after a login. */
function createFields(
  options: AuthEndpoint,
  name: 'headers' | 'params',
  limitMs: number,
): (refresh: boolean, clock: Clock) => Promise<Values> {
  const calls: { usual?: Provided<Values>; fresh?: Provided<Values> } = {}
  return (refresh, clock) => {
    const kind = refresh ? 'fresh' : 'usual'
    calls[kind] ??= provide(() => read(options[name], { refresh }), `auth.${name}`, clock, limitMs)
    return calls[kind].get()
  }
}

function read(fields: AuthFields | undefined, context: AuthContext) {
  return fields instanceof Function ? fields(context) : (fields ?? {})
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A header in seconds, or as a date. */
function toMs(header: string | null, clock: Clock): number | undefined {
  if (!header) return undefined
  const ms = Number(header) * 1000 || Date.parse(header) - clock.date()
  return ms >= 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined
}

const LONGEST_WAIT_MS = 300_000
