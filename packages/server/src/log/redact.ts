export const REDACTED = '[redacted]'

/** Members, parameters and headers whose value is a secret, in whatever the name is quoted. */
const NAMES =
  '[\\w-]{0,40}(?:token|secret|password|passphrase|session|cookie|credentials?|signature|auth|authorization|api[_-]?key)'
/** With as many backslashes before each quote as JSON within JSON has. */
const QUOTED = '(\\\\*)(["\'])[^]*?(?:(?<!\\\\)\\2\\3|$)'
const BARE = '[^\\s,;&"\'\\\\{}[\\]]+'
/** Switches are no secrets. */
const SWITCH = `(?:true|false|null)(?!${BARE})`
const PAIR = new RegExp(
  `(\\b${NAMES}\\\\*["']?\\s*[:=]\\s*)(?:${QUOTED}|(?!${SWITCH})(?:(?:Bearer|Basic)\\s+)?${BARE})`,
  'gi',
)
/** The same before an object or a list; what closes the name is what its texts are quoted by. */
const NEST = new RegExp(`\\b${NAMES}(\\\\*)(["']?)\\s*[:=]\\s*(?=[{[])`, 'gi')
/** In prose: `token 3f9c...`. A word without a digit is taken for a word. */
const SPOKEN = new RegExp(`(\\b${NAMES}\\s+["']?)(?=[^\\s"']*\\d)[\\w.~+/=-]{8,}`, 'gi')
const SCHEME = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g

const NAME = new RegExp(`^(?:.*[^\\w-])?${NAMES}$`, 'i')

/** Whether what has this name is a secret. */
export const isSecretName = (name: string): boolean => NAME.test(name)

/** Takes out what is, or looks like, a secret. */
export type Redact = (text: string) => string

/** Takes out objects and lists that have the name of a secret, as a whole. */
function withoutNests(text: string): string {
  let kept = ''
  let at = 0
  for (NEST.lastIndex = 0; ; NEST.lastIndex = at) {
    const found = NEST.exec(text)
    if (!found) return kept + text.slice(at)
    const [head, slashes = '', quote = ''] = found
    const start = found.index + head.length
    const mark = quote && slashes + quote
    kept += text.slice(at, start) + mark + REDACTED + mark
    at = endOfNest(text, start, slashes.length)
  }
}

/** Where the object or list that begins at `start` ends. Its texts are quoted behind so many backslashes. */
function endOfNest(text: string, start: number, slashes: number): number {
  let depth = 0
  let slashesBefore = 0
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const sign = text[at] as string
    if ((sign === '"' || sign === "'") && slashesBefore === slashes && (!quote || quote === sign))
      quote = quote ? '' : sign
    slashesBefore = sign === '\\' ? slashesBefore + 1 : 0
    if (quote) continue
    if (sign === '{' || sign === '[') depth++
    else if ((sign === '}' || sign === ']') && --depth === 0) return at + 1
  }
  return text.length
}

/** @param known texts that are secrets wherever they stand */
export function createRedact(known: readonly string[] = []): Redact {
  const secrets = known.filter((text) => text !== '')
  return (text) =>
    withoutNests(secrets.reduce((left, secret) => left.replaceAll(secret, REDACTED), text))
      .replace(PAIR, (_all, name: string, slashes = '', quote = '') => {
        const mark = `${slashes}${quote}`
        return `${name}${mark}${REDACTED}${mark}`
      })
      .replace(SPOKEN, (_all, name: string) => `${name}${REDACTED}`)
      .replace(SCHEME, (_all, scheme: string) => `${scheme} ${REDACTED}`)
      .replace(JWT, REDACTED)
}
