import { invalid } from '../errors.ts'

/** What a member may be. */
export interface Check {
  readonly expected: string
  fits(value: unknown): boolean
}

export const text: Check = { expected: 'text', fits: (value) => typeof value === 'string' && value !== '' }

export const anyText: Check = { expected: 'text', fits: (value) => typeof value === 'string' }

export const count: Check = whole(1, Number.MAX_SAFE_INTEGER)

export const ms: Check = {
  expected: 'milliseconds from 0 to 1 day',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 86_400_000,
}

export const status: Check = whole(400, 599)

export const closeCode: Check = {
  expected: 'a close code: 1000 to 1003, 1007 to 1014, 3000 to 4999',
  fits: (value) =>
    [
      [1000, 1003],
      [1007, 1014],
      [3000, 4999],
    ].some(([from = 0, to = 0]) => whole(from, to).fits(value)),
}

export function words(...all: readonly string[]): Check {
  return { expected: `one of ${all.join(', ')}`, fits: (value) => all.includes(value as string) }
}

function whole(least: number, most: number): Check {
  return {
    expected: `a whole number from ${least} to ${most}`,
    fits: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  }
}

/** The members of an object. One whose name ends in `?` may be missing. */
export type Shape = Readonly<Record<string, Check>>

/**
 * What a later shape says of a member counts.
 * @throws ServerError `option.invalid` that names the member and what it accepts
 */
export function checkMembers(
  what: string,
  given: Readonly<Record<string, unknown>>,
  shapes: readonly Shape[],
  unknown = 'left out',
): void {
  const known = new Map(
    shapes.flatMap((shape) =>
      Object.entries(shape).map(([name, check]) => [name.replace('?', ''), { name, check }] as const),
    ),
  )
  for (const [member, { name, check }] of known) {
    const mayMiss = name.endsWith('?') && given[member] === undefined
    if (!mayMiss && !check.fits(given[member]))
      throw invalid(`${what}.${member}`, check.expected, given[member])
  }
  const stranger = Object.keys(given).find((name) => !known.has(name))
  if (stranger !== undefined) throw invalid(`${what}.${stranger}`, unknown, given[stranger])
}
