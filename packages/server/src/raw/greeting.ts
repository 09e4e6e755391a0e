import type { ClientFrame, Code } from '@org/realtime-raw-ws/codec'
import type { AuthRefusal, AuthResult, User } from '../authenticate.ts'
import type { WireRequest } from '../wire.ts'
import type { RawConnection } from './connection.ts'
import type { Raw } from './raw.ts'
import type { Identity } from './sessions.ts'

/** What `denied` says. */
export interface Denied {
  readonly code: Code
  readonly message: string
  readonly final: boolean
  readonly retryMs?: number
}

const VERSION = 1
const UNAVAILABLE: AuthRefusal = { refuse: 'unavailable', message: 'Cannot be decided now', retryMs: 1000 }

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
  else connection.open(who, { secret: hello.session, ...(rule && { fault: rule.do }) })
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

async function identify(
  { options, guard, clock, hooks }: Raw,
  token: string | undefined,
  request: WireRequest,
): Promise<Identity | AuthRefusal> {
  const { authenticate } = options
  if (authenticate === 'anonymous') return authenticate
  const result = await guard<AuthResult>('authenticate', () => authenticate(token, request), UNAVAILABLE)
  if (!result) return { refuse: 'unauthenticated' }
  if ('refuse' in result) return result
  if (isUser(result)) return isOver(result, clock.date()) ? { refuse: 'expired' } : result
  hooks.crash(new TypeError('authenticate() must give { id } with a text, or { refuse }'), 'authenticate')
  return UNAVAILABLE
}

const isUser = ({ id, expiresAt }: User): boolean =>
  typeof id === 'string' && id !== '' && (expiresAt === undefined || Number.isFinite(expiresAt))

const isOver = ({ expiresAt }: User, now: number): boolean => expiresAt !== undefined && expiresAt <= now

const isRefusal = (who: Identity | AuthRefusal): who is AuthRefusal =>
  typeof who === 'object' && 'refuse' in who

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
