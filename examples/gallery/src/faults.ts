import type { Control } from '@org/example-backend/control'
import type { FaultRule } from '@org/realtime-server'
import type { Booking } from './channels.ts'
import { DESK } from './channels.ts'
import type { PageSignals } from './page-signals.ts'

interface Words {
  readonly id: string
  readonly label: string
  readonly hint: string
}

/** Something that goes wrong once, or goes on being wrong until it is switched off. */
export type Fault = Words &
  (
    | { readonly kind: 'once'; run(): Promise<unknown> }
    | { readonly kind: 'switch'; set(on: boolean): Promise<unknown> }
  )

export interface FaultGroup {
  readonly title: string
  readonly faults: readonly Fault[]
}

/** What faults are made of. */
export interface FaultTools {
  readonly control: Control
  readonly signals: PageSignals
  /** This page, so that other pages at the same server go on undisturbed where that is possible. */
  readonly user: string
  book(): Booking
}

const STALL_MS = 60_000
const SLOW_MS = 900
const FORGET_MS = 10_000

export function createFaults(tools: FaultTools): readonly FaultGroup[] {
  return [
    { title: 'Network', faults: networkFaults(tools) },
    { title: 'Server', faults: serverFaults(tools) },
    { title: 'Session', faults: sessionFaults(tools) },
    { title: 'Channel', faults: channelFaults(tools) },
  ]
}

/** Does it once. */
const strike = ({ control }: FaultTools, ...rules: readonly FaultRule[]): Promise<unknown> =>
  Promise.all(rules.map((rule) => control.add(rule)))

/** Holds a rule while it is on. */
function hold({ control }: FaultTools, rule: FaultRule): (on: boolean) => Promise<unknown> {
  let held: Promise<() => Promise<void>> | undefined
  return async (on) => {
    if (on) held = control.add(rule)
    const release = await held
    if (!on) await release?.()
  }
}

const cut = (user: string): FaultRule => ({ at: 'now', do: 'cut', user })

function networkFaults(tools: FaultTools): readonly Fault[] {
  const { signals, user } = tools
  const slow = hold(tools, { at: 'frame', do: 'delay', ms: SLOW_MS, user })
  const noWay = hold(tools, { at: 'upgrade', do: 'stall' })
  const silence = hold(tools, { at: 'now', do: 'freeze', user })
  return [
    {
      id: 'drop',
      label: 'Drop the line',
      hint: 'The socket ends without a word.',
      kind: 'once',
      run: () => strike(tools, cut(user)),
    },
    {
      id: 'stall',
      label: 'Go silent',
      hint: 'Half-open: nothing arrives any more. The heartbeat finds out.',
      kind: 'once',
      run: () => strike(tools, { at: 'now', do: 'freeze', forMs: STALL_MS, user }),
    },
    {
      id: 'slow',
      label: 'Slow network',
      hint: `${SLOW_MS} ms each way. “Check now” measures it.`,
      kind: 'switch',
      set: slow,
    },
    {
      id: 'offline',
      label: 'Go offline',
      hint: 'A hint to probe. Back online, it tries at once.',
      kind: 'switch',
      set(on) {
        signals.offline(on)
        return Promise.all([noWay(on), silence(on)])
      },
    },
  ]
}

function serverFaults(tools: FaultTools): readonly Fault[] {
  const { user } = tools
  const down = hold(tools, { at: 'upgrade', do: 'refuse', status: 503 })
  const hangUp = hold(tools, { at: 'open', do: 'close', code: 1011, reason: 'accepted by mistake' })
  return [
    {
      id: 'down',
      label: 'Server down',
      hint: 'Refuses every dial. Watch the delays grow.',
      kind: 'switch',
      set(on) {
        return Promise.all([down(on), on && strike(tools, cut(user))])
      },
    },
    {
      id: 'hang-up',
      label: 'Accept and hang up',
      hint: 'An open socket is no success: delays grow.',
      kind: 'switch',
      set(on) {
        return Promise.all([hangUp(on), on && strike(tools, cut(user))])
      },
    },
    {
      id: 'busy',
      label: 'Send away for 5 s',
      hint: '“Come back in 5 s”, and the line ends.',
      kind: 'once',
      run: () => strike(tools, { at: 'now', do: 'later', ms: 5000, user }, cut(user)),
    },
    {
      id: 'drain',
      label: 'Drain',
      hint: 'Moves to a second line before the first ends.',
      kind: 'once',
      run: () => strike(tools, { at: 'now', do: 'drain', windowMs: 1500, user }),
    },
  ]
}

function sessionFaults(tools: FaultTools): readonly Fault[] {
  const { signals, user } = tools
  return [
    {
      id: 'refuse',
      label: 'Refuse for good',
      hint: '“Do not come back”: fails until you connect.',
      kind: 'once',
      run: () => strike(tools, { at: 'now', do: 'close', code: 4002, reason: 'not welcome', user }),
    },
    {
      id: 'hide',
      label: 'Hide the page',
      hint: 'Rests after 3 s out of sight.',
      kind: 'switch',
      set: async (on) => signals.hide(on),
    },
    {
      id: 'expire',
      label: 'Expire the token',
      hint: 'Fetches new credentials, on the same line.',
      kind: 'once',
      run: () => strike(tools, { at: 'now', do: 'expire', inMs: 5000, user }),
    },
  ]
}

function channelFaults(tools: FaultTools): readonly Fault[] {
  const { control, user, book } = tools
  const reject = hold(tools, { at: 'join', do: 'refuse', code: 'forbidden', channel: DESK, user })
  const swallow = hold(tools, { at: 'frame', do: 'drop', direction: 'out', type: 'ack', user })
  return [
    {
      id: 'evict',
      label: 'Lose history',
      hint: 'Drops, and the server forgets three events.',
      kind: 'once',
      run() {
        // Frozen first, so that it cannot hear or come back before they are forgotten.
        return Promise.all([
          strike(tools, { at: 'now', do: 'freeze', what: 'writes', forMs: FORGET_MS, user }),
          ...[book(), book(), book()].map((booking) => control.publish(DESK, 'Booked', booking)),
          strike(tools, { at: 'now', do: 'evict', channel: DESK }, cut(user)),
        ])
      },
    },
    {
      id: 'skip',
      label: 'Skip an event',
      hint: 'One never comes: the next shows the hole.',
      kind: 'once',
      run: () =>
        strike(tools, {
          at: 'frame',
          do: 'drop',
          direction: 'out',
          type: 'msg',
          channel: DESK,
          nth: 1,
          user,
        }),
    },
    {
      id: 'reject',
      label: 'Refuse the channel',
      hint: 'Drops, and may not join again.',
      kind: 'switch',
      set(on) {
        return Promise.all([reject(on), on && strike(tools, cut(user))])
      },
    },
    {
      id: 'swallow',
      label: 'Swallow receipts',
      hint: 'Publishes arrive, acknowledgements do not.',
      kind: 'switch',
      set: swallow,
    },
  ]
}
