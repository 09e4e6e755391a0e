/** Only with a signature of the app. */
export const isPrivate = (channel: string): boolean => /^(private|presence)-/.test(channel)

export const isPresence = (channel: string): boolean => channel.startsWith('presence-')

export const isEncrypted = (channel: string): boolean => channel.startsWith('private-encrypted-')

/** Whoever joins gets its last event again. */
export const isCache = (channel: string): boolean =>
  /^(private-encrypted-|private-|presence-)?cache-/.test(channel)

const USER = '#server-to-user-'

/** The channel of one user. */
export const toUserChannel = (id: string): string => USER + id

export const isUserChannel = (channel: string): boolean => channel.startsWith(USER)

/** [pusher: channel naming conventions] */
export const isGoodName = (channel: string): boolean => /^[\w\-=@,.;]+$/.test(channel)
