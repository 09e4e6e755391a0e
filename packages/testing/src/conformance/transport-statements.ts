import { type Frame, RealtimeError } from '@org/realtime-core/kit'
import { assert, assertEqual } from './assert.ts'
import type { Statement } from './runner.ts'
import {
  eventually,
  type FarSession,
  type NearSession,
  type SessionLog,
  type TransportRig,
} from './transport-rig.ts'

export interface TransportSubject {
  readonly rig: TransportRig
  readonly isStream: boolean
  dial(): NearSession
  connect(): Promise<{ readonly near: NearSession; readonly far: FarSession }>
  /** Everything sent before has had its chance: a later session has made a whole round. */
  barrier(): Promise<void>
}

export const frames = ({ log }: NearSession): Frame[] =>
  log
    .filter((entry): entry is SessionLog[number] & readonly ['frame', Frame] => entry[0] === 'frame')
    .map(([, frame]) => frame)

const ends = ({ log }: NearSession): number => log.filter(([kind]) => kind === 'end').length

const encoder = new TextEncoder()

function join(parts: readonly Frame[]): Uint8Array {
  const bytes = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part))
  const whole = new Uint8Array(bytes.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of bytes) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Asked again and again, while megabytes arrive. */
const toLength = (parts: readonly Frame[]): number =>
  parts.reduce((sum, part) => sum + (typeof part === 'string' ? encoder.encode(part) : part).length, 0)

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])

const big = Uint8Array.from({ length: 2 ** 20 }, (_, index) => index % 251)

/** What goes each way: over a stream only its bytes count. */
const samples = (isStream: boolean): Frame[] =>
  isStream
    ? [Uint8Array.of(1), big, Uint8Array.of(0, 255)]
    : ['a', Uint8Array.of(0, 255), '', 'ä€😀', new Uint8Array(0), big, 'x'.repeat(2 ** 20)]

export function same(actual: readonly Frame[], expected: readonly Frame[], isStream: boolean): boolean {
  if (!isEqual(join(actual), join(expected))) return false
  const kinds = (parts: readonly Frame[]): string => `${parts.map((part) => `${typeof part} ${part.length}`)}`
  return isStream || kinds(actual) === kinds(expected)
}

/** What the connection relies on, one statement each. */
export const transportStatements: readonly Statement<TransportSubject>[] = [
  {
    name: 'opens once and reports the subprotocol that the far end picked',
    async run({ connect, barrier, isStream }) {
      const { near } = await connect()
      await barrier()
      assertEqual(near.log, [['open', isStream ? '' : 'two']], 'reports')
    },
  },
  {
    name: 'carries frames of every kind and size to the far end, in order',
    async run({ connect, isStream }) {
      const { near, far } = await connect()
      for (const frame of samples(isStream)) near.send(frame)
      const total = toLength(samples(isStream))
      await eventually(() => toLength(far.received) >= total, 'all frames arrive')
      assert(same(far.received, samples(isStream), isStream), 'Frames differ from what was sent')
    },
  },
  {
    name: 'carries frames of every kind and size from the far end, in order',
    async run({ connect, isStream }) {
      const { near, far } = await connect()
      for (const frame of samples(isStream)) await far.send(frame)
      const total = toLength(samples(isStream))
      await eventually(() => toLength(frames(near)) >= total, 'all frames arrive')
      assert(same(frames(near), samples(isStream), isStream), 'Frames differ from what was sent')
    },
  },
  {
    name: 'reports an end once, with its code and reason, and nothing after it',
    async run({ connect, barrier, rig, isStream }) {
      const { near, far } = await connect()
      await far.end(4321, 'because')
      await eventually(() => near.is('end'), 'the end is reported')
      await barrier()
      assertEqual([ends(near), near.log.at(-1)?.[0]], [1, 'end'], 'ends')
      const end = near.log.at(-1)?.[1] as { code?: number; reason?: string }
      if (rig.hasCloseCodes ?? !isStream) assertEqual([end.code, end.reason], [4321, 'because'], 'end')
    },
  },
  {
    name: 'reports a cut connection as one end',
    async run({ connect, barrier }) {
      const { near, far } = await connect()
      await far.drop()
      await eventually(() => near.is('end'), 'the end is reported')
      await barrier()
      assertEqual(ends(near), 1, 'ends')
    },
  },
  {
    name: 'reports a refused dial as one end, without opening',
    async run({ dial, rig, barrier }) {
      await rig.answer('refuse')
      const near = dial()
      await eventually(() => near.is('end'), 'the end is reported')
      await barrier()
      assertEqual([near.is('open'), ends(near)], [false, 1], 'opened, ends')
    },
  },
  {
    name: 'reports nothing after its own close()',
    async run({ connect, barrier }) {
      const { near, far } = await connect()
      await far.send(Uint8Array.of(1))
      near.close(1000, 'enough')
      const before = near.log.length
      await far.send(Uint8Array.of(2))
      await eventually(() => far.over !== undefined, 'the far end sees the close')
      await barrier()
      assertEqual(near.log.length, before, 'reports')
    },
  },
  {
    name: 'tells the far end the code and reason of close()',
    async run({ connect, rig, isStream }) {
      const { near, far } = await connect()
      near.close(4002, 'enough')
      await eventually(() => far.over !== undefined, 'the far end sees the close')
      if (rig.hasCloseCodes ?? !isStream) assertEqual(far.over, { code: 4002, reason: 'enough' }, 'close')
    },
  },
  {
    name: 'sends what was handed over before close()',
    async run({ connect }) {
      const { near, far } = await connect()
      near.send(big)
      near.close(1000)
      await eventually(() => far.over !== undefined, 'the far end sees the close')
      assertEqual(join(far.received).length, big.length, 'bytes received')
    },
  },
  {
    name: 'takes close() in every state and as often as it comes',
    async run({ connect, dial, barrier, rig }) {
      await rig.answer('hang')
      const dialling = dial()
      dialling.close(1000)
      dialling.close()
      await rig.answer('accept')
      const justDialled = dial()
      justDialled.close()
      const { near } = await connect()
      near.close()
      near.close(1000, 'again')
      await barrier()
      assertEqual([dialling.log, justDialled.log, near.log.length], [[], [], 1], 'reports')
    },
  },
  {
    name: 'does not wait for a far end that is taken for dead',
    async run({ connect, barrier }) {
      const { near, far } = await connect()
      await far.halfOpen()
      near.send(Uint8Array.of(1))
      near.close()
      await barrier()
      assertEqual(near.log.length, 1, 'reports')
    },
  },
  {
    name: 'tells how many bytes wait, and 0 once they are gone',
    async run({ connect }) {
      const { near, far } = await connect()
      assertEqual(near.bufferedBytes, 0, 'bytes waiting at first')
      near.send(big)
      assert(
        Number.isFinite(near.bufferedBytes) && near.bufferedBytes >= 0,
        'bufferedBytes is not a number of bytes',
      )
      await eventually(
        () => join(far.received).length === big.length && near.bufferedBytes === 0,
        'bufferedBytes is 0',
      )
    },
  },
  {
    name: 'keeps sessions apart',
    async run({ connect }) {
      const first = await connect()
      const second = await connect()
      await first.far.send(Uint8Array.of(1))
      second.near.send(Uint8Array.of(2))
      first.near.close(1000)
      await second.far.send(Uint8Array.of(3))
      await eventually(
        () => frames(second.near).length > 0 && second.far.received.length > 0,
        'frames arrive',
      )
      assertEqual([[...join(frames(second.near))], first.far.received], [[3], []], 'what arrived')
      assertEqual(second.near.is('end'), false, 'end of the second')
    },
  },
  {
    name: 'does not break when something is sent before it opens or after its end',
    async run({ connect, dial, barrier }) {
      const attempt = (near: NearSession): void => {
        try {
          near.send(Uint8Array.of(9))
        } catch {
          // Refusing it is as good as ignoring it.
        }
      }
      const early = dial()
      attempt(early)
      await eventually(() => early.is('open'), 'the session opens')
      const { near, far } = await connect()
      await far.drop()
      await eventually(() => near.is('end'), 'the end is reported')
      attempt(near)
      near.close(1000)
      await barrier()
      assertEqual(ends(near), 1, 'ends')
    },
  },
  {
    name: 'throws option.invalid for an address that can never work',
    async run({ rig }) {
      try {
        rig.transport(
          { url: rig.malformedUrl ?? 'no address', subprotocols: [] },
          { open() {}, frame() {}, end() {} },
        )
      } catch (error) {
        assert(RealtimeError.is(error, 'option.invalid'), `Threw something else: ${error}`)
        return
      }
      assert(false, 'Did not throw')
    },
  },
]
