import {
  type Channels,
  type Client,
  type ClientOptions,
  createClient,
  oneOf,
  type Protocol,
  type RegisteredChannels,
  systemClock,
} from '@org/realtime-core/kit'
import { type MqttCapabilities, toBasics } from '../basics.ts'
import type { MqttMeta } from '../incoming.ts'
import { names as allNames, type Names } from '../names.ts'
import type { PayloadFormat } from '../payloads.ts'
import type { ForeignMqtt } from './foreign.ts'
import { createForeignPort } from './port.ts'

type CoreOptions<R extends Channels> = Pick<
  ClientOptions<R, MqttCapabilities, MqttMeta, '/'>,
  'channels' | 'outbox' | 'subscribe' | 'validate' | 'traceLimit' | 'clock'
>

export interface BridgeOptions<R extends Channels = RegisteredChannels> extends CoreOptions<R> {
  /** `close()` ends the foreign client too. @default false */
  readonly own?: boolean
  /** As for `createMqtt`. @default 'message' */
  readonly events?: 'message' | 'last-level'
  /** As for `createMqtt`. @default 'json' */
  readonly payload?: PayloadFormat | ((topic: string) => PayloadFormat)
}

/** A client over a connection that somebody else dials: what only its owner can do is left out. */
export type BridgedClient<R extends Channels = Channels> = Omit<
  Client<R, MqttCapabilities, MqttMeta, '/'>,
  'reconnectNow' | 'reauthenticate' | 'pause' | 'resume'
>

/**
 * Our typed client over a client of MQTT.js that is there already. Filters that it has subscribed are shared; those
 * that only we want are left when we leave them. `close()` lets go of it, and leaves it connected unless `own`.
 * @example
 * const client = fromMqttJs(mqtt.connect(url), { channels })
 * client.channel('sensors/{id}/temperature', { id: 7 }).on('message', show)
 */
export function fromMqttJs<R extends Channels = RegisteredChannels>(
  foreign: ForeignMqtt,
  options: BridgeOptions<R> = {},
): BridgedClient<R> {
  const { own = false, events, payload = 'json', ...core } = options
  const { clock = systemClock } = core
  const names = allNames[oneOf('events', events, ['message', 'last-level'])]
  const formatOf = (topic: string): PayloadFormat =>
    typeof payload === 'function' ? payload(topic) : payload
  return createClient<MqttCapabilities, MqttMeta, '/', R>({
    ...core,
    url: '',
    protocol: createForeignProtocol(names, formatOf),
    port: createForeignPort(foreign, { names, formatOf, own, clock }),
  })
}

export const createForeignProtocol = (
  names: Names,
  formatOf: (topic: string) => PayloadFormat,
): Protocol<MqttCapabilities, MqttMeta, '/'> =>
  ({ ...toBasics(names, formatOf), open }) as Protocol<MqttCapabilities, MqttMeta, '/'>

/** The port brings its own lines, so there is never a session to open. */
function open(): never {
  throw new Error('A bridge has no session')
}
