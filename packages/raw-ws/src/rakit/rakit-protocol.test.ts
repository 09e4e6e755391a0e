import { createFakeClock, type ProtocolRig, protocolConformance } from '@org/realtime-testing'
import { describe, it } from 'vitest'
import { createRakitProtocol } from './rakit-protocol.ts'
import { serveRakit } from './rakit-test-setup.ts'

const rig = (): ProtocolRig => ({
  protocol: createRakitProtocol(),
  server: serveRakit(createFakeClock()),
  names: [
    ['kamar.7/é', 'message'],
    ['{"event":1}', 'message'],
  ],
  malformed: [Uint8Array.of(1, 2), new Uint8Array()],
})

protocolConformance(
  'rakit',
  rig,
  { describe, it },
  {
    // Rakit drops a channel message of null, so the client refuses it: 'a message of null' tests that.
    except: ['brings publishes to the far end as they were meant, and settles each'],
  },
)
