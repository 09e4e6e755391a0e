import type { RealtimeError } from './errors.ts'
import type { Continuity } from './protocol.ts'

export type ChannelStatus =
  | { readonly state: 'left' }
  | { readonly state: 'joining' }
  /** `continuity` tells what is known of the time before; `fresh` on the first join. */
  | { readonly state: 'joined'; readonly continuity: 'fresh' | Continuity }
  /**
   * Refused. `retry()` asks again; so does the next connection, and where the refusal may pass the
   * client itself at `retryAt` (wall-clock time).
   */
  | { readonly state: 'rejected'; readonly error: RealtimeError; readonly retryAt?: number }

export const LEFT: ChannelStatus = Object.freeze({ state: 'left' })
export const JOINING: ChannelStatus = Object.freeze({ state: 'joining' })
