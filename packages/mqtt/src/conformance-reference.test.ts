import type { Protocol } from '@org/realtime-core/kit'
import { protocolConformance } from '@org/realtime-testing'
import { describe, it, vi } from 'vitest'
import { mqttTransport } from './mqtt-transport.ts'
import { createProtocol, untyped } from './protocol-test-setup.ts'
import { startReference, toLiveServer } from './reference-test-setup.ts'

vi.setConfig({ testTimeout: 30_000 })

/** Of QoS 0 nobody can say what is lost between two sockets that take their own time. */
const exactlyOnce = (protocol: Protocol): Protocol => ({
  ...protocol,
  open(...opening) {
    const link = protocol.open(...opening)
    return {
      ...link,
      subscribe: (requests) =>
        link.subscribe(requests.map((request) => ({ ...request, options: { ...request.options, qos: 2 } }))),
    }
  },
})

const bytes = [Uint8Array.of(0x40, 0), Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff), Uint8Array.of(0, 0)]

/** It waits for each frame to arrive, and over TCP one that is empty never does. */
const unframed = ['survives frames that were cut or changed on their way, in every state']

for (const kind of ['ws', 'tcp'] as const)
  for (const level of [5, 4] as const)
    protocolConformance(
      `MQTT ${level} on the reference server, over ${kind}`,
      async () => {
        const { server, stop, ...urls } = await startReference()
        return {
          url: kind === 'ws' ? `${urls.ws}/mqtt` : urls.tcp,
          transport: mqttTransport(undefined, undefined),
          protocol: exactlyOnce(untyped(createProtocol({ level, clean: false, sessionExpiryMs: 60_000 }))),
          server: toLiveServer(server),
          names: [
            ['a/b', 'message'],
            ['ä/😀/$x', 'message'],
          ],
          malformed: kind === 'ws' ? ['text', ...bytes] : bytes,
          stop,
        }
      },
      { describe, it },
      kind === 'tcp' ? { except: unframed } : {},
    )
