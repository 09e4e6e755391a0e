import { invalid } from './options.ts'

type HoleName<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | HoleName<Rest>
  : never

/** The values that fill the holes of a pattern: `{ userId: string | number }` for `booking.{userId}`. */
export type Params<P extends string> = { readonly [Name in HoleName<P>]: string | number }

/** Of the patterns `P`, the one that the full name `N` belongs to; `never` when none fits. */
export type Match<P extends string, N extends string, S extends string> = N extends Open
  ? never
  : N extends P
    ? N
    : N extends Unfit
      ? never
      : string extends N
        ? never
        : Closest<Matching<Buckets<P, S>, Head<N, S> | '{', N, S>>

/** A name with holes. */
type Open = `${string}{${string}`

/** Wildcards and other text that is never the value of a parameter. */
type Unfit = `${string}${'}' | '+' | '#' | ' '}${string}`

/** Patterns by their first level, because a look at all of them per call is what costs. */
type Buckets<P extends string, S extends string> = {
  [Q in P as Q extends Open ? (Head<Q, S> extends Open ? '{' : Head<Q, S>) : never]: Q
}

/** Not by `keyof`, which a mapped type works out anew on every use. */
type Matching<B, H extends string, N extends string, S extends string> = H extends string
  ? B extends { readonly [K in H]: infer Q }
    ? Fitting<Q, N, S>
    : never
  : never

/** The first level of a name. Parameters hold neither `.` nor `/`, so these end a level under every protocol. */
type Head<N extends string, S extends string> = Until<Until<Until<N, '.'>, '/'>, S>

type Until<N extends string, S extends string> = string extends S
  ? N
  : N extends `${infer Start}${S}${string}`
    ? Start
    : N

type Fitting<Q, N extends string, S extends string> = Q extends string
  ? N extends Misfilled<Q, '.' | '/' | (string extends S ? never : S)>
    ? never
    : N extends Filled<Q, string>
      ? Q
      : never
  : never

type Filled<Q extends string, Value extends string> = Q extends `${infer Start}{${string}}${infer Rest}`
  ? `${Start}${Value}${Filled<Rest, Value>}`
  : Q

/**
 * What fits by its text, but with a hole that is empty or swallows a separator. Worked out from the pattern,
 * because types that take a name apart recursively crash the editor while the name is typed.
 */
type Misfilled<Q extends string, Sep extends string> = Q extends `${infer Start}{${string}}${infer Rest}`
  ?
      | `${Start}${'' | `${string}${Sep}${string}`}${Filled<Rest, string>}`
      | `${Start}${string}${Misfilled<Rest, Sep>}`
  : never

/** Of several patterns that fit, those that no other one narrows. */
type Closest<Q extends string, All extends string = Q> = Q extends Q
  ? IsNarrowed<Q, Exclude<All, Q>> extends true
    ? never
    : Q
  : never

type IsNarrowed<Q extends string, Others extends string> = true extends (
  Others extends Others
    ? Filled<Others, string> extends Filled<Q, string>
      ? true
      : never
    : never
)
  ? true
  : false

const HOLE = /\{([^{}]+)\}/g

/** What fills a hole. Anything else would leave its level, match others, or be no text at all. */
const toValueSource = (separator: string): string => `[^\\s\\p{Cc}\\p{Cs}./+#{}${toSource(separator)}]+`

const toSource = (text: string): string =>
  text.replace(/\W/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

/** Tells whether a full name belongs to a pattern. */
export function toMatcher(pattern: string, separator: string): RegExp {
  const parts = pattern
    .split(HOLE)
    .map((part, index) => (index % 2 ? toValueSource(separator) : toSource(part)))
  return new RegExp(`^${parts.join('')}$`, 'u')
}

/**
 * Puts parameters into the holes of a pattern, as far as `values` matches them.
 * @throws RealtimeError `option.invalid` for a parameter that is missing, unknown, or would leave its level
 */
export function fill(pattern: string, params: object, values: RegExp): string {
  const given = new Map<string, unknown>(Object.entries(params))
  for (const [key, value] of given)
    if (!pattern.includes(`{${key}}`)) throw invalid(`params.${key}`, `left out of ${pattern}`, value)
  return pattern.replace(HOLE, (_hole, key: string) => {
    const value = given.get(key)
    if ((typeof value === 'string' || Number.isFinite(value)) && values.test(`${value}`)) return `${value}`
    throw invalid(`params.${key}`, 'a number or text without spaces, separators or any of . / + # { }', value)
  })
}

/** Lowest for the pattern with the fewest levels that are open, then for the one with the most text. */
export const rank = (pattern: string, separator: string): number =>
  pattern.split(separator).filter(hasHoles).length * 1e5 - pattern.replace(HOLE, '').length

/** True for a pattern with parameters. */
export const hasHoles = (pattern: string): boolean => pattern.includes('{')

/** True when all braces make holes, and no hole spans levels. */
export const isPattern = (pattern: string, separator: string): boolean =>
  pattern.split(separator).every((level) => !/[{}]/.test(level.replace(HOLE, '')))

/** The pattern that was probably meant by a name that fits none. */
export function nearest(name: string, patterns: readonly string[], separator: string): string | undefined {
  const levels = name.split(separator)
  const fillLike = (level: string, index: number): string => {
    const literal = level.replace(HOLE, '')
    return literal === level ? level : literal + (levels[index] ?? '').slice(literal.length)
  }
  const filled = (pattern: string): string => pattern.split(separator).map(fillLike).join(separator)
  const [best] = patterns
    .map((pattern) => ({ pattern, edits: countEdits(name, filled(pattern)) }))
    .sort((a, b) => a.edits - b.edits)
  return best && best.edits <= Math.max(2, name.length / 3) ? best.pattern : undefined
}

/** How many characters are added, left out or replaced between two texts. */
export function countEdits(from: string, to: string): number {
  let row = [...Array(to.length + 1).keys()]
  for (const [index, char] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const [left = 0, above = 0, corner = 0] = [next[column], row[column + 1], row[column]]
      next.push(Math.min(left + 1, above + 1, corner + Number(char !== other)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
