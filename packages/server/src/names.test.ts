import { expect, it } from 'vitest'
import { isOfNodes, MQTT_CHANNEL, MQTT_SESSIONS, REVOKED_CHANNEL } from './names.ts'

it('channels of nodes are those of no app, whatever its id is', () => {
  expect([MQTT_CHANNEL, MQTT_SESSIONS, REVOKED_CHANNEL].filter((name) => !isOfNodes(name))).toEqual([])
  expect(['@mqtt/sessions', '@revoked/a', 'mqtt', 'a/b'].filter(isOfNodes)).toEqual([])
})
