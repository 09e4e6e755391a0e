import type { DropReason, ErrorCode, Receipt } from '@org/realtime-core'
import { expect } from 'vitest'
import { type ExpectedFrame, realtimeMatchers } from './matchers.ts'

/** The matchers of this package, on what `expect` returns. Each is described at `realtimeMatchers`. */
export interface RealtimeMatchers {
  toHaveSent(frame: ExpectedFrame): void
  toBeConnected(): void
  toBeJoined(continuity?: 'fresh' | 'complete' | 'latest-only' | 'unknown'): void
  toHaveReceived(channel: string, event: string, payload?: unknown): void
  toSettle(outcome?: Receipt['outcome'] | DropReason | ErrorCode): Promise<void>
}

declare module 'vitest' {
  interface Matchers<T> extends RealtimeMatchers {}
}

expect.extend(realtimeMatchers)
