import type { Clock } from '@org/realtime-core/kit'
import { settled } from '../settled.ts'
import { assert, assertEqual, isEqual } from './assert.ts'

type Condition = () => boolean | Promise<boolean>

/** Waiting for something to come true, with an end. */
export interface Wait {
  until(condition: Condition, what: string, withinMs?: number): Promise<void>
  untilEqual(read: () => unknown, expected: unknown, what: string): Promise<void>
}

interface Patience {
  readonly clock: Pick<Clock, 'now'>
  readonly patienceMs: number
  /** How long to wait between two looks. */
  readonly lookMs: number
  pass(ms: number): Promise<void>
}

/** `explain` says how things stand when it was in vain. */
export function createWait({ clock, patienceMs, lookMs, pass }: Patience, explain: () => string): Wait {
  const holds = async (condition: Condition, withinMs = patienceMs): Promise<boolean> => {
    const giveUpAt = clock.now() + withinMs
    for (;;) {
      await settled()
      if (await condition()) return true
      if (clock.now() >= giveUpAt) return false
      await pass(lookMs)
    }
  }
  return {
    async until(condition, what, withinMs) {
      assert(await holds(condition, withinMs), `Did not happen in time: ${what} (${explain()})`)
    },
    async untilEqual(read, expected, what) {
      let found: unknown
      await holds(async () => {
        found = await read()
        return isEqual(found, expected)
      })
      assertEqual(found, expected, what)
    },
  }
}
