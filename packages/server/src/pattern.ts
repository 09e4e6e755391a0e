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
/** What a hole of a channel is made of, as in the client's registry: nothing that would leave its level. */
const LEVEL = '[^\\s\\p{Cc}\\p{Cs}./+#{}]'
/** What a hole of a path of HTTP is made of. */
export const SEGMENT = '[^/]'

/** Undefined for text that is no pattern: braces that make no hole, a name used twice, a `*` inside. */
export function toPattern(text: string, made = LEVEL): Pattern | undefined {
  const isOpen = text.endsWith('*')
  const body = isOpen ? text.slice(0, -1) : text
  const [start = '', ...rest] = body.split(HOLE)
  const names = rest.filter((_, index) => index % 2 === 0)
  if (/[{}*]/.test(body.replace(HOLE, '')) || new Set(names).size < names.length || !text) return undefined
  /** The text behind each hole. */
  const afters = names.map((_, index) => [...(rest[index * 2 + 1] ?? '')])
  const isMade = new RegExp(`^${made}$`, 'u')
  const isCrowded = afters.slice(0, -1).some((after) => after.every((char) => isMade.test(char)))
  const source = afters.map((after) => `(${made}+)${toSource(after.join(''))}`).join('')
  const behindStart = new RegExp(`^${source}${isOpen ? '.*' : ''}$`, 'su')
  return {
    text,
    rank: (isOpen ? 1e6 : 0) + names.length * 1e4 - body.replace(HOLE, '').length,
    match(name) {
      if (!name.startsWith(start)) return undefined
      const left = name.slice(start.length)
      const found = isCrowded ? fill(afters, [...left], isMade, isOpen) : behindStart.exec(left)?.slice(1)
      if (!found) return undefined
      // A hole may have any name, `__proto__` too.
      const params = Object.create(null) as Record<string, string>
      for (const [index, hole] of names.entries()) params[hole] = found[index] ?? ''
      return params
    },
  }
}

const toSource = (text: string): string =>
  text.replace(/\W/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)

/**
 * Fills several holes of one level as a regular expression does, each with as much as it can take. That one would
 * try all ways to share a level, and names come from anybody: this looks at each character once for each hole.
 */
function fill(
  afters: readonly (readonly string[])[],
  chars: readonly string[],
  isMade: RegExp,
  isOpen: boolean,
): readonly string[] | undefined {
  const may = chars.map((char) => isMade.test(char))
  /** Where what follows can begin, so that all the rest fits. */
  let next = chars.map(() => isOpen).concat(true)
  /** Where each hole can end. */
  const ends: (readonly boolean[])[] = []
  for (const after of [...afters].reverse()) {
    const end = next.map(
      (_, at) => next[at + after.length] === true && after.every((char, index) => char === chars[at + index]),
    )
    ends.unshift(end)
    next = end.map(() => false)
    for (let at = chars.length - 1; at >= 0; at--)
      next[at] = may[at] === true && (end[at + 1] === true || next[at + 1] === true)
  }
  if (!next[0]) return undefined
  let from = 0
  return afters.map((after, index) => {
    const start = from
    let to = start
    for (let at = start + 1; may[at - 1]; at++) if (ends[index]?.[at]) to = at
    from = to + after.length
    return chars.slice(start, to).join('')
  })
}
