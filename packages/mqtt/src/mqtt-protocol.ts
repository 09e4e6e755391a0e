import { createStore, type Protocol, type Store } from '@org/realtime-core/kit'
import { type MqttCapabilities, toBasics } from './basics.ts'
import { type Level, packetTypes } from './codec/packets.ts'
import type { Properties } from './codec/properties.ts'
import type { MqttMeta } from './incoming.ts'
import { type LinkOptions, openLink } from './link.ts'
import { type PayloadFormat, toCodec } from './payloads.ts'
import { createSessionState, type Farewell, type SessionState } from './session-state.ts'
import type { Takeover } from './takeover.ts'

/** The session as the server has it, of the newest connection. */
export interface MqttSession {
  readonly clientId: string
  /** 5, or 4 for MQTT 3.1.1. */
  readonly level: Level
  /** The server went on with the session of an earlier connection. */
  readonly isResumed: boolean
  /** What the server said of itself in CONNACK: its limits, and what it can do. MQTT 5. */
  readonly server: Properties
}

export interface MqttProtocol extends Protocol<MqttCapabilities, MqttMeta, '/'> {
  readonly state: SessionState
  readonly session: Store<MqttSession | undefined>
  /** What the next goodbye says. */
  farewell: Farewell
}

export interface MqttProtocolOptions
  extends Omit<LinkOptions, 'accepted' | 'refused' | 'ended' | 'farewell'> {
  readonly level: Level
  readonly clientId: string
  /** Where a server may send its clients; nothing: not there. */
  readonly redirect: (reference: string, isPermanent: boolean) => boolean
  /** Credentials come from a function: when they are refused it is asked once more. */
  readonly mayAskAgain: boolean
  readonly takeover: Takeover
}

const NORMAL: Farewell = { code: 0 }

/** The client's end of MQTT. One object serves one client. */
export function createMqttProtocol(options: MqttProtocolOptions): MqttProtocol {
  const { names, payload: format } = options
  const state = createSessionState(options.level, options.clientId)
  const session = createStore<MqttSession | undefined>(undefined, () => {})
  let wasRefused = false
  const { takeover } = options
  const formatOf = (topic: string): PayloadFormat => (typeof format === 'function' ? format(topic) : format)

  const linkOptions: LinkOptions = {
    ...options,
    ended: takeover.ended,
    farewell() {
      const { farewell } = protocol
      protocol.farewell = NORMAL
      return farewell
    },
    accepted({ properties: server = {}, sessionPresent: isResumed }, credentials) {
      wasRefused = false
      takeover.accepted(credentials)
      // [MQTT-3.2.2-16]
      state.clientId = server.assignedClientIdentifier ?? state.clientId
      const expiry = server.sessionExpiryInterval ?? options.sessionExpiryMs
      state.isKept = state.level === 5 ? expiry > 0 : !options.clean
      if (!isResumed) options.retained.clear()
      session.set({ clientId: state.clientId, level: state.level, isResumed, server })
    },
    refused(failure, { type, code, properties }) {
      const reference = properties?.serverReference
      const isMove = code === 0x9c || code === 0x9d
      if (isMove && reference !== undefined && options.redirect(reference, code === 0x9d))
        return { ...failure, verdict: 'retry-now' }
      if (type === 'disconnect') return failure
      if (code === 0x84 && state.level === 5) {
        state.level = 4
        return { ...failure, verdict: 'retry-now' }
      }
      const isAgain = failure.error.code === 'auth.failed' && options.mayAskAgain && !wasRefused
      wasRefused = true
      return isAgain ? { ...failure, verdict: 'retry-now' } : failure
    },
  }

  const protocol: MqttProtocol = {
    ...toBasics(names, formatOf),
    subprotocols: ['mqtt'],
    state,
    session,
    farewell: NORMAL,
    *latest(channel, events) {
      for (const { payload, meta } of options.retained.of(channel)) {
        const { topic } = meta
        const event = names.toEvent(topic)
        if (!events.includes(event) && !events.includes(undefined)) continue
        const decode = (bytes: unknown): unknown =>
          toCodec(formatOf(topic)).decode(bytes as Uint8Array, topic)
        yield [{ ...meta, channel, event }, payload, decode]
      }
    },
    // A packet may hold a password, and a message whatever it likes.
    describe: (frame) => (typeof frame === 'string' ? 'text' : `${packetTypes[(frame[0] ?? 0) >> 4]}`),
    open: (link, events, opening) => openLink(link, events, opening, state, linkOptions),
  }
  return protocol
}
