import type { AuthRefusal, AuthResult, User } from './authenticate.ts'
import type { Context } from './core.ts'
import type { WireRequest } from './wire.ts'

/** Who a client is, as far as it is known before it has an id. */
export type Identity = User | 'anonymous'

const UNAVAILABLE: AuthRefusal = { refuse: 'unavailable', message: 'Cannot be decided now', retryMs: 1000 }

/** Finds out whose token it is, by the function of the user. */
export async function identify(
  { options, guard, clock, hooks }: Pick<Context, 'options' | 'guard' | 'clock' | 'hooks'>,
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

export const isRefusal = (who: Identity | AuthRefusal): who is AuthRefusal =>
  typeof who === 'object' && 'refuse' in who
