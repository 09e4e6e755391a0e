import { protocolConformance } from '@org/realtime-testing'
import { describe, it, vi } from 'vitest'
import { classes } from '../compat/clients-test-setup.ts'
import type { Dialect } from '../far-end-test-setup.ts'
import { createLiveFarEnd } from '../live-far-end-test-setup.ts'
import { toLiveServer } from '../live-server-test-setup.ts'
import { foreignProtocol } from './bridge.ts'
import type { ForeignPusher } from './foreign.ts'
import { createForeignPort } from './port.ts'

vi.setConfig({ testTimeout: 30_000 })

/** What cannot hold over a connection of pusher-js, and why. */
const exceptions = {
  'is not ready before the far end has answered, and ready once when it has':
    'the bridge sees a connection only once pusher-js has shaken hands',
  'moves to a new connection, and hears what is sent before and after':
    'its owner dials: a bridge cannot open a second connection',
  'neither loses nor doubles a message while it moves to a new connection':
    'its owner dials: a bridge cannot open a second connection',
  'sends nothing of one identity under the next':
    'pusher-js has one identity, and its owner gives it: a bridged client has no reauthenticate()',
  'takes new credentials without an interruption':
    'pusher-js asks for its own credentials: a bridged client has no reauthenticate()',
  'answers a malformed frame with an error or a failure, and lives on':
    'pusher-js reads the frames, and drops those it cannot read',
  'survives frames that were cut or changed on their way, in every state': 'pusher-js reads the frames',
  'finds a far end that has fallen silent, or shows signs of life itself':
    'pusher-js watches over its own connection',
  'says nothing more once it has said goodbye': 'close() leaves the connection to its owner',
}

const exceptionsOfReverb = {
  ...exceptions,
  'reports a refused channel, and neither the others nor the connection suffer':
    'Reverb names no channel when it refuses one, and pusher-js attributes it to none',
}

async function start(Class: (typeof classes)[string], dialect: Dialect, prefix: string) {
  const farEnd = await createLiveFarEnd({ dialect })
  const pusher = new Class(farEnd.key, {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: farEnd.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    authEndpoint: `${farEnd.url}/broadcasting/auth`,
  })
  return {
    protocol: foreignProtocol,
    port: (clock: Parameters<typeof createForeignPort>[2]) =>
      createForeignPort(pusher as unknown as ForeignPusher, false, clock),
    holdDials() {
      farEnd.outage()
      return farEnd.restore
    },
    url: farEnd.url,
    server: toLiveServer(farEnd),
    channels: [`${prefix}a`, `${prefix}b`, `${prefix}c`] as const,
    names: [
      [`${prefix}room.1`, 'App\\Events\\Shipped'],
      [`${prefix}a=b@c,d;e_f`, 'scada.data.received'],
    ] as const,
    async stop() {
      pusher.disconnect()
      await farEnd.stop()
    },
  }
}

for (const [name, Class] of Object.entries(classes))
  for (const [dialect, prefix] of [
    ['pusher', 'private-'],
    ['soketi', ''],
    ['reverb', 'private-'],
  ] as const)
    protocolConformance(
      `the bridge over ${name}, ${prefix || 'public '}channels of ${dialect}`,
      () => start(Class, dialect, prefix),
      { describe, it },
      { except: dialect === 'reverb' ? exceptionsOfReverb : exceptions },
    )
