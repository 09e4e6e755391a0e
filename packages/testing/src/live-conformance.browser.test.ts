import { describe, it, vi } from 'vitest'
import { farEnds } from './far-end.ts'
import { protocolConformance } from './protocol-conformance.ts'
import { startRemote, startRemoteRig } from './remote-far-end-test-setup.ts'
import { transportConformance } from './transport-conformance.ts'

vi.setConfig({ testTimeout: 30_000 })

transportConformance('websocket in Chromium', startRemoteRig, { describe, it })

for (const kind of ['acked', 'send-only', 'binary'] as const) {
  const except =
    kind === 'acked' ? [] : ['neither loses nor doubles a message while it moves to a new connection']
  const start = async () => ({ protocol: farEnds[kind]().protocol, ...(await startRemote(kind)) })
  protocolConformance(`${kind} in Chromium`, start, { describe, it }, { except })
}
