import {
  type Failure,
  type Heartbeat,
  invalid,
  isFinal,
  type Link,
  type LinkEvents,
  type LinkSession,
  type Opening,
  RealtimeError,
} from '@org/realtime-core/kit'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import { createBatchOf } from './codec/batch.ts'
import { createFramer } from './codec/framer.ts'
import { fromServer } from './codec/from-server.ts'
import { type Breach, malformed } from './codec/malformed.ts'
import { createPacketReader } from './codec/packet-reader.ts'
import type { Connack, Disconnect, Packet } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import { writeToServer } from './codec/to-server.ts'
import { bodySize, packetSize } from './codec/write-packet.ts'
import { fault } from './fault.ts'
import { type ConnectOptions, type MqttCredentials, toConnect } from './handshake.ts'
import { createIncoming, type Incoming, type IncomingOptions } from './incoming.ts'
import { createOutgoing, type Outgoing, type OutgoingOptions } from './outgoing.ts'
import { toFailure, toReason } from './reason-codes.ts'
import { type Farewell, forget, type SessionState, settle } from './session-state.ts'
import { createSubscribing, type Subscribing } from './subscribing.ts'
import type { Wire } from './wire.ts'
import { findWrong } from './wrong-options.ts'

export interface LinkOptions extends ConnectOptions, OutgoingOptions, IncomingOptions {
  /** Says what came of a CONNECT, before anything else hears of it. */
  readonly accepted: (connack: Connack, credentials: MqttCredentials | undefined) => void
  /** Says whether another try makes sense where the table says stop, and where to. */
  readonly refused: (failure: Failure, packet: Connack | Disconnect) => Failure
  /** Hears of the loss of a connection of that age that had been accepted. */
  readonly ended: (ageMs: number) => void
  readonly farewell: () => Farewell
}

/** What there is once CONNACK has come. */
interface Parts {
  readonly outgoing: Outgoing
  readonly incoming: Incoming
  readonly subscribing: Subscribing
}

/** MQTT at work on one connection. */
export function openLink(
  session: LinkSession,
  events: LinkEvents,
  { credentials: given, past, subprotocol, clock }: Opening,
  state: SessionState,
  options: LinkOptions,
): Link {
  const { level } = state
  const isV5 = level === 5
  const isNew = past === 'foreign' || (options.clean && (past === 'settled' || !state.isKept))
  let parts: Parts | undefined
  let isOver = false
  const startedAt = clock.now()
  const credentials = (given ?? undefined) as MqttCredentials | undefined

  const send = (packet: Packet): void => {
    if (isOver) return
    const { maximumPacketSize: limitBytes } = wire.server
    if (limitBytes !== undefined) {
      const bytes = packetSize(bodySize(writeToServer, packet, level))
      const details = { channel: '', event: '', bytes, limitBytes }
      if (bytes > limitBytes) throw fault('message.too-large', details)
    }
    batch.add(packet, level)
  }

  const batch = createBatchOf(writeToServer, (bytes) => session.send(bytes))

  const fail = ({ verdict, error }: Failure): void => {
    if (isOver) return
    isOver = true
    decoder.stop()
    batch.flush()
    events.fail(verdict, error)
  }

  const violate = (code: number, breach: Breach, fact?: number | string, cause?: unknown): void => {
    try {
      if (isV5 && parts) send({ type: 'disconnect', code })
    } catch {
      // A server may take no packet of that size.
    }
    fail({ verdict: 'retry', error: malformed(breach, code, fact, cause) })
  }

  const wire: Wire & { server: Properties } = { events, isV5, server: {}, asked: new Map(), send, violate }

  const authenticator: Authenticator = createAuthenticator(wire, options.auth, (error) =>
    fail({ verdict: isFinal(error) ? 'stop' : 'retry', error }),
  )

  const accept = (packet: Connack): void => {
    if (parts) return violate(0x82, 'again')
    const isOldForm = isV5 && packet.level !== 5
    // A server that knows nothing of 5 says so in its own words, if it says so at all.
    const code = isOldForm && packet.code < 2 ? 0x84 : toReason(packet.code, packet.level)
    const { properties = {}, sessionPresent } = packet
    if (code) return fail(options.refused(toFailure(code, properties.reasonString), { ...packet, code }))
    // [MQTT-3.2.2-4]
    if (sessionPresent && isNew) return violate(0x82, 'session')
    wire.server = properties
    if (!sessionPresent) {
      state.incoming.clear()
      state.epoch++
    }
    parts = {
      outgoing: createOutgoing(state, wire, options),
      incoming: createIncoming(state, wire, options),
      subscribing: createSubscribing(state, wire, sessionPresent, options),
    }
    options.accepted(packet, credentials)
    parts.outgoing.begin(sessionPresent)
    if (isOver) return
    events.ready({
      resumed: sessionPresent,
      subscriptions: sessionPresent ? 'kept' : 'lost',
      heartbeat: toHeartbeat(options.keepAliveMs, properties.serverKeepAlive),
    })
  }

  const early = (packet: Packet): void => {
    if (packet.type === 'connack') accept(packet)
    else if (packet.type === 'auth') authenticator.receive(packet)
    else if (packet.type === 'disconnect') leave(packet)
    else violate(0x82, 'soon', packet.type)
  }

  const leave = (packet: Disconnect): void =>
    fail(options.refused(toFailure(packet.code, packet.properties?.reasonString), packet))

  const receive = (packet: Packet): void => {
    if (!parts) return early(packet)
    switch (packet.type) {
      case 'publish':
        return parts.incoming.publish(packet)
      case 'pubrel':
        return parts.incoming.release(packet)
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return parts.outgoing.ack(packet)
      case 'suback':
        return parts.subscribing.suback(packet)
      case 'unsuback':
        return parts.subscribing.unsuback(packet)
      case 'pingresp':
        return events.pong()
      default:
        return early(packet)
    }
  }

  const decoder = createFramer(options.maximumPacketSize, createPacketReader(fromServer, level, receive))

  const connect = (authData: Uint8Array | undefined): void => {
    const packet = toConnect(state, options, isNew, credentials, authData)
    try {
      send(packet)
    } catch {
      // No other try would go better.
      throw invalid(...(findWrong(packet) ?? ['properties', 'what fits']))
    }
    batch.flush()
  }

  const link: Link = {
    receive(frame) {
      // [MQTT-6.0.0-1]
      if (typeof frame === 'string') return violate(0x82, 'frame')
      if (!parts && frame[0] === 72 && frame[1] === 84) return violate(0x82, 'HTTP')
      try {
        decoder.push(frame)
      } catch (error) {
        // Nothing is read after an error, so there is nothing to go on with.
        const code = RealtimeError.is(error, 'protocol.violation') ? error.details.code : 0x83
        violate(code ?? 0x81, 'malformed', '', error)
      }
    },
    ping: () => send({ type: 'pingreq' }),
    subscribe: (requests) => parts?.subscribing.subscribe(requests),
    update(key, options) {
      try {
        parts?.subscribing.update({ key, options })
      } catch (error) {
        events.error(error as RealtimeError)
      }
    },
    unsubscribe: (channel) => parts?.subscribing.unsubscribe(channel),
    publish: (message) => (parts as Parts).outgoing.publish(message),
    ...(options.auth && isV5 && { refresh: () => authenticator.renew() }),
    goodbye() {
      const farewell = options.farewell()
      // Before level 5 only a connection that ends without a word brings the will.
      if (isV5 || !farewell.code) send({ type: 'disconnect', ...farewell })
      batch.flush()
    },
    ended: () => parts && void options.ended(clock.now() - startedAt),
    dispose() {
      isOver = true
      decoder.stop()
    },
  }

  begin()
  return link

  function begin(): void {
    // [MQTT-6.0.0-4]; a socket without WebSocket names none.
    if (subprotocol && subprotocol !== 'mqtt')
      return fail({
        verdict: 'stop',
        error: fault('connection.refused', {}, undefined, subprotocol),
      })
    if (past === 'foreign' || (isNew && past === 'settled')) forget(state)
    else if (past === 'settled' && !state.isRestored) settle(state)
    state.isRestored = false
    authenticator.begin(connect)
  }
}

/** Server Keep Alive counts [MQTT-3.2.2-21]. Both clocks run: one for what is sent, one for what comes. */
function toHeartbeat(keepAliveMs: number, serverKeepAlive: number | undefined): Heartbeat {
  const ms = serverKeepAlive === undefined ? keepAliveMs : serverKeepAlive * 1000
  return ms ? { sendIdleMs: ms * 0.9, receiveIdleMs: ms } : { receiveIdleMs: Infinity }
}
