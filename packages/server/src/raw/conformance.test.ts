import { createStrictProtocol } from '@org/realtime-raw-ws'
import { protocolConformance } from '@org/realtime-testing'
import { describe, it } from 'vitest'
import { createFarEnd } from '../memory-test-setup.ts'

const names = [
  ['presence-desk.ä', 'Event.With.Dots'],
  ['a/b', 'client-typing'],
  ['__proto__', 'constructor'],
] as const

protocolConformance(
  'the client of raw-ws on /raw',
  () => ({ protocol: createStrictProtocol(), server: createFarEnd(), names }),
  { describe, it },
)
