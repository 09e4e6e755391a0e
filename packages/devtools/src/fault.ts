import type { Rule } from './control.ts'

/** Something that goes wrong at the press of a button. */
export interface Fault {
  readonly label: string
  /** What a person sees of it. */
  readonly hint: string
  /** What strikes once, in this order. */
  readonly once?: readonly Rule[]
  /** What holds until the button is pressed again. */
  readonly held?: readonly Rule[]
}

const SILENT_MS = 60_000
const SLOW_MS = 900

const cut: Rule = { at: 'now', do: 'cut' }

/** What can be done to everybody, whatever they speak. */
export const commonFaults: readonly Fault[] = [
  { label: 'Cut', hint: 'Ends every socket without a word', once: [cut] },
  {
    label: 'Go silent',
    hint: `Half-open for ${SILENT_MS / 1000} s: nothing arrives any more`,
    once: [{ at: 'now', do: 'freeze', forMs: SILENT_MS }],
  },
  { label: 'Drain', hint: 'Asks clients to move', once: [{ at: 'now', do: 'drain', windowMs: 1500 }] },
  {
    label: 'Slow',
    hint: `${SLOW_MS} ms each way`,
    held: [{ at: 'frame', do: 'delay', ms: SLOW_MS }],
  },
  {
    label: 'Server down',
    hint: 'Refuses every dial until you let it',
    held: [{ at: 'upgrade', do: 'refuse', status: 503 }],
    once: [cut],
  },
]
