import { RealtimeError } from '@org/realtime-core/kit'
import type { Auth } from './codec/packets.ts'
import { fault } from './fault.ts'
import type { MqttAuth } from './handshake.ts'
import type { Wire } from './wire.ts'

/** The exchange of AUTH packets over one connection. */
export interface Authenticator {
  /** Finds what CONNECT carries, where a method is used. */
  begin(connect: (data: Uint8Array | undefined) => void): void
  receive(packet: Auth): void
  /** Authenticates again, while the connection goes on. */
  renew(): void
}

const CONTINUE = 0x18
const AGAIN = 0x19

export function createAuthenticator(
  wire: Wire,
  auth: MqttAuth | undefined,
  failed: (error: RealtimeError) => void,
): Authenticator {
  const { method, begin = () => undefined, respond = () => undefined } = auth ?? {}

  const then = (
    ask: () => Uint8Array | undefined | Promise<Uint8Array | undefined>,
    use: (data: Uint8Array | undefined) => void,
  ): void => {
    const lost = (cause: unknown): void =>
      failed(RealtimeError.is(cause) ? cause : fault('auth.failed', { retry: true }, cause, method))
    try {
      const data = ask()
      if (data instanceof Promise) data.then(use).catch(lost)
      else use(data)
    } catch (error) {
      lost(error)
    }
  }

  const say = (code: number) => (authenticationData: Uint8Array | undefined) => {
    const properties = {
      authenticationMethod: method as string,
      ...(authenticationData && { authenticationData }),
    }
    wire.send({ type: 'auth', code, properties })
  }

  return {
    begin(connect) {
      if (wire.isV5 && method !== undefined) then(begin, connect)
      else connect(undefined)
    },
    receive({ code, properties = {} }) {
      // [MQTT-4.12.0-5, -7]
      if (method === undefined || (properties.authenticationMethod ?? method) !== method)
        return wire.violate(0x82, 'method')
      if (code === CONTINUE) then(() => respond(properties.authenticationData), say(CONTINUE))
    },
    renew: () => then(begin, say(AGAIN)),
  }
}
