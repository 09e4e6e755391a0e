import type { Stored } from './adapter.ts'
import { Backlog } from './backlog.ts'
import type { Context } from './core.ts'
import { randomId } from './ids.ts'
import { REVOKED_CHANNEL } from './names.ts'
import type { RevokeOptions } from './verbs.ts'

/** Who is put out of what. */
export interface Revocation extends RevokeOptions {
  readonly channel: string
}

/** Tells the other nodes who is put out of what: those that cannot be reached now hear of it when they can. */
export interface Revocations {
  tell(revocation: Revocation): void
}

/** @param carryOut what another node has told */
export function createRevocations(
  { adapter, hub, hooks }: Context,
  carryOut: (revocation: Revocation) => void,
): Revocations {
  const isAlone = adapter.heard === undefined
  if (isAlone) return { tell() {} }

  const node = randomId(9)
  const backlog = new Backlog(adapter, REVOKED_CHANNEL)
  const ignore = (): void => {}
  hub.attach(REVOKED_CHANNEL, {
    holder: node,
    user: '',
    message({ from, payload }: Stored) {
      if (from !== node) carryOut(JSON.parse(`${payload}`) as Revocation)
    },
    moved: ignore,
    joined: ignore,
    left: ignore,
    putOut: ignore,
  })
  hooks.on('store', ({ isAway }) => {
    if (!isAway) backlog.goOn()
  })
  return {
    tell(revocation) {
      backlog
        .append({ event: 'revoke', payload: JSON.stringify(revocation), from: node })
        .catch((error: unknown) => hooks.crash(error, `revoking ${revocation.channel} on other nodes`))
    },
  }
}
