export const REDACTED = '[redacted]'

/** Members, parameters and headers whose value is a secret, in whatever the name is quoted. */
const NAMES =
  '[\\w-]{0,40}(?:token|secret|password|passphrase|session|cookie|credentials?|signature|auth|authorization|api[_-]?key)'
/** With as many backslashes before each quote as JSON within JSON has. */
const QUOTED = '(\\\\*)(["\'])[^]*?(?:(?<!\\\\)\\2\\3|$)'
/** A list of them, to its first closing bracket. */
const LIST = '\\[[^\\]]*(?:\\]|$)'
const PAIR = new RegExp(
  `(\\b${NAMES}\\\\*["']?\\s*[:=]\\s*)(?:${QUOTED}|${LIST}|(?:(?:Bearer|Basic)\\s+)?[^\\s,;&"'\\\\{}[\\]]+)`,
  'gi',
)
/** In prose: `token 3f9c...`. A word without a digit is taken for a word. */
const SPOKEN = new RegExp(`(\\b${NAMES}\\s+["']?)(?=[^\\s"']*\\d)[\\w.~+/=-]{8,}`, 'gi')
const SCHEME = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g

const NAME = new RegExp(`^(?:.*[^\\w-])?${NAMES}$`, 'i')

/** Whether what has this name is a secret. */
export const isSecretName = (name: string): boolean => NAME.test(name)

/** Takes out what is, or looks like, a secret. */
export type Redact = (text: string) => string

/** @param known texts that are secrets wherever they stand */
export function createRedact(known: readonly string[] = []): Redact {
  const secrets = known.filter((text) => text !== '')
  return (text) =>
    secrets
      .reduce((left, secret) => left.replaceAll(secret, REDACTED), text)
      .replace(PAIR, (_all, name: string, slashes = '', quote = '') => {
        const mark = `${slashes}${quote}`
        return `${name}${mark}${REDACTED}${mark}`
      })
      .replace(SPOKEN, (_all, name: string) => `${name}${REDACTED}`)
      .replace(SCHEME, (_all, scheme: string) => `${scheme} ${REDACTED}`)
      .replace(JWT, REDACTED)
}
