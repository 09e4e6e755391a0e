import type { Member } from '../adapter.ts'
import { isGoodName, isPresence, isPrivate, isUserChannel, toUserChannel } from './channel-name.ts'
import type { ResolvedApp } from './resolve-app.ts'
import { isSame, toAuth, toJoinText } from './signature.ts'
import { sizeOf } from './size-of.ts'

/** Why somebody may not join; `status` and `type` as clients get them. */
export interface JoinRefusal {
  readonly type?: 'AuthError' | 'LimitReached' | 'ServerError'
  readonly error: string
  readonly status: number
}

export interface JoinRequest {
  readonly channel: string
  readonly auth?: string
  readonly channel_data?: string
}

interface Asker {
  readonly app: ResolvedApp
  readonly socketId: string
  /** Who is signed in, and as what members see them. */
  readonly user: { readonly id: string; readonly info?: unknown } | undefined
}

export const UNAUTHORIZED: JoinRefusal = {
  type: 'AuthError',
  error: 'The connection is unauthorized.',
  status: 401,
}

/** Who joins: a member in presence channels, somebody without a name elsewhere. */
export type JoinCheck = { readonly member: Member | undefined } | { readonly refusal: JoinRefusal }

export function checkJoin(request: JoinRequest, { app, socketId, user }: Asker): JoinCheck {
  const { channel, auth = '', channel_data: data } = request
  if (isUserChannel(channel))
    return user && channel === toUserChannel(user.id) ? { member: undefined } : { refusal: UNAUTHORIZED }
  const bad = app.traits.checksNames ? checkName(channel, app) : undefined
  if (bad) return { refusal: bad }
  if (!isPrivate(channel)) return { member: undefined }
  if (!isSame(auth, toAuth(app, toJoinText(socketId, channel, data)))) return { refusal: UNAUTHORIZED }
  return isPresence(channel) ? checkMember(data, user, app) : { member: undefined }
}

function checkName(channel: string, { limits }: ResolvedApp): JoinRefusal | undefined {
  const { channelNameLength } = limits
  if (channel.length > channelNameLength)
    return {
      type: 'LimitReached',
      error: `The channel name is longer than the allowed ${channelNameLength} characters.`,
      status: 4009,
    }
  if (isGoodName(channel)) return undefined
  const rule = 'https://pusher.com/docs/channels/using_channels/channels/#channel-naming-conventions'
  return { error: `The channel name is not allowed. Read channel conventions: ${rule}`, status: 4009 }
}

/** Whoever is signed in needs no data of its own. */
function checkMember(data: string | undefined, user: Asker['user'], app: ResolvedApp): JoinCheck {
  const given = data === undefined ? user && { user_id: user.id, user_info: user.info } : parse(data)
  const id = given?.user_id
  const isId = (typeof id === 'string' && id !== '') || typeof id === 'number'
  if (!given || !isId)
    return { refusal: { type: 'ServerError', error: '`channel_data` must hold a `user_id`', status: 4302 } }
  const hasInfo = given.user_info !== undefined
  const { memberBytes } = app.limits
  if (hasInfo && Buffer.byteLength(JSON.stringify(given.user_info)) > memberBytes)
    return {
      refusal: {
        type: 'LimitReached',
        error: `The maximum size for a channel member is ${sizeOf(memberBytes)}.`,
        status: 4301,
      },
    }
  if (!hasInfo && app.traits.name === 'reverb') return { refusal: MALFORMED }
  const info = hasInfo ? { user_id: id, user_info: given.user_info } : { user_id: id }
  return { member: { id: String(id), info } }
}

/** Reverb fails over it, and calls the frame bad. */
export const MALFORMED: JoinRefusal = { type: 'ServerError', error: 'Invalid message format', status: 4200 }

function parse(text: string): { readonly user_id?: unknown; readonly user_info?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
