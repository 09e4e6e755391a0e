import { protocolConformance } from '@org/realtime-testing'
import { describe, it } from 'vitest'
import { createFakeBroker } from './fake-broker-test-setup.ts'
import { createProtocol, untyped } from './protocol-test-setup.ts'

/** A wish of the server to leave is a DISCONNECT, after which the connection is gone: nothing hands over. */
for (const level of [5, 4] as const)
  protocolConformance(
    `MQTT ${level}`,
    () => ({
      protocol: untyped(createProtocol({ level, clean: false, sessionExpiryMs: 60_000 })),
      server: createFakeBroker(),
      names: [
        ['a/b', 'message'],
        ['ä/😀/$x', 'message'],
      ],
      malformed: [
        'text',
        Uint8Array.of(0x40, 0),
        Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff),
        Uint8Array.of(0, 0),
      ],
    }),
    { describe, it },
  )
