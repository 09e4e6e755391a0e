import { createHash } from 'node:crypto'

/** A program that Redis carries out in one step. */
export interface Script {
  readonly text: string
  /** What Redis calls it, once it has it. */
  readonly sha: string
}

/** @param parts put together in this order; the first ones declare what the last one uses */
export function createScript(...parts: readonly string[]): Script {
  const text = parts.join('\n')
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
