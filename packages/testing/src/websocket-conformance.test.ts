import { websocketTransport } from '@org/realtime-core/kit'
import { describe, it } from 'vitest'
import { transportConformance } from './transport-conformance.ts'
import { startWebSocketFarEnd } from './websocket-rig-test-setup.ts'

const startRig = async () => ({ transport: websocketTransport(), ...(await startWebSocketFarEnd()) })

transportConformance('websocket', startRig, { describe, it })
