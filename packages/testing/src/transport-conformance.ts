import { type Runner, runStatements, type SuiteOptions } from './conformance/runner.ts'
import { createDialler, eventually, type FarSession, type TransportRig } from './conformance/transport-rig.ts'
import {
  frames,
  same,
  type TransportSubject,
  transportStatements,
} from './conformance/transport-statements.ts'

/**
 * Proves that a transport does what the connection relies on, against a far end of the real kind.
 * @example
 * transportConformance('websocket', () => startWebSocketRig(), { describe, it })
 */
export function transportConformance(
  name: string,
  factory: () => TransportRig | Promise<TransportRig>,
  runner: Runner,
  options: SuiteOptions = {},
): void {
  runStatements(`${name} as a transport`, transportStatements, runner, options, async ({ run }) => {
    const rig = await factory()
    const { dial, verify } = createDialler(rig)
    const isStream = rig.carries === 'stream'
    let marks = 0
    const connect: TransportSubject['connect'] = async () => {
      const near = dial()
      await eventually(() => near.is('open'), 'the session opens')
      // Who is who is known by what it says: a session given up while dialling may be accepted late.
      const mark = Uint8Array.of(77, marks++)
      near.send(mark)
      const find = (): FarSession | undefined =>
        rig.accepted.find(({ received }) => same(received, [mark], isStream))
      await eventually(() => find() !== undefined, 'a frame arrives')
      return { near, far: withoutMark(find() as FarSession) }
    }
    const barrier = async (): Promise<void> => {
      await rig.answer('accept')
      const { near, far } = await connect()
      await far.send(Uint8Array.of(1))
      await eventually(() => frames(near).length > 0, 'a frame arrives')
      near.close(1000)
      await eventually(() => far.over !== undefined, 'the far end sees the close')
    }
    try {
      await run({ rig, isStream, dial, connect, barrier })
      verify()
    } finally {
      await rig.stop()
    }
  })
}

const withoutMark = (far: FarSession): FarSession => ({
  get received() {
    const [first = '', ...rest] = far.received
    return first.length > 2 ? [first.slice(2), ...rest] : rest
  },
  get over() {
    return far.over
  },
  send: (frame) => far.send(frame),
  end: (code, reason) => far.end(code, reason),
  drop: () => far.drop(),
  halfOpen: () => far.halfOpen(),
})
