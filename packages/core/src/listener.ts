import type { GapHold } from './gap.ts'
import type { Meta } from './protocol.ts'
import type { Gate } from './rate.ts'

/** What a listener is called with: its value, and where it came from. */
export type ListenerFn = (value: unknown, meta: Meta) => void

export interface Listener {
  readonly fn: ListenerFn
  readonly hold: GapHold
  gate: Gate | undefined
  active: boolean
}
