/**
 * Logical channels of what is sent to one client alone: `@me` is what this client gets, `@` and a client id what
 * another one does.
 */
export const DIRECT = '@me'

export const toDirect = (clientId: string): string => `@${clientId}`

export const isDirect = (channel: string): boolean => channel[0] === '@'
