import { describe, it, vi } from 'vitest'
import { kinds } from './live-rigs-test-setup.ts'
import { protocolConformance } from './protocol-conformance.ts'
import { startRemote, startRemoteRig } from './remote-far-end-test-setup.ts'
import { transportConformance } from './transport-conformance.ts'

vi.setConfig({ testTimeout: 30_000 })

transportConformance('websocket in Chromium', startRemoteRig, { describe, it })

for (const [kind, { start, options }] of kinds) {
  const rig = async () => ({ ...start(), ...(await startRemote(kind)) })
  protocolConformance(`${kind} in Chromium`, rig, { describe, it }, options)
}
