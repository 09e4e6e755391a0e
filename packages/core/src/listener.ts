import type { GapHold } from './gap.ts'
import type { Meta } from './protocol.ts'
import type { Gate } from './rate.ts'
import type { Schema } from './validate.ts'

/** What a listener is called with: its value, and where it came from. */
export type ListenerFn = (value: unknown, meta: Meta) => void

export interface Listener {
  readonly fn: ListenerFn
  readonly hold: GapHold
  gate: Gate | undefined
  active: boolean
}

/** Who hears an event of a channel, and what they need to know of it. */
export interface Route {
  readonly event: string
  readonly meta: Meta
  readonly schema: Schema | undefined
  readonly listeners: readonly Listener[]
  /** The first of them. */
  readonly fn: ListenerFn
}
