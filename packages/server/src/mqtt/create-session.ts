import type { User } from '../authenticate.ts'
import type { Context } from '../core.ts'
import { countDrop } from './counts.ts'
import { toMayHear } from './hearing.ts'
import type { MqttSettings } from './mqtt-options.ts'
import { type Dropped, Outgoing } from './outgoing.ts'
import { Session } from './session.ts'

export function createSession(context: Context, settings: MqttSettings, client: string, user: User): Session {
  const { queuedMessages: messages, queuedBytes: bytes, inFlight } = settings
  const dropped: Dropped = (why) => countDrop(context.tally, why)
  const outgoing = new Outgoing({ clock: context.clock, messages, bytes, inFlight, dropped })
  return new Session({ client, user, outgoing, mayHear: toMayHear(context) })
}
