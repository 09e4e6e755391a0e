import { DESK, type FarEnd } from './far-end.ts'

interface Words {
  readonly id: string
  readonly label: string
  readonly hint: string
}

/** Something that goes wrong once, or goes on being wrong until it is switched off. */
export type Fault = Words &
  ({ readonly kind: 'once'; run(): void } | { readonly kind: 'switch'; set(on: boolean): void })

export interface FaultGroup {
  readonly title: string
  readonly faults: readonly Fault[]
}

export function createFaults(far: FarEnd): readonly FaultGroup[] {
  return [
    { title: 'Network', faults: networkFaults(far) },
    { title: 'Server', faults: serverFaults(far) },
    { title: 'Page', faults: pageFaults(far) },
    { title: 'Channel', faults: channelFaults(far) },
  ]
}

function networkFaults(far: FarEnd): readonly Fault[] {
  return [
    {
      id: 'drop',
      label: 'Drop the line',
      hint: 'The socket ends without a word (1006).',
      kind: 'once',
      run: () => far.server.dropAll(),
    },
    {
      id: 'stall',
      label: 'Go silent',
      hint: 'Half-open: the socket stays, nothing arrives. Found by the heartbeat in under 8 s.',
      kind: 'once',
      run: far.stall,
    },
    {
      id: 'slow',
      label: 'Slow network',
      hint: '900 ms each way. Press “Check now” to measure.',
      kind: 'switch',
      set: far.slow,
    },
    {
      id: 'offline',
      label: 'Go offline',
      hint: 'A hint to probe, not a reason to drop. Online again: tried at once.',
      kind: 'switch',
      set(on) {
        far.obstruct('offline', on)
        if (on) far.stall()
        else far.unstall()
        if (on) far.signals.offline()
        else far.signals.online()
      },
    },
  ]
}

function serverFaults(far: FarEnd): readonly Fault[] {
  return [
    {
      id: 'down',
      label: 'Server down',
      hint: 'Every dial is refused (503). Watch the delays grow, and vary.',
      kind: 'switch',
      set(on) {
        far.obstruct('down', on)
        if (on) far.server.dropAll()
      },
    },
    {
      id: 'hang-up',
      label: 'Accept, then hang up',
      hint: 'An open socket is no success: the delays go on growing.',
      kind: 'switch',
      set(on) {
        far.obstruct('hang-up', on)
        if (on) far.server.dropAll()
      },
    },
    {
      id: 'busy',
      label: 'Send away for 5 s',
      hint: 'The server names a time, then ends the line. It is kept.',
      kind: 'once',
      run() {
        far.server.retryAfter(5000)
        far.server.dropAll()
      },
    },
    {
      id: 'drain',
      label: 'Drain',
      hint: 'The server asks to move: a second line takes over, nothing is missed.',
      kind: 'once',
      run: () => far.server.drain(1500),
    },
    {
      id: 'refuse',
      label: 'Refuse for good',
      hint: 'Close code 4002 means: do not come back. It fails until you connect.',
      kind: 'once',
      run: () => far.end(4002, 'not welcome'),
    },
  ]
}

function pageFaults(far: FarEnd): readonly Fault[] {
  return [
    {
      id: 'hide',
      label: 'Hide the page',
      hint: 'After 3 s out of sight the connection rests. Shown again, it is back.',
      kind: 'switch',
      set: (on) => (on ? far.signals.hide() : far.signals.show()),
    },
    {
      id: 'expire',
      label: 'Expire the token',
      hint: 'New credentials are fetched and sent over the same line.',
      kind: 'once',
      run: () => far.server.expireTokens(),
    },
  ]
}

function channelFaults(far: FarEnd): readonly Fault[] {
  const { server } = far
  return [
    {
      id: 'evict',
      label: 'Lose history',
      hint: 'The line drops, three events pass, and the server forgets them: a gap.',
      kind: 'once',
      run() {
        server.dropAll()
        for (let count = 0; count < 3; count++) server.publish(DESK, 'Booked', far.book())
        server.evict(DESK)
      },
    },
    {
      id: 'skip',
      label: 'Skip an event',
      hint: 'One event is never delivered: the next one shows the hole.',
      kind: 'once',
      run: () => server.lose(DESK, 'Booked', far.book()),
    },
    {
      id: 'reject',
      label: 'Refuse the channel',
      hint: 'The line drops, and the channel may not be joined again. The connection lives.',
      kind: 'switch',
      set(on) {
        if (!on) return server.allow(DESK)
        server.refuse(DESK, { code: 'desk closed' })
        server.dropAll()
      },
    },
    {
      id: 'swallow',
      label: 'Swallow receipts',
      hint: 'Publishes arrive, but no acknowledgement does: their fate is unknown.',
      kind: 'switch',
      set: (on) => (on ? server.withhold('ack') : server.release()),
    },
  ]
}
