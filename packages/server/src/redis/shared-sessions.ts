import { createHash } from 'node:crypto'
import type { SharedSession, SharedSessions } from '../adapter.ts'
import { randomId } from '../ids.ts'
import type { Keys } from './keys.ts'
import type { RedisLink } from './redis-link.ts'
import { findSessionScript, holdSessionScript, releaseSessionScript } from './session-scripts.ts'

interface SharedSessionsNeeds {
  readonly link: RedisLink
  readonly keys: Keys
}

/** Who had which session, so that another node can go on with it. */
export function createSharedSessions({ link, keys }: SharedSessionsNeeds): SharedSessions {
  const node = randomId(9)
  // Whoever reads what is in Redis cannot go on with a session.
  const keyOf = (secret: string): readonly string[] => [
    keys.session(createHash('sha256').update(secret).digest('base64url')),
  ]

  return {
    async hold({ secret, client, userId }, ms) {
      await link.call(holdSessionScript, keyOf(secret), [node, client, userId, ms])
    },
    async find(secret): Promise<SharedSession | undefined> {
      const found = await link.call(findSessionScript, keyOf(secret), [])
      const [client, userId] = found as readonly (Buffer | null)[]
      return client && userId ? { secret, client: `${client}`, userId: `${userId}` } : undefined
    },
    async release(secret, ms) {
      await link.call(releaseSessionScript, keyOf(secret), [node, ms])
    },
  }
}
