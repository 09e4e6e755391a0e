import { formatFloat, type PhpArray, type PhpValue } from './php-json.ts'

const PRECISION = 14
const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \t\n\r\v\f]*$/
const WHOLE = /^[ \t\n\r\v\f]*[+-]?\d+[ \t\n\r\v\f]*$/

/** A value where PHP wants a string; undefined for an array, which is an error there. */
export function toText(value: PhpValue): string | undefined {
  if (value instanceof Map) return undefined
  if (typeof value === 'boolean') return value ? '1' : ''
  if (typeof value !== 'number') return `${value ?? ''}`
  return Number.isFinite(value) ? formatFloat(value, PRECISION) : value > 0 ? 'INF' : '-INF'
}

/** As `trim` does without a list of its own. */
export function trim(text: string): string {
  const isEdge = (index: number): boolean => ' \t\n\r\0\v'.includes(text[index] ?? '?')
  let start = 0
  let end = text.length
  while (start < end && isEdge(start)) start++
  while (end > start && isEdge(end - 1)) end--
  return text.slice(start, end)
}

/** As `==` does in PHP 8. */
export function isLooselyEqual(one: PhpValue, other: PhpValue): boolean {
  if (typeof one === 'boolean' || typeof other === 'boolean') return toBoolean(one) === toBoolean(other)
  if (one === null || other === null) return isNothing(one) && isNothing(other)
  if (one instanceof Map || other instanceof Map)
    return one instanceof Map && other instanceof Map && haveSameMembers(one, other)
  if (typeof one === 'string' && typeof other === 'string') return areSameTexts(one, other)
  const [left, right] = [toComparable(one), toComparable(other)]
  if (typeof left === 'string' || typeof right === 'string') return toText(one) === toText(other)
  return typeof left === typeof right ? left === right : Number(left) === Number(right)
}

function areSameTexts(one: string, other: string): boolean {
  if (WHOLE.test(one) && WHOLE.test(other)) return BigInt(one) === BigInt(other)
  if (!NUMERIC.test(one) || !NUMERIC.test(other)) return one === other
  return Number.isFinite(Number(one)) ? Number(one) === Number(other) : one === other
}

function haveSameMembers(one: PhpArray, other: PhpArray): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([key, member]) => {
    const match = other.get(key)
    return match !== undefined && isLooselyEqual(member, match)
  })
}

/** A number, or a string that does not read as one. */
function toComparable(value: bigint | number | string): bigint | number | string {
  if (typeof value !== 'string' || !NUMERIC.test(value)) return value
  return WHOLE.test(value) ? BigInt(value) : Number(value)
}

/** Whether it equals null. */
function isNothing(value: PhpValue): boolean {
  return typeof value === 'string' ? value === '' : !toBoolean(value)
}

function toBoolean(value: PhpValue): boolean {
  if (value instanceof Map) return value.size > 0
  return typeof value === 'string' ? value !== '' && value !== '0' : Boolean(value)
}
