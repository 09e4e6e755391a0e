import type { Connack, Connect, Properties } from '@org/realtime-mqtt/codec'
import type { AuthRefusal, User } from '../authenticate.ts'
import { isDenial } from '../authorize.ts'
import { identify, isRefusal } from '../identify.ts'
import { randomId } from '../ids.ts'
import type { MqttConnection } from './connection.ts'
import { countDrop } from './counts.ts'
import { Message } from './message.ts'
import { reasons, toAuthReason, toDeniedReason } from './reasons.ts'
import { PacketSender } from './sender.ts'
import type { Session, Wishes } from './session.ts'
import { toExpiryMs } from './session-expiry.ts'
import { isPublic } from './topic-tree.ts'

/** Asks who the client is by its password, and lets it in or not. */
export async function connect(connection: MqttConnection, packet: Connect): Promise<void> {
  const { username, password, clientId } = packet
  const refusal = check(connection, packet)
  if (refusal) return connection.end(...refusal)
  const { broker, wire } = connection
  const token = password === undefined ? username : Buffer.from(password).toString()
  // The query is a getter, which a copy does not take along.
  const { query } = wire.request
  const named = { client: clientId, ...(username !== undefined && { username }) }
  const request = { ...wire.request, query, ...named }
  const who = await identify(broker.context, token, request)
  if (isRefusal(who)) return refuse(connection, packet, who)
  await admit(connection, packet, who === 'anonymous' ? undefined : who)
}

/** What is said to whom `authenticate` does not let in. */
export function refuse(
  connection: MqttConnection,
  { username, password }: Connect,
  refusal: AuthRefusal,
): void {
  const hasCredentials = username !== undefined || password !== undefined
  connection.end(toAuthReason(refusal, hasCredentials), refusal.message ?? '')
}

/** Lets in whom it knows, or somebody anonymous. */
export async function admit(
  connection: MqttConnection,
  packet: Connect,
  who: User | undefined,
  authentication: Properties = {},
): Promise<void> {
  const { broker } = connection
  const rule = connection.strike('hello')?.rule
  if (rule?.do === 'deny') return connection.end(toDeniedReason(rule.code), 'By a rule of faults')
  const client = packet.clientId || (broker.settings.assignClientId?.() ?? randomId(12))
  const user = who ?? { id: client, isAnonymous: true }
  if (!(await mayWill(connection, packet, user, client)))
    return connection.end(reasons.notAuthorized, 'The will may not be published')
  if (connection.isOver) return
  const clean = packet.clean || rule?.do === 'forget-session'
  const opened = await broker.open({ client, user, clean, attached: connection })
  if ('refuse' in opened) return connection.end(opened.refuse, 'The session cannot be opened')
  const { session, isPresent } = opened
  if (!connection.isOver) {
    session.wish(toWishes(connection, packet, client))
    await broker.opened(session)
  }
  // Another connection has it, or another node, and this one was told.
  if (session.attached !== connection) return
  // Gone while it was let in: nobody will say so any more.
  if (connection.isOver) return broker.lost(session)
  start(connection, packet, session, isPresent, authentication)
}

function toWishes({ broker, level }: MqttConnection, packet: Connect, client: string): Wishes {
  const { settings, context } = broker
  const { properties, will, clean } = packet
  const expiry = properties?.sessionExpiryInterval ?? 0
  return {
    expiryMs: level === 5 ? toExpiryMs(expiry, settings) : clean ? 0 : settings.sessionMs,
    will: will && {
      message: new Message(will, client, context.clock.now()),
      delayMs: (will.properties?.willDelayInterval ?? 0) * 1000,
    },
  }
}

function start(
  connection: MqttConnection,
  packet: Connect,
  session: Session,
  sessionPresent: boolean,
  authentication: Properties,
): void {
  const { broker, wire, level } = connection
  const { settings } = broker
  const { clock, options } = broker.context
  const { properties = {} } = packet
  const { bufferBytes } = options.limits
  const sender = new PacketSender({
    wire,
    clock,
    level,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    maximumPacketSize: properties.maximumPacketSize ?? Infinity,
    topicAliases: Math.min(properties.topicAliasMaximum ?? 0, settings.topicAliases),
    isSlow: () => options.slowConsumer === 'drop' && wire.bufferedBytes > bufferBytes / 2,
    dropped: (why) => countDrop(broker.context.tally, why),
  })
  const told = level === 5 ? { ...toProperties(connection, packet, session), ...authentication } : undefined
  const connack: Connack = { type: 'connack', level, sessionPresent, code: 0, properties: told }
  const own = packet.keepAlive * 1000
  connection.open(session, sender, connack, level === 5 ? settings.keepAliveMs || own : own)
}

/** Everything that differs from what a client takes for granted. */
function toProperties({ broker }: MqttConnection, packet: Connect, session: Session): Properties {
  const { settings } = broker
  const asked = packet.properties?.sessionExpiryInterval ?? 0
  const kept = Math.floor(session.expiryMs / 1000)
  return {
    receiveMaximum: settings.receiveMaximum,
    maximumPacketSize: settings.packetBytes,
    topicAliasMaximum: settings.topicAliases,
    ...(settings.maximumQos < 2 && { maximumQos: settings.maximumQos }),
    ...(!settings.retainAvailable && { retainAvailable: false }),
    ...(settings.keepAliveMs && { serverKeepAlive: Math.floor(settings.keepAliveMs / 1000) }),
    ...(!packet.clientId && { assignedClientIdentifier: session.client }),
    ...(kept !== asked && { sessionExpiryInterval: kept }),
  }
}

const LONGEST_CLIENT_ID = 256

/** What may not be asked for, whoever asks. */
export function check(
  connection: MqttConnection,
  packet: Connect,
): readonly [reason: number, sentence: string] | undefined {
  const { level, clientId, clean, will } = packet
  const { maximumQos, retainAvailable } = connection.broker.settings
  const mayBeEmpty = level === 5 || (level === 4 && clean)
  if ((!clientId && !mayBeEmpty) || clientId.length > LONGEST_CLIENT_ID)
    return [reasons.badClientId, 'The client identifier is empty or too long']
  if (will && will.qos > maximumQos) return [reasons.noQos, `QoS is at most ${maximumQos}`]
  if (will?.retain && !retainAvailable) return [reasons.noRetain, 'Nothing can be retained']
  if (will && !isPublic(will.topic)) return [reasons.badTopic, 'Nobody may publish to the topic of the will']
  return undefined
}

async function mayWill(
  { broker }: MqttConnection,
  { will }: Connect,
  user: User,
  client: string,
): Promise<boolean> {
  if (!will) return true
  const decision = await broker.context.rules.decide(user, { channel: will.topic, client, want: 'publish' })
  return !isDenial(decision) && decision.publish
}
