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
    { title: 'Session', faults: sessionFaults(far) },
    { title: 'Channel', faults: channelFaults(far) },
  ]
}

function networkFaults(far: FarEnd): readonly Fault[] {
  return [
    {
      id: 'drop',
      label: 'Drop the line',
      hint: 'The socket ends without a word.',
      kind: 'once',
      run: () => far.server.dropAll(),
    },
    {
      id: 'stall',
      label: 'Go silent',
      hint: 'Half-open: nothing arrives any more. The heartbeat finds out.',
      kind: 'once',
      run: far.stall,
    },
    {
      id: 'slow',
      label: 'Slow network',
      hint: '900 ms each way. “Check now” measures it.',
      kind: 'switch',
      set: far.slow,
    },
    {
      id: 'offline',
      label: 'Go offline',
      hint: 'A hint to probe. Back online, it tries at once.',
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
      hint: 'Refuses every dial. Watch the delays grow.',
      kind: 'switch',
      set(on) {
        far.obstruct('down', on)
        if (on) far.server.dropAll()
      },
    },
    {
      id: 'hang-up',
      label: 'Accept and hang up',
      hint: 'An open socket is no success: delays grow.',
      kind: 'switch',
      set(on) {
        far.obstruct('hang-up', on)
        if (on) far.server.dropAll()
      },
    },
    {
      id: 'busy',
      label: 'Send away for 5 s',
      hint: '“Come back in 5 s”, and the line ends.',
      kind: 'once',
      run() {
        far.server.retryAfter(5000)
        far.server.dropAll()
      },
    },
    {
      id: 'drain',
      label: 'Drain',
      hint: 'Moves to a second line before the first ends.',
      kind: 'once',
      run: () => far.server.drain(1500),
    },
  ]
}

function sessionFaults(far: FarEnd): readonly Fault[] {
  return [
    {
      id: 'refuse',
      label: 'Refuse for good',
      hint: '“Do not come back”: fails until you connect.',
      kind: 'once',
      run: () => far.end(4002, 'not welcome'),
    },
    {
      id: 'hide',
      label: 'Hide the page',
      hint: 'Rests after 3 s out of sight.',
      kind: 'switch',
      set: (on) => (on ? far.signals.hide() : far.signals.show()),
    },
    {
      id: 'expire',
      label: 'Expire the token',
      hint: 'Fetches new credentials, on the same line.',
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
      hint: 'Drops, and the server forgets three events.',
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
      hint: 'One never comes: the next shows the hole.',
      kind: 'once',
      run: () => server.lose(DESK, 'Booked', far.book()),
    },
    {
      id: 'reject',
      label: 'Refuse the channel',
      hint: 'Drops, and may not join again.',
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
      hint: 'Publishes arrive, acknowledgements do not.',
      kind: 'switch',
      set: (on) => (on ? server.withhold('ack') : server.release()),
    },
  ]
}
