import { type ProtocolRig, protocolConformance } from '@org/realtime-testing'
import { rawWs } from '@org/realtime-testing/msw'
import { describe, it } from 'vitest'
import { createStrictProtocol } from './strict-protocol.ts'

const rig = (): ProtocolRig => ({
  protocol: createStrictProtocol(),
  server: rawWs.link('wss://example.org/raw').server,
  names: [
    ['kamar.7/é', 'Status Changed'],
    ['{"t":1}', '@me'],
  ],
  malformed: ['{', '[]', '{"t":"nothing of ours"}', '{"t":"msg","ch":1}', Uint8Array.of(0, 9, 1)],
})

protocolConformance('strict', rig, { describe, it })
