import { invalid } from './options.ts'
import { fill, hasHoles, isPattern, nearest, rank, toMatcher } from './pattern.ts'
import type { Input, Output, Schema } from './validate.ts'

export type { Params } from './pattern.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Key of an entry that gives the type of `member.info` on a presence channel. */
export const members: unique symbol = Symbol.for('realtime.members') as never

/** The events of one channel: a bare type, `event<T>()`, or any Standard Schema. */
export interface Events {
  readonly [event: string]: Schema
  readonly [members]?: Schema
}

/** A registry: what each channel, or pattern of channels, has for events. */
export interface Channels {
  readonly [pattern: string]: Events
}

/** The channel names and patterns of a registry. */
export type Pattern<R extends Channels> = keyof R & string

/** Those with parameters. */
export type OpenPattern<R extends Channels> = keyof R & `${string}{${string}`

/** Those without; none where any name is taken. */
export type ExactPattern<R extends Channels> = string extends keyof R
  ? never
  : Exclude<Pattern<R>, OpenPattern<R>>

/** The event names of one channel. */
export type EventName<R extends Channels, P extends Pattern<R>> = keyof R[P] & string

/** What a listener of an event gets. */
export type Payload<R extends Channels, P extends Pattern<R>, E extends EventName<R, P>> = Output<R[P][E]>

/** What publishing an event takes: for a schema that converts, not the same as what listeners get. */
export type PayloadInput<R extends Channels, P extends Pattern<R>, E extends EventName<R, P>> = Input<R[P][E]>

/** What is known of each member of a presence channel. */
export type MemberInfo<R extends Channels, P extends Pattern<R>> = InfoOf<R[P]>

/** The same, from the events of one channel. */
export type InfoOf<V> = V extends { readonly [members]: infer S } ? Output<S> : unknown

/**
 * Where an app says once which registry is meant when none is given:
 * `declare module '@org/realtime-core' { interface Register { channels: typeof channels } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface Register {}

/** The registry that `G` names under `channels`, else one of any name with `unknown` payloads. */
export type ChannelsOf<G> = G extends { readonly channels: infer R extends Channels } ? R : Channels

/** The registry named by {@link Register}. */
export type RegisteredChannels = ChannelsOf<Register>

/** The type of an event whose payload is not checked at run time. */
export type EventType<T> = Schema<T>

const bare: Schema = {
  '~standard': { version: 1, vendor: 'realtime', validate: (value) => ({ value }) },
}

/** Gives an event a payload type without a check at run time. */
export function event<T = unknown>(): Schema<T> {
  return bare as Schema<T>
}

/**
 * Names the channels of an app, their events and payloads. Pure typing: returns what it is given.
 * @example
 * const channels = defineChannels({
 *   availability: { AvailabilityUpdated: event<Availability>(), CapacityUpdated: z.object({ seats: z.number() }) },
 *   'presence-desk.{id}': { 'client-typing': event<Typing>(), [members]: event<Agent>() },
 * })
 */
export function defineChannels<R extends Channels>(channels: R): R {
  return channels
}

/** A registry at run time. */
export interface Registry {
  /**
   * Puts parameters into a pattern; a full name that fits a pattern is returned as it is.
   * @throws RealtimeError `option.invalid` for a name outside the registry or a parameter that does not fit
   */
  name(pattern: string, params?: object | null): string
  /** The events of a channel, by its full name. */
  find(name: string): Events | undefined
  /** The schema that payloads of an event are checked against, if there is one. */
  schema(channel: string, event: string): Schema | undefined
}

/** Names come from outside: what was found for them must not pile up. */
const MOST_FOUND = 1000

/** Without channels every name is taken, and no event has a schema. */
export function createRegistry(channels: Channels | undefined, separator: string): Registry {
  const known = Object.entries(channels ?? {})
  let found = new Map<string, Events | undefined>(known)
  const values = toMatcher('{value}', separator)
  let matchers: readonly (readonly [matcher: RegExp, events: Events])[] | undefined

  try {
    // In this form bundlers find it, and esbuild drops what it guards from production builds.
    if (process.env.NODE_ENV !== 'production') check(known, separator)
  } catch (error) {
    // A page without a bundler has no `process`.
    if (!(error instanceof ReferenceError)) throw error
  }

  const search = (name: string): Events | undefined => {
    matchers ??= known
      .filter(([pattern]) => hasHoles(pattern))
      .sort(([a], [b]) => rank(a, separator) - rank(b, separator))
      .map(([pattern, events]) => [toMatcher(pattern, separator), events])
    return matchers.find(([matcher]) => matcher.test(name))?.[1]
  }

  const find = (name: string): Events | undefined => {
    if (!found.has(name)) {
      if (found.size > known.length + MOST_FOUND) found = new Map(known)
      found.set(name, search(name))
    }
    return found.get(name)
  }

  const refuse = (name: string): never => {
    let expected = 'in the registry'
    try {
      if (process.env.NODE_ENV !== 'production') {
        const patterns = known.map(([pattern]) => pattern)
        const meant = nearest(name, patterns, separator)
        if (meant) expected += `, such as '${meant}'`
      }
    } catch {
      // As above.
    }
    throw invalid('channel', expected, name)
  }

  return {
    find,
    name(pattern, params) {
      if (channels && !find(pattern)) refuse(pattern)
      return fill(pattern, params ?? {}, values)
    },
    schema(channel, event) {
      const events = find(channel)
      const schema = events && Object.hasOwn(events, event) ? events[event] : undefined
      return schema === bare ? undefined : schema
    },
  }
}

/** Finds what types cannot: a registry from plain JavaScript, and holes that do not end. */
function check(channels: readonly [pattern: string, events: Events][], separator: string): void {
  for (const [pattern, events] of channels) {
    if (!isPattern(pattern, separator)) throw invalid('channels', `named with parameters like {id}`, pattern)
    for (const event of Reflect.ownKeys(events) as (string & keyof Events)[])
      if (!events[event]?.['~standard'])
        throw invalid(
          `channels.${pattern}.${String(event)}`,
          'event<T>() or a Standard Schema',
          events[event],
        )
  }
}
