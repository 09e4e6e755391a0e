import type { Packet } from '@org/realtime-mqtt/codec'
import type { MqttConnection } from './connection.ts'
import { disconnect } from './disconnecting.ts'
import type { Incoming } from './incoming.ts'
import { reasons } from './reasons.ts'
import { subscribe, unsubscribe } from './subscribing.ts'
import { Violation } from './violation.ts'

/** What is done with a packet of a client that is let in. */
export function handle(packet: Packet, connection: MqttConnection, incoming: Incoming): void | Promise<void> {
  const { broker, session } = connection
  switch (packet.type) {
    case 'publish':
      return after(incoming.publishPace.pass(), () => incoming.publish(packet))
    case 'puback':
      return expect(session.outgoing.puback(packet.id), packet)
    case 'pubrec':
      return expect(session.outgoing.pubrec(packet.id, packet.code), packet)
    case 'pubcomp':
      return expect(session.outgoing.pubcomp(packet.id), packet)
    case 'pubrel':
      return incoming.release(packet)
    case 'subscribe':
      return after(incoming.filterPace.pass(packet.filters.length), () =>
        after(incoming.taken, () => subscribe(broker, connection, packet)),
      )
    case 'unsubscribe':
      return unsubscribe(broker, connection, packet)
    case 'pingreq':
      return connection.send({ type: 'pingresp' })
    case 'disconnect':
      return disconnect(connection, packet)
    case 'auth':
      return connection.authenticate(packet)
    default:
      throw new Violation(reasons.protocolError, `${packet.type} may not come now`)
  }
}

/** At once, when nothing has to be waited for. */
function after(wait: Promise<void> | undefined, run: () => void | Promise<void>): void | Promise<void> {
  return wait ? wait.then(run) : run()
}

function expect(isRight: boolean, { type }: Packet): void {
  if (!isRight) throw new Violation(reasons.protocolError, `${type} answers something else`)
}
