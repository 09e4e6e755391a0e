import { farEnds } from './far-end.ts'
import type { Kind } from './live-rigs-test-setup.ts'
import { startMqtt, startPusher, startRakit, startRawWs } from './reference-far-end-test-setup.ts'
import { type ListeningFarEnd, listen } from './ws-far-end-test-setup.ts'

/** Every far end that listens for real, by name. */
export const farEndKinds: Readonly<Record<Kind | 'pusher' | 'mqtt', () => Promise<ListeningFarEnd>>> = {
  acked: () => listen(farEnds.acked().server),
  'send-only': () => listen(farEnds['send-only']().server),
  binary: () => listen(farEnds.binary().server),
  'raw-ws': startRawWs,
  rakit: startRakit,
  // Their suites are in their own packages.
  pusher: startPusher,
  mqtt: startMqtt,
}
