import type Pusher from 'pusher'
import type { Clock } from '../clock.ts'
import { ServerError } from '../errors.ts'

/** One event as the HTTP API takes it. */
export interface WireEvent {
  readonly name: string
  readonly channel: string
  readonly data: string
  readonly socket_id?: string
}

/** Posts a body; resolves when the server has taken it. */
export type Send = (path: string, body: object, channels: readonly string[]) => Promise<void>

export interface SendNeeds {
  /** The official library: it signs. */
  readonly backend: Pusher
  readonly base: string
  readonly clock: Clock
  readonly maxAttempts: number
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  readonly timeoutMs: number
}

interface Failure {
  readonly why: string
  readonly status?: number
  readonly isPassing: boolean
  readonly retryAfterMs?: number
}

/**
 * Tries again what may succeed later, no sooner than the server asks for. The library itself does not tell what
 * `Retry-After` says.
 */
export function createSend(needs: SendNeeds): Send {
  const { clock, maxAttempts, firstWaitMs, maxWaitMs } = needs

  return async (path, body, channels) => {
    const text = JSON.stringify(body)
    for (let attempts = 1; ; attempts++) {
      const failure = await post(needs, path, text)
      if (!failure) return
      const { why, status, isPassing, retryAfterMs = 0 } = failure
      if (!isPassing || attempts >= maxAttempts)
        throw new ServerError('publish.failed', `Cannot publish to ${channels.join(', ')}: ${why}`, {
          channels,
          status,
          attempts,
        })
      const waitMs = Math.max(retryAfterMs, firstWaitMs * 2 ** (attempts - 1) * (0.5 + Math.random() / 2))
      await new Promise<void>((resolve) => clock.after(Math.min(maxWaitMs, waitMs), resolve))
    }
  }
}

async function post({ backend, base, clock, timeoutMs }: SendNeeds, path: string, body: string) {
  // Signed for every try, because it says when it was.
  const query = backend.createSignedQueryString({ method: 'POST', path, body })
  const timeout = new AbortController()
  const cancel = clock.after(timeoutMs, () => timeout.abort(new Error(`no answer in ${timeoutMs} ms`)))
  try {
    const headers = { 'Content-Type': 'application/json' }
    const reply = await fetch(`${base}${path}?${query}`, {
      method: 'POST',
      headers,
      body,
      signal: timeout.signal,
    })
    return toFailure(reply, await reply.text())
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { why: cause instanceof Error ? cause.message : String(cause), isPassing: true }
  } finally {
    cancel()
  }
}

/** soketi answers 200 to what it refuses, and says so in the body. */
function toFailure({ status: given, ok, headers }: Response, text: string): Failure | undefined {
  const { error, code } = parse(text)
  const status = ok && typeof code === 'number' ? code : given
  if (status < 300) return undefined
  const why = `the server answered ${status}${typeof error === 'string' ? `, ${error}` : ''}`
  const isPassing = status === 429 || status >= 500
  const retryAfterMs = Number(headers.get('retry-after') ?? Number.NaN) * 1000
  return { why, status, isPassing, ...(Number.isFinite(retryAfterMs) && { retryAfterMs }) }
}

function parse(text: string): { readonly error?: unknown; readonly code?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
