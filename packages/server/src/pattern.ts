type HoleName<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | HoleName<Rest>
  : never

/** What the holes of a pattern were filled with: `{ userId: string }` for `booking.{userId}`. */
export type Params<P extends string> = { readonly [Name in HoleName<P>]: string }

/** Text with holes: `{name}` stands for one level, a `*` at the end for any rest. */
export interface Pattern {
  readonly text: string
  /** What fills the holes; undefined when the name does not fit. */
  match(name: string): Readonly<Record<string, string>> | undefined
  /** Lower for the pattern that says more: fewer holes, then more text. */
  readonly rank: number
}

const HOLE = /\{([^{}]+)\}/g
/** What fills a hole of a channel, as in the client's registry: nothing that would leave its level. */
const LEVEL = '([^\\s\\p{Cc}\\p{Cs}./+#{}]+)'
/** What fills a hole of a path of HTTP. */
export const SEGMENT = '([^/]+)'

/** Undefined for text that is no pattern: braces that make no hole, a name used twice, a `*` inside. */
export function toPattern(text: string, value = LEVEL): Pattern | undefined {
  const isOpen = text.endsWith('*')
  const body = isOpen ? text.slice(0, -1) : text
  const names = [...body.matchAll(HOLE)].map(([, name = '']) => name)
  if (/[{}*]/.test(body.replace(HOLE, '')) || new Set(names).size < names.length || !text) return undefined
  const parts = body.split(HOLE).map((part, index) => (index % 2 ? value : toSource(part)))
  const source = new RegExp(`^${parts.join('')}${isOpen ? '.*' : ''}$`, 'su')
  return {
    text,
    rank: (isOpen ? 1e6 : 0) + names.length * 1e4 - body.replace(HOLE, '').length,
    match(name) {
      const found = source.exec(name)
      if (!found) return undefined
      // A hole may have any name, `__proto__` too.
      const params = Object.create(null) as Record<string, string>
      for (const [index, hole] of names.entries()) params[hole] = found[index + 1] ?? ''
      return params
    },
  }
}

const toSource = (text: string): string =>
  text.replace(/\W/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
