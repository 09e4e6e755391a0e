import { invalid } from './errors.ts'
import { type Pattern, SEGMENT, toPattern } from './pattern.ts'

type Params = Readonly<Record<string, string>>

/** Things at paths, which may have holes. */
export interface Paths<T> {
  /** @throws ServerError `option.invalid` for what is no path, or is taken */
  add(path: string, value: T): void
  readonly all: readonly T[]
  find(path: string): { readonly value: T; readonly params: Params } | undefined
}

const NONE = {}

export function createPaths<T>(option: string): Paths<T> {
  const exact = new Map<string, T>()
  const open: { readonly pattern: Pattern; readonly value: T }[] = []
  return {
    get all() {
      return [...exact.values(), ...open.map(({ value }) => value)]
    },
    add(path, value) {
      const pattern = path.startsWith('/') ? toPattern(path, SEGMENT) : undefined
      const isTaken = exact.has(path) || open.some((other) => other.pattern.text === path)
      if (!pattern || isTaken) throw invalid(option, "a path like '/chat' that is not taken", path)
      if (!/[{*]/.test(path)) exact.set(path, value)
      else {
        open.push({ pattern, value })
        open.sort((a, b) => a.pattern.rank - b.pattern.rank)
      }
    },
    find(path) {
      const value = exact.get(path)
      if (value !== undefined) return { value, params: NONE }
      for (const { pattern, value } of open) {
        const params = decode(pattern.match(path))
        if (params) return { value, params }
      }
      return undefined
    },
  }
}

/** Undefined when a part is no text in percent signs. */
function decode(params: Params | undefined): Params | undefined {
  try {
    return (
      params &&
      Object.fromEntries(Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)]))
    )
  } catch {
    return undefined
  }
}
