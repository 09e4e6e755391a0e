import type { User } from '../../authenticate.ts'
import type { Rules } from '../../authorize.ts'
import { type Decision, type Denial, isDenial } from '../../authorize.ts'
import { isEncrypted, isPresence, isPrivate } from '../channel-name.ts'
import { type Credentials, toAuth, toJoinText, toSharedSecret } from '../signature.ts'

/** What a page gets that may join. */
export interface ChannelAuth {
  readonly auth: string
  readonly channel_data?: string
  readonly shared_secret?: string
}

interface Asker {
  readonly user: User
  readonly socketId: string
  readonly rules: Rules
  readonly app: Credentials & { readonly encryptionKey: Buffer | undefined }
}

const NO_KEY: Denial = {
  refuse: 'forbidden',
  message: 'Encrypted channels need a key that this app has not: option `encryptionMasterKeyBase64`',
}
const FORBIDDEN: Denial = { refuse: 'forbidden', message: 'Not allowed' }

/** Signs when a rule allows it: one of the whole name, or of what comes after `private-`, `private-encrypted-` and `presence-`. */
export async function authorizeChannel(channel: string, asker: Asker): Promise<ChannelAuth | Denial> {
  const { user, socketId, app } = asker
  if (!isPrivate(channel))
    return { refuse: 'forbidden', message: 'Only private and presence channels are signed' }
  const { encryptionKey } = app
  if (isEncrypted(channel) && !encryptionKey) return NO_KEY
  const decision = await decide(channel, asker)
  if (isDenial(decision)) return decision
  if (!decision.subscribe) return FORBIDDEN
  if (!isPresence(channel)) {
    const auth = toAuth(app, toJoinText(socketId, channel))
    if (!isEncrypted(channel) || !encryptionKey) return { auth }
    return { auth, shared_secret: toSharedSecret(encryptionKey, channel) }
  }
  const { info = user.info ?? {} } = decision.presence || {}
  const channel_data = JSON.stringify({ user_id: user.id, user_info: info })
  return { auth: toAuth(app, toJoinText(socketId, channel, channel_data)), channel_data }
}

async function decide(channel: string, { user, socketId, rules }: Asker): Promise<Decision> {
  const ask = (name: string): Decision | Promise<Decision> =>
    rules.decide(user, { channel: name, client: socketId, want: 'subscribe' })
  const decision = await ask(channel)
  const isUnknown = isDenial(decision) && decision.refuse === 'unknown-channel'
  return isUnknown ? ask(channel.replace(/^(private-encrypted|private|presence)-/, '')) : decision
}
