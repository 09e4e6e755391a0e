const CLIENT = 'client-'

/** What a client publishes has its own prefix on the wire; names that carry it already are left alone. */
export function toClientEvent(event: string): `client-${string}` {
  return (event.startsWith(CLIENT) ? event : CLIENT + event) as `client-${string}`
}

/** A listener of the bare name also hears what other clients publish under it. */
export function listensTo(event: string): readonly string[] {
  return event.startsWith(CLIENT) || event.startsWith('pusher:') ? [event] : [event, CLIENT + event]
}

/** Only after the app's own server has agreed. */
export const isPrivate = (channel: string): boolean => /^(private|presence)-/.test(channel)

export const isEncrypted = (channel: string): boolean => channel.startsWith('private-encrypted-')

/** The server sends its last event again to whoever joins. */
export const isCache = (channel: string): boolean =>
  /^(private-encrypted-|private-|presence-)?cache-/.test(channel)

const USER = '#server-to-user-'

/** The channel of one user, open to whoever is signed in as that user. */
export const toUserChannel = (id: string): string => USER + id

export const isUserChannel = (channel: string): boolean => channel.startsWith(USER)
