import { type Accepts, describeAccepts, isWhole, type OptionRow, type Value } from './option-row.ts'

const GRANTS = ['subscribe', 'publish', 'presence', 'history']

export type Parsed = { readonly value: Value } | { readonly wrong: string }

/** Checks a value; text from the environment and from flags is first turned into what is meant. */
export function parseValue({ accepts, isSecret }: OptionRow, given: unknown, form: 'json' | 'text'): Parsed {
  const value = form === 'text' ? fromText(accepts, `${given}`) : given
  if (fits(accepts, value)) return { value: value as Value }
  const shown = isSecret ? '' : `, not ${JSON.stringify(given)?.slice(0, 80)}`
  return { wrong: `must be ${describeAccepts(accepts)}${shown}` }
}

function fromText(accepts: Accepts, text: string): unknown {
  switch (accepts.kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$|^Infinity$/.test(text) ? Number(text) : text
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'list':
      return accepts.words.includes(text) ? text : text.split(',').flatMap((item) => item.trim() || [])
    case 'table':
    case 'sources':
    case 'apps':
      return parseJson(text)
    default:
      return text
  }
}

function fits(accepts: Accepts, value: unknown): boolean {
  switch (accepts.kind) {
    case 'number':
      return typeof value === 'number' && isInRange(accepts, value)
    case 'word':
      return accepts.words.includes(value as string)
    case 'switch':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string' && (accepts.pattern?.test(value) ?? value !== '')
    case 'list':
      return accepts.words.includes(value as string) || isTexts(value)
    case 'table':
      return isChannelTable(value)
    case 'sources':
      return isObject(value) && Object.values(value).every(isObject)
    case 'apps':
      return Array.isArray(value) && value.every(isApp)
  }
}

function isInRange(accepts: { readonly least: number; readonly most: number }, value: number): boolean {
  const isFit = !isWhole(accepts) || Number.isInteger(value) || value === Infinity
  return isFit && value >= accepts.least && value <= accepts.most
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What else is in it is checked where it is used. */
const isApp = (value: unknown): boolean =>
  isObject(value) && isTexts(['id', 'key', 'secret'].map((name) => (value as Record<string, unknown>)[name]))

function isChannelTable(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((grant) => grant === true || isGrant(grant))
}

function isGrant(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, may]) => GRANTS.includes(name) && typeof may === 'boolean')
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
