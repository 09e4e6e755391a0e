/** The old value where the new one says nothing else: lists and plain objects are compared one level deep. */
export function keep<T>(next: T, old: unknown): T {
  return isSame(next, old) ? (old as T) : next
}

/** One level deep for lists and plain objects; everything else by identity. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, index) => Object.is(value, b[index]))
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && Object.is(a[key], b[key]))
  )
}

/** Objects of other classes may hold what their keys do not show. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (value as object | undefined)?.constructor === Object
