import type { Clock } from '../../clock.ts'
import { sign } from '../signature.ts'
import type { WebhookEvent, WebhookOptions } from '../webhook-options.ts'

/** What came of one try: taken, to be tried again, or refused for good. */
export type Posted =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'failed'; readonly why: string; readonly retryAfterMs?: number }
  | { readonly outcome: 'refused'; readonly why: string }

interface Post {
  readonly webhook: WebhookOptions
  readonly key: string
  readonly secret: string
  readonly events: readonly WebhookEvent[]
  readonly clock: Clock
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** What is signed is what is sent. */
export async function postWebhook(post: Post): Promise<Posted> {
  const { webhook, key, secret, events, clock, withinMs, signal } = post
  const body = JSON.stringify({ time_ms: clock.date(), events })
  const timeout = new AbortController()
  const cancel = clock.after(withinMs, () => timeout.abort(new Error(`no answer in ${withinMs} ms`)))
  try {
    const reply = await fetch(webhook.url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
      headers: {
        ...webhook.headers,
        'Content-Type': 'application/json',
        'X-Pusher-Key': key,
        'X-Pusher-Signature': sign(secret, body),
      },
    })
    await reply.body?.cancel()
    return toPosted(reply)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { outcome: 'failed', why: cause instanceof Error ? cause.message : String(cause) }
  } finally {
    cancel()
  }
}

/** Statuses that may be others a little later. */
const PASSING = [408, 425, 429]

function toPosted({ ok, status, headers }: Response): Posted {
  if (ok) return { outcome: 'taken' }
  const why = `it answered ${status}`
  if (status < 500 && !PASSING.includes(status)) return { outcome: 'refused', why }
  const retryAfterMs = Number(headers.get('retry-after') ?? Number.NaN) * 1000
  return Number.isFinite(retryAfterMs) ? { outcome: 'failed', why, retryAfterMs } : { outcome: 'failed', why }
}
