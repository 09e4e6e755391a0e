import type { Member } from '@org/realtime-core/kit'

/** What Rakit tells of a member. Anybody in the room can forge it. */
export interface RakitUser {
  /** `Guest`, as long as Rakit cannot read sessions from a console. */
  readonly name: string
  /** In Rakit's manual, but sent by no version of it. */
  readonly email?: string
  /** When Rakit made the list, in milliseconds since 1970: not when the member came. */
  readonly connectedAt?: number
  readonly trusted: false
}

export type RakitFrame =
  | { readonly kind: 'presence'; readonly members: readonly Member<RakitUser>[] }
  | { readonly kind: 'channel'; readonly channel: string; readonly data: unknown; readonly from: string }
  /** To the room or to this client alone: Rakit does not say which. */
  | { readonly kind: 'said'; readonly from: string; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }

type Json = Readonly<Record<string, unknown>>

/** Reads a text of the server. Whatever has none of the known shapes is text, as it came. */
export function parseRakitFrame(text: string): RakitFrame {
  const value = text[0] === '{' ? (parseJson(text) as Json | undefined) : undefined
  if (value) {
    const { type, users, client_id: from, channel, data, message } = value
    if (type === 'presence' && isObject(users)) return { kind: 'presence', members: toMembers(users) }
    if (typeof from === 'string') {
      if (typeof channel === 'string' && data !== undefined) return { kind: 'channel', channel, data, from }
      if (typeof message === 'string') return { kind: 'said', from, text: message }
    }
  }
  return { kind: 'text', text }
}

/** The line that greets every client, and names it. */
export const parseGreeting = (text: string): string | undefined => /^Client #(\w+) connected$/.exec(text)?.[1]

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `users` is an object by id, or a list as the manual shows it. */
function toMembers(users: object): Member<RakitUser>[] {
  return Object.values(users).flatMap((user: unknown) => {
    if (!isObject(user)) return []
    const { id, name, email, connected_at: seconds } = user as Json
    if (typeof id !== 'string') return []
    const info: RakitUser = {
      name: typeof name === 'string' ? name : 'Guest',
      ...(typeof email === 'string' && { email }),
      ...(typeof seconds === 'number' && { connectedAt: seconds * 1000 }),
      trusted: false,
    }
    return [{ id, info }]
  })
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
