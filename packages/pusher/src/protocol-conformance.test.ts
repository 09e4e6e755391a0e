import { protocolConformance } from '@org/realtime-testing'
import { describe, it } from 'vitest'
import { createPusherFarEnd, type Dialect } from './far-end-test-setup.ts'
import { createPusherProtocol } from './protocol.ts'
import { authorizer } from './pusher-test-setup.ts'

for (const dialect of ['pusher', 'soketi', 'reverb'] satisfies Dialect[]) {
  const rig = (prefix: string) => () => {
    const server = createPusherFarEnd({ dialect })
    const auth = { authorize: authorizer(server) }
    return {
      protocol: createPusherProtocol({ auth, clientEventRate: false }),
      server,
      channels: [`${prefix}a`, `${prefix}b`, `${prefix}c`] as const,
      event: 'message',
      names: [
        [`${prefix}room.1`, 'App\\Events\\Shipped'],
        [`${prefix}a=b@c,d;e_f`, 'scada.data.received'],
      ] as const,
    }
  }
  protocolConformance(`pusher, public channels of ${dialect}`, rig(''), { describe, it })
  protocolConformance(`pusher, private channels of ${dialect}`, rig('private-'), { describe, it })
}
