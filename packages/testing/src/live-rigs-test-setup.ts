import { createRakitProtocol, createStrictProtocol } from '@org/realtime-raw-ws'
import type { ProtocolRig } from './conformance/protocol-rig.ts'
import type { SuiteOptions } from './conformance/runner.ts'
import { farEnds } from './far-end.ts'

interface Subject {
  readonly start: () => Omit<ProtocolRig, 'server'>
  readonly options?: SuiteOptions
}

const unnumbered = ['neither loses nor doubles a message while it moves to a new connection']

/** What runs over real sockets, by the kind of its far end. */
export const subjects = {
  acked: { start: () => ({ protocol: farEnds.acked().protocol }) },
  'send-only': {
    start: () => ({ protocol: farEnds['send-only']().protocol }),
    options: { except: unnumbered },
  },
  binary: { start: () => ({ protocol: farEnds.binary().protocol }), options: { except: unnumbered } },
  'raw-ws': {
    start: () => ({
      protocol: createStrictProtocol(),
      names: [
        ['kamar.7/é', 'Status Changed'],
        ['{"t":1}', '@me'],
        ['__proto__', 'constructor'],
      ],
      malformed: ['{', '[]', '{"t":"nothing of ours"}', '{"t":"msg","ch":1}', Uint8Array.of(0, 9, 1)],
    }),
  },
  rakit: {
    start: () => ({
      protocol: createRakitProtocol({ maxOutgoingBytes: 2040, decodeMessages: true, tracePayloads: false }),
      names: [
        ['kamar.7/é', 'message'],
        ['{"event":1}', 'message'],
      ],
      // Its server sends text of any kind.
      malformed: [Uint8Array.of(1, 2), new Uint8Array()],
    }),
    options: {
      // It drops a message of null, so the client refuses one.
      except: [...unnumbered, 'brings publishes to the far end as they were meant, and settles each'],
    },
  },
} as const satisfies Record<string, Subject>

export type Kind = keyof typeof subjects

export const kinds = Object.entries(subjects) as readonly [Kind, Subject][]
