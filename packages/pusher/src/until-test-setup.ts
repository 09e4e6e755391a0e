import { vi } from 'vitest'

/** Resolves when what it does throws no more; machines are busy. */
export const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 25_000, interval: 5 })
