import type { RealtimeError } from '@org/realtime-core/kit'
import { fault } from './fault.ts'
import { known } from './known.ts'

/** What came back, whoever was asked. Status 0: nothing came back. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
  /** The address that was asked, without what may be secret in it. */
  readonly url?: string | undefined
}

/** Why there is no answer, and whether asking again is worth it. */
export interface Refusal {
  readonly error: RealtimeError
  readonly retry: boolean | { readonly afterMs: number }
}

type Fields = { readonly [field: string]: unknown }

const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300

/** A 401 or 419 may be cured by fresh headers. */
export const isStale = ({ status }: Reply): boolean => status === 401 || status === 419

/** The fields of a good answer with a signature, or why there is none. */
export function judge(
  reply: Reply,
  channel?: string,
): { readonly answer: unknown; readonly url?: string | undefined } | Refusal {
  const { status, body, retryAfterMs, cause, url } = reply
  if (isOk(reply) && isSigned(body)) return { answer: body, url }
  // Without a status it may pass, unless who has refused says that it does not.
  const isPassing = status ? status >= 500 || [408, 425, 429].includes(status) : Object(cause).retry !== false
  const details = known({ channel, status: status || undefined, url, retry: isPassing || undefined })
  const retry = isPassing && retryAfterMs !== undefined ? { afterMs: retryAfterMs } : isPassing
  return { error: fault('auth.failed', details, cause, reply), retry }
}

const isSigned = (body: unknown): body is Fields =>
  body instanceof Object && /^[^\s:]+:\S+$/.test(String((body as Fields)['auth']))

/** The answer for one channel in an answer for many: by its name, alone or with a status, or below the socket. */
export function pick(reply: Reply, channel: string, socketId: string): Reply {
  if (!isOk(reply)) return reply
  const all = reply.body as { readonly [name: string]: Fields | undefined } | undefined
  const found = (all?.[socketId]?.[channel] ?? all?.[channel]) as Fields | undefined
  const { status = 200, data = found } = found ?? { status: 404 }
  return { ...reply, status: Number(status), body: data }
}
