import { vi } from 'vitest'

/** Resolves when what it does throws no more; machines are busy. */
export const until = <T>(
  check: () => T | Promise<T>,
  options: { timeout?: number; interval?: number } = {},
): Promise<T> => vi.waitFor(check, { timeout: 25_000, interval: 20, ...options })
