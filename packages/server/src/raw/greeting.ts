import type { ClientFrame, Code } from '@org/realtime-raw-ws/codec'
import { identify, isRefusal } from '../identify.ts'
import type { RawConnection } from './connection.ts'

/** What `denied` says. */
export interface Denied {
  readonly code: Code
  readonly message: string
  readonly final: boolean
  readonly retryMs?: number
}

const VERSION = 1

/** Finds out who says hello, and lets them in or not. */
export async function greet(connection: RawConnection, hello: ClientFrame & { t: 'hello' }): Promise<void> {
  if (hello.v !== VERSION) {
    const message = `Version ${hello.v} is not served, only ${VERSION}`
    return connection.deny({ code: 'bad-version', message, final: true })
  }
  const rule = connection.strike('hello')?.rule
  if (rule?.do === 'deny') return connection.deny(toDenied(rule.code, 'By a rule of faults', rule.retryMs))
  const who = await identify(connection.raw, hello.token, connection.wire.request)
  if (isRefusal(who)) connection.deny(toDenied(who.refuse, who.message, who.retryMs))
  else {
    const named = { secret: hello.session, ...(rule && { fault: rule.do }) }
    const fetching = connection.raw.sessions.fetch(named)
    if (fetching) await fetching
    connection.open(who, named)
  }
}

/** Takes new credentials. Unless they are refused for good, what was in force before stays so. */
export async function refresh(connection: RawConnection, token: string): Promise<void> {
  const who = await identify(connection.raw, token, connection.wire.request)
  if (isRefusal(who)) {
    const denied = toDenied(who.refuse, who.message, who.retryMs)
    return denied.final ? connection.deny(denied) : connection.send({ t: 'denied', ...denied })
  }
  const isSame = who === 'anonymous' ? connection.user?.isAnonymous : who.id === connection.user?.id
  if (!isSame) return connection.deny(SOMEBODY_ELSE)
  if (who !== 'anonymous') connection.renew(who)
  connection.send({ t: 'authed' })
}

const SOMEBODY_ELSE: Denied = {
  code: 'unauthenticated',
  message: 'The token is of somebody else',
  final: true,
}

const messages = {
  unauthenticated: 'The token is missing or wrong',
  expired: 'The token is over',
  'rate-limited': 'Too many tries',
  limit: 'Too many connections',
  unavailable: 'Cannot be decided now',
} satisfies Partial<Record<Code, string>>

function toDenied(
  code: keyof typeof messages = 'unavailable',
  message = messages[code],
  retryMs?: number,
): Denied {
  const isFinal = code === 'unauthenticated'
  return { code, message, final: isFinal, ...(retryMs !== undefined && !isFinal && { retryMs }) }
}
