/** The old value where the new one says nothing else: lists and plain objects are compared one level deep. */
export function keep<T>(next: T, old: unknown): T {
  return isSame(next, old) ? (old as T) : next
}

/** One level deep for lists and plain objects; everything else by identity. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && Object.is(a[key], b[key]))
  )
}

/** Objects of other classes may hold what their keys do not show. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Array.isArray(value) || (value as object | undefined)?.constructor === Object
