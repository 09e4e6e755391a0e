import { protocolConformance } from '@org/realtime-testing'
import mqttJs from 'mqtt'
import { describe, it, vi } from 'vitest'
import { names } from '../names.ts'
import { startReference, toLiveServer } from '../reference-test-setup.ts'
import { createForeignProtocol } from './bridge.ts'
import { createForeignPort } from './port.ts'

vi.setConfig({ testTimeout: 30_000 })

/** What cannot hold over a connection of MQTT.js, and why. */
const exceptions = {
  'is not ready before the far end has answered, and ready once when it has':
    'the bridge sees a connection only once MQTT.js has shaken hands',
  'moves to a new connection, and hears what is sent before and after':
    'its owner dials: a bridge cannot open a second connection',
  'neither loses nor doubles a message while it moves to a new connection':
    'its owner dials: a bridge cannot open a second connection',
  'sends nothing of one identity under the next':
    'MQTT.js has one identity, and its owner gives it: a bridged client has no reauthenticate()',
  'takes new credentials without an interruption':
    'MQTT.js asks for its own credentials: a bridged client has no reauthenticate()',
  'answers a malformed frame with an error or a failure, and lives on': 'MQTT.js reads the packets',
  'survives frames that were cut or changed on their way, in every state': 'MQTT.js reads the packets',
  'finds a far end that has fallen silent, or shows signs of life itself':
    'MQTT.js watches over its own connection',
  'says nothing more once it has said goodbye': 'close() leaves the connection to its owner',
}

const json = () => 'json' as const

for (const protocolVersion of [5, 4] as const)
  protocolConformance(
    `the bridge over MQTT.js, MQTT ${protocolVersion}`,
    async () => {
      const { server, stop, ws } = await startReference()
      const foreign = mqttJs.connect(`${ws}/mqtt`, {
        protocolVersion,
        reconnectPeriod: 20,
        clean: false,
        clientId: 'bridged',
        ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 60 } }),
      })
      return {
        protocol: createForeignProtocol(names.message, json) as never,
        port: (clock: Parameters<typeof createForeignPort>[1]['clock']) =>
          createForeignPort(foreign, { names: names.message, formatOf: json, own: false, clock }),
        holdDials: () => server.faults.add({ at: 'upgrade', do: 'refuse' }),
        url: ws,
        server: toLiveServer(server),
        names: [
          ['a/b', 'message'],
          ['ä/😀/$x', 'message'],
        ] as const,
        async stop() {
          await foreign.endAsync(true)
          await stop()
        },
      }
    },
    { describe, it },
    { except: exceptions },
  )
