import { randomBytes } from 'node:crypto'

/** Text that nobody guesses; 16 bytes are 22 characters. */
export const randomId = (bytes = 16): string => randomBytes(bytes).toString('base64url')

/** Numbers things of this process, in a way that differs from other processes. */
export function createCounter(): () => string {
  const node = randomId(3)
  let count = 0
  return () => `${node}-${++count}`
}
