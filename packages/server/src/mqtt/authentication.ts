import type { Auth, Connect } from '@org/realtime-mqtt/codec'
import type { AuthResult, User } from '../authenticate.ts'
import { admit, check, refuse } from './connecting.ts'
import type { MqttConnection } from './connection.ts'
import type { AuthStep, EnhancedAuth } from './mqtt-options.ts'
import { reasons } from './reasons.ts'

const CONTINUE = 0x18
const AGAIN = 0x19

type Exchange = NonNullable<ReturnType<EnhancedAuth>>

/** Enhanced authentication of MQTT 5: an exchange of AUTH packets, before CONNACK and again later. */
export class Authentication {
  readonly #connection: MqttConnection
  readonly #connect: Connect
  readonly #method: string
  #exchange: Exchange | undefined
  #isAgain = false

  /** Nothing when the client asks for none. */
  static begin(connection: MqttConnection, packet: Connect): Authentication | undefined {
    const method = packet.properties?.authenticationMethod
    return method === undefined ? undefined : new Authentication(connection, packet, method)
  }

  constructor(connection: MqttConnection, connect: Connect, method: string) {
    this.#connection = connection
    this.#connect = connect
    this.#method = method
  }

  async start(): Promise<void> {
    const refusal = check(this.#connection, this.#connect)
    if (refusal) return this.#connection.end(...refusal)
    await this.#begin(this.#connect.properties?.authenticationData)
  }

  /** AUTH before CONNACK, or in the middle of another exchange later. */
  async answer({ code, properties }: Auth): Promise<void> {
    if (properties?.authenticationMethod !== this.#method)
      return this.#connection.end(reasons.protocolError, 'AUTH has another method than CONNECT')
    if (code === AGAIN && this.#isOpen) {
      this.#isAgain = true
      return this.#begin(properties.authenticationData)
    }
    if (code !== CONTINUE || !this.#exchange)
      return this.#connection.end(reasons.protocolError, 'AUTH may not come now')
    await this.#step(properties.authenticationData)
  }

  get #isOpen(): boolean {
    return this.#connection.about().user !== undefined
  }

  async #begin(data: Uint8Array | undefined): Promise<void> {
    const { broker, wire } = this.#connection
    const { clientId: client, username } = this.#connect
    const exchange = { method: this.#method, client, username, request: wire.request }
    this.#exchange = broker.settings.auth?.(exchange)
    if (!this.#exchange) return this.#connection.end(reasons.badMethod, `There is no method ${this.#method}`)
    await this.#step(data)
  }

  async #step(data: Uint8Array | undefined): Promise<void> {
    const { guard } = this.#connection.broker.context
    const step = await guard<AuthStep>('mqtt.auth', () => this.#exchange?.(data?.slice()) ?? DOWN, DOWN)
    if (this.#connection.isOver) return
    if ('more' in step) return this.#say(CONTINUE, step.more)
    this.#exchange = undefined
    if ('refuse' in step) return refuse(this.#connection, this.#connect, step)
    if (this.#isAgain) return this.#renew(step.user, step.data)
    const properties = {
      authenticationMethod: this.#method,
      ...(step.data && { authenticationData: step.data }),
    }
    await admit(this.#connection, this.#connect, step.user, properties)
  }

  #renew(user: User, data: Uint8Array | undefined): void {
    const { session } = this.#connection
    if (user.id !== session.user.id)
      return this.#connection.end(reasons.notAuthorized, 'The credentials are of somebody else')
    session.user = user
    this.#connection.renew(user.expiresAt)
    this.#say(0, data)
  }

  #say(code: number, data: Uint8Array | undefined): void {
    const properties = { authenticationMethod: this.#method, ...(data && { authenticationData: data }) }
    this.#connection.send({ type: 'auth', code, properties })
  }
}

const DOWN = { refuse: 'unavailable' } as const satisfies AuthResult
