/** The suites bring their own assertions, because every runner has others. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isEqual(actual, expected))
    throw new Error(`${what}: expected ${short(show(expected))}, found ${short(show(actual))}`)
}

export const isEqual = (actual: unknown, expected: unknown): boolean => show(actual) === show(expected)

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Uint8Array ? `bytes ${inner}` : inner)) ??
  'undefined'

const short = (text: string): string =>
  text.length > 300 ? `${text.slice(0, 300)}... (${text.length})` : text
