import type { Params } from '@org/realtime-core/kit'

/**
 * The parameters of a topic that a wildcard brought: `parseTopic('sensors/{id}/temperature', meta.topic)` is
 * `{ id: '7' }` for `sensors/7/temperature`. Nothing for a topic that the pattern does not fit. A `#` at the end
 * fits any rest.
 */
export function parseTopic<P extends string>(
  pattern: P,
  topic: string,
): { readonly [Name in keyof Params<P>]: string } | undefined {
  const wanted = pattern.split('/')
  const levels = topic.split('/')
  const isOpen = wanted.at(-1) === '#'
  if (isOpen) wanted.pop()
  if (isOpen ? levels.length < wanted.length : levels.length !== wanted.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, level] of wanted.entries()) {
    const found = levels[index] as string
    const [, name] = /^\{(.+)\}$/.exec(level) ?? []
    if (name !== undefined) params[name] = found
    else if (level !== '+' && level !== found) return undefined
  }
  return params as { readonly [Name in keyof Params<P>]: string }
}
