import type { FaultRule } from '@org/realtime-server'

const SILENT_MS = 60_000
const SLOW_MS = 900

export interface Fault {
  readonly label: string
  readonly hint: string
  /** What strikes once. */
  readonly once?: FaultRule
  /** What holds as long as the button is down. */
  readonly held?: FaultRule
}

/** What can be done to every line of every example. */
export const faults: readonly Fault[] = [
  { label: 'Drop the lines', hint: 'Sockets end without a word.', once: { at: 'now', do: 'cut' } },
  {
    label: 'Go silent',
    hint: 'Half-open: nothing arrives any more.',
    once: { at: 'now', do: 'freeze', forMs: SILENT_MS },
  },
  {
    label: 'Drain',
    hint: 'Asks clients to move to another line.',
    once: { at: 'now', do: 'drain', windowMs: 1500 },
  },
  { label: 'Slow network', hint: `${SLOW_MS} ms each way.`, held: { at: 'frame', do: 'delay', ms: SLOW_MS } },
  {
    label: 'Server down',
    hint: 'Refuses every dial until you let it.',
    once: { at: 'now', do: 'cut' },
    held: { at: 'upgrade', do: 'refuse', status: 503 },
  },
]
