import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Lower-case hex, as everything of Pusher is signed. */
export const sign = (secret: string, text: string | Uint8Array): string =>
  createHmac('sha256', secret).update(text).digest('hex')

/** How long it takes tells nothing of where they differ. */
export function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted))
}

// Of equal length, whatever was given.
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export const md5 = (body: Uint8Array): string => createHash('md5').update(body).digest('hex')

/** What is signed so that somebody may join. */
export const toJoinText = (socketId: string, channel: string, channelData?: string): string =>
  channelData === undefined ? `${socketId}:${channel}` : `${socketId}:${channel}:${channelData}`

/** What is signed so that somebody is let in as a user. */
export const toUserText = (socketId: string, userData: string): string => `${socketId}::user::${userData}`

export interface Credentials {
  readonly key: string
  readonly secret: string
}

/** The `auth` of a frame that joins or signs in. */
export const toAuth = ({ key, secret }: Credentials, text: string): string => `${key}:${sign(secret, text)}`

/** The key of one encrypted channel, in base64, as the libraries for backends make it. */
export const toSharedSecret = (masterKey: Uint8Array, channel: string): string =>
  createHash('sha256').update(channel).update(masterKey).digest('base64')
