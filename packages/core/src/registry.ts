import { RealtimeError } from './errors.ts'
import type { Schema } from './validate.ts'

declare const payload: unique symbol

/** The type of a payload without a check at run time. */
export interface EventType<T> {
  readonly [payload]?: T
}

/** The key of a channel's member type: what `member.info` holds. */
export const members: unique symbol = Symbol.for('@org/realtime.members')

export interface ChannelEvents {
  readonly [event: string]: EventType<unknown> | Schema
  readonly [members]?: EventType<unknown> | Schema
}

/** Channel patterns with their events: `'booking.{id}': { Updated: event<Booking>() }`. */
export interface Channels {
  readonly [pattern: string]: ChannelEvents
}

/**
 * Augment it to give all hooks and clients a default registry:
 * `declare module '@org/realtime-core' { interface Register { channels: typeof channels } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: made to be augmented
export interface Register {}

export type RegisteredChannels = Register extends { readonly channels: infer R extends Channels } ? R : Channels

export type Pattern<R> = keyof R & string

/** The parameters of a pattern: a string or a number for each `{hole}`. */
export type Params<P extends string> = P extends `${string}{${infer Hole}}${infer Rest}`
  ? { readonly [K in Hole]: string | number } & Params<Rest>
  : unknown

type ValueOf<V, Side extends 'input' | 'output'> = V extends {
  readonly '~standard': { readonly types?: infer T | undefined }
}
  ? T extends { readonly [K in Side]: infer Value }
    ? Value
    : unknown
  : V extends EventType<infer T>
    ? T
    : unknown

export type EventName<E> = keyof E & string
/** What a listener of this event gets. */
export type Payload<E, N extends keyof E> = ValueOf<E[N], 'output'>
/** What a publish of this event takes. */
export type PayloadInput<E, N extends keyof E> = ValueOf<E[N], 'input'>
export type MemberInfo<E> = E extends { readonly [members]: infer V } ? ValueOf<V, 'output'> : unknown

type Head<S extends string, Sep extends string> = S extends `${infer H}${Sep}${string}` ? H : S
type Bucket<S extends string, Sep extends string> = Head<S, Sep> extends `${string}{${string}` ? '{' : Head<S, Sep>
type Buckets<R, Sep extends string> = { readonly [P in keyof R & string as Bucket<P, Sep>]: P }
type Template<P extends string> = P extends `${infer A}{${string}}${infer B}` ? `${A}${string}${Template<B>}` : P
type Levels<S extends string, Sep extends string, N extends readonly unknown[] = []> = S extends `${string}${Sep}${infer Rest}`
  ? Levels<Rest, Sep, [...N, 0]>
  : N['length']

type Among<P, N extends string, Sep extends string> = P extends string
  ? N extends Template<P>
    ? Levels<P, Sep> extends Levels<N, Sep>
      ? P
      : never
    : never
  : never

/** The pattern that a full channel name belongs to. An exact name beats a pattern; a hole never spans levels. */
export type PatternOf<R, N extends string, Sep extends string> = N extends `${string}{${string}`
  ? never
  : N extends keyof R
    ? N
    :
        | Among<Buckets<R, Sep>[Head<N, Sep> & keyof Buckets<R, Sep>], N, Sep>
        | Among<Buckets<R, Sep>['{' & keyof Buckets<R, Sep>], N, Sep>

/** A full channel name, or a sentence that tells what is wrong with it. */
export type FullName<R, N extends string, Sep extends string> = [PatternOf<R, N, Sep>] extends [never]
  ? string extends N
    ? 'use untyped() for a channel name that is not known when compiling'
    : `no channel pattern matches '${N}'`
  : N

/** Gives a registry its type. At run time it is the object itself. */
export function defineChannels<const R extends Channels>(channels: R): R {
  return channels
}

/** A payload of type `T`, taken on trust. A schema in its place is checked at run time. */
export function event<T>(): EventType<T> {
  return {}
}

export interface Registry {
  /** Fills the holes of a pattern. */
  name(pattern: string, params: Readonly<Record<string, unknown>>): string
  /** The schema of one event of a channel, by the channel's full name. */
  schema(channel: string, event: string): Schema | undefined
}

/** The run-time side of a registry. Without channels every name is allowed. */
export function createRegistry(channels: Channels | undefined, separator: string): Registry {
  const patterns = Object.entries(channels ?? {}).map(([pattern, events]) => ({
    levels: pattern.split(separator),
    holes: pattern.split('{').length,
    events,
  }))
  // The fewer holes, the better the match.
  patterns.sort((a, b) => a.holes - b.holes)

  return {
    name(pattern, params) {
      if (channels && !Object.hasOwn(channels, pattern) && pattern.includes('{'))
        throw invalid('pattern', 'one of the registry', pattern)
      const left = new Set(Object.keys(params))
      const name = pattern.replace(/\{(\w+)\}/g, (_, hole: string) => {
        left.delete(hole)
        const value = Object.hasOwn(params, hole) ? String(params[hole]) : ''
        if (!value || value === 'NaN' || value.includes(separator) || UNSAFE.test(value))
          throw invalid(`params.${hole}`, 'a value that stays inside its segment', params[hole])
        return value
      })
      for (const unknown of left) throw invalid(`params.${unknown}`, `a hole of ${pattern}`, params[unknown])
      return name
    },
    schema(channel, event) {
      const levels = channel.split(separator)
      const match = patterns.find(
        (pattern) =>
          pattern.levels.length === levels.length &&
          pattern.levels.every((level, index) => matches(level, levels[index] as string)),
      )
      const value = match && Object.hasOwn(match.events, event) ? match.events[event] : undefined
      return value && '~standard' in value ? value : undefined
    },
  }
}

/** Separators and wildcards of any protocol, braces, white space and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNSAFE = /[./+#{}\s\0-\x1f\x7f]/

function matches(level: string, actual: string): boolean {
  const open = level.indexOf('{')
  if (open < 0) return level === actual
  const close = level.lastIndexOf('}') + 1
  const tail = level.slice(close)
  return actual.length > open + tail.length && actual.startsWith(level.slice(0, open)) && actual.endsWith(tail)
}

const invalid = (option: string, expected: string, value: unknown): RealtimeError =>
  new RealtimeError('option.invalid', `Option ${option} must be ${expected}`, { option, expected, value })
