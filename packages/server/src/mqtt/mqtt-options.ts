import type { AuthRefusal, User } from '../authenticate.ts'
import { invalid } from '../errors.ts'
import { type Numbers, numbers, oneOf } from '../ranges.ts'
import type { Tls } from '../tls.ts'
import type { WireRequest } from '../wire.ts'

/** The MQTT broker: over WebSocket at `/mqtt`, and over TCP. Every number has a default and a range, in `ranges`. */
export interface MqttOptions extends Partial<Numbers<'mqtt'>> {
  /** Listens to TCP at `mqtt.port`; with `if-free` not when something else does. @default 'if-free' in development, else 'off' */
  readonly tcp?: 'off' | 'on' | 'if-free'
  /** Listens to TLS at `mqtt.tlsPort`; `true` takes the certificate of the option `tls`. @default false */
  readonly tls?: boolean | Tls
  /** Whether messages can be retained. @default true */
  readonly retainAvailable?: boolean
  /** Makes ids for clients that have none. @default a random one */
  readonly assignClientId?: () => string
  /** Enhanced authentication of MQTT 5. @default every method is refused */
  readonly auth?: EnhancedAuth
}

/** What is known when a client of MQTT 5 begins to authenticate by a method of its own. */
export interface AuthExchange {
  readonly method: string
  readonly client: string
  readonly username: string | undefined
  readonly request: WireRequest
}

/** `more` goes on: it is sent to the client, which answers. */
export type AuthStep =
  | { readonly more: Uint8Array }
  | { readonly user: User; readonly data?: Uint8Array }
  | AuthRefusal

/** Begins an exchange: the result gets what the client sends, step by step. Nothing for a method that is not known. */
export type EnhancedAuth = (
  exchange: AuthExchange,
) => ((data: Uint8Array | undefined) => AuthStep | Promise<AuthStep>) | undefined

export type MqttSettings = ReturnType<typeof resolveMqtt>

interface MqttPlace {
  readonly mode: 'production' | 'development'
  /** The certificate of the server. */
  readonly tls: Tls | undefined
}

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function resolveMqtt(options: MqttOptions, { mode, tls: own }: MqttPlace) {
  const { tcp = mode === 'development' ? 'if-free' : 'off', retainAvailable = true } = options
  const { tls, assignClientId, auth } = options
  if (tls === true && !own) throw invalid('mqtt.tls', 'a certificate, unless there is one in `tls`', true)
  return {
    tcp: oneOf('mqtt.tcp', tcp, ['off', 'on', 'if-free']),
    tls: tls === true ? own : tls || undefined,
    retainAvailable,
    assignClientId,
    auth,
    ...numbers('mqtt', options),
  }
}
