import { invalid } from './options.ts'

/** What separates the levels of a channel name: `.` (Pusher), `/` (MQTT). */
export type Separator = '.' | '/'

type HoleName<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | HoleName<Rest> : never

/** The values that fill the holes of a pattern: `{ userId: string | number }` for `booking.{userId}`. */
export type Params<P extends string> = { readonly [Name in HoleName<P>]: string | number }

/** The pattern that a full name belongs to, `never` without one. */
export type Match<P extends string, N extends string, S extends string> = string extends N
  ? never
  : N extends `${string}{${string}`
    ? never
    : N extends P
      ? N
      : Closest<MatchIn<Bucket<Buckets<P, S>, Head<N, S>>, N, S>>

/** Patterns by their first segment, because a look at every pattern per call is what costs. */
type Buckets<P extends string, S extends string> = {
  [Q in P as Q extends `${string}{${string}` ? (Head<Q, S> extends `${string}{${string}` ? '{' : Head<Q, S>) : never]: Q
}

type Bucket<B, H extends string> = (H extends keyof B ? B[H] : never) | ('{' extends keyof B ? B['{'] : never)

type Head<N extends string, S extends string> = N extends `${infer H}${S}${string}` ? H : N

type MatchIn<Q, N extends string, S extends string> = Q extends string ? (Fits<N, Q, S> extends true ? Q : never) : never

/** Compared segment by segment, because `${string}` alone would swallow separators. */
type Fits<N extends string, Q extends string, S extends string> = Q extends `${infer QHead}${S}${infer QTail}`
  ? N extends `${infer NHead}${S}${infer NTail}`
    ? FitsSegment<NHead, QHead> extends true
      ? Fits<NTail, QTail, S>
      : false
    : false
  : N extends `${string}${S}${string}`
    ? false
    : FitsSegment<N, Q>

type FitsSegment<N extends string, Q extends string> = N extends '' ? false : N extends Template<Q> ? true : false

type Template<Q extends string> = Q extends `${infer Start}{${string}}${infer Rest}`
  ? `${Start}${string}${Template<Rest>}`
  : Q

/** Of several patterns that fit, those that no other one narrows. */
type Closest<Q extends string, All extends string = Q> = Q extends Q ? (IsNarrowed<Q, Exclude<All, Q>> extends true ? never : Q) : never

type IsNarrowed<Q extends string, Others extends string> = true extends (
  Others extends Others ? (Template<Others> extends Template<Q> ? true : never) : never
)
  ? true
  : false

const HOLE = /\{([^{}]+)\}/g

/** What may not stand in a parameter: it would leave its segment, or is a wildcard or no text at all. */
const FORBIDDEN = '\\s\\p{Cc}\\p{Cs}./+#{}'

const escape = (text: string): string =>
  text.replace(/\W/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

const segment = (separator: string): string => `[^${FORBIDDEN}${escape(separator)}]+`

/** True for a pattern with parameters. */
export const hasHoles = (pattern: string): boolean => pattern.search(HOLE) >= 0

/**
 * Puts parameters into the holes of a pattern.
 * @throws RealtimeError `option.invalid` for a parameter that is missing, unknown, or would leave its segment
 */
export function fill(pattern: string, params: object, separator: string): string {
  const values = new Map<string, unknown>(Object.entries(params ?? {}))
  const isSegment = new RegExp(`^${segment(separator)}$`, 'u')
  const used = new Set<string>()
  const name = pattern.replace(HOLE, (_hole, key: string) => {
    const value = values.get(key)
    used.add(key)
    if ((typeof value === 'string' || Number.isFinite(value)) && isSegment.test(`${value}`)) return `${value}`
    throw invalid(`params.${key}`, `a number or text, without whitespace or any of ${separator} . / + # { }`, value)
  })
  for (const [key, value] of values)
    if (!used.has(key)) throw invalid(`params.${key}`, `left out: ${pattern} has no such parameter`, value)
  return name
}

/** Tells whether a full name belongs to a pattern. */
export const toMatcher = (pattern: string, separator: string): RegExp =>
  new RegExp(`^${pattern.split(/\{[^{}]+\}/).map(escape).join(segment(separator))}$`, 'u')

/** Sorts the pattern with more literal segments first, then the one with more literal text. */
export function compare(a: string, b: string, separator: string): number {
  const open = (pattern: string): number => pattern.split(separator).filter(hasHoles).length
  const literal = (pattern: string): number => pattern.replace(HOLE, '').length
  return open(a) - open(b) || literal(b) - literal(a)
}
