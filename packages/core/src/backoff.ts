import type { Clock } from './clock.ts'
import { numbers } from './options.ts'

export interface BackoffOptions {
  /** The window of the second try. @default 500 */
  readonly baseMs?: number
  /** What each further try multiplies the window by. @default 2 */
  readonly factor?: number
  /** The widest window. @default 20000 */
  readonly capMs?: number
  /** The shortest delay. @default 50 */
  readonly floorMs?: number
  /** The window of the first try after a connection that was stable. @default 1000 */
  readonly firstMs?: number
  /** The share of each window that is left to chance, from 0 (fixed delays) to 1. @default 1 */
  readonly jitter?: number
  /** How long a connection must have been up before the count of failures starts anew. @default 5000 */
  readonly stableMs?: number
  /** How many tries may follow the first failure in a row before the connection gives up. @default Infinity */
  readonly maxAttempts?: number
  /** Time since the first failure in a row after which it gives up. @default Infinity */
  readonly maxElapsedMs?: number
}

export type Backoff = Required<BackoffOptions>

export const defaultBackoff: Backoff = /* @__PURE__ */ numbers('backoff')

/** The delay before try `attempt` (1 = after the first failure), spread over the whole window. */
export function backoffDelay(backoff: Backoff, attempt: number, random: Clock['random']): number {
  const window = Math.min(backoff.capMs, backoff.baseMs * backoff.factor ** Math.min(attempt - 1, 31))
  return spread(backoff, window, random)
}

/** The delay before the first try after a connection that was stable. */
export const firstDelay = (backoff: Backoff, random: Clock['random']): number =>
  spread(backoff, backoff.firstMs, random)

function spread({ floorMs, jitter }: Backoff, window: number, random: Clock['random']): number {
  const least = Math.min(window, Math.max(floorMs, window * (1 - jitter)))
  return least + (window - least) * random()
}

const LONGEST_ADVICE_MS = 300_000

/** Advice of a server is followed within reason, whatever number it sends. */
export const withinReason = (ms: number): number => (ms > 0 ? Math.min(ms, LONGEST_ADVICE_MS) : 0)
