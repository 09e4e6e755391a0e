import { type Channels, createClient, type RegisteredChannels, systemClock } from '@org/realtime-core/kit'
import { toAddress } from './address.ts'
import { toConnect } from './handshake.ts'
import { type MqttClient, type MqttOptions, resolveMqtt } from './mqtt-options.ts'
import { createMqttProtocol } from './mqtt-protocol.ts'
import { mqttTransport } from './mqtt-transport.ts'
import { names as allNames } from './names.ts'
import { createRetained } from './retained.ts'
import { createTakeover } from './takeover.ts'
import { createVerbs } from './verbs.ts'
import { callWitness } from './witness.ts'

/**
 * A client that speaks MQTT 5, or 3.1.1 where the server knows no better, over WebSocket and in Node over TCP and
 * TLS too. Nothing is dialled until something needs the connection.
 * @throws RealtimeError `option.invalid` for an option that cannot be right
 * @example
 * const client = createMqtt({ url: 'wss://example.org/mqtt', channels })
 * client.channel('sensors/{id}/temperature', { id: 7 }).on('message', (celsius, { retain }) => show(celsius, retain))
 * await client.mqtt.publish('sensors/7/wanted', { celsius: 21 }, { qos: 1, retain: true })
 */
export function createMqtt<R extends Channels = RegisteredChannels>(options: MqttOptions<R>): MqttClient<R> {
  const { url, credentials, will, auth, redirect, websocket, tls, clientId, store, ...rest } = options
  const { clock = systemClock } = options
  const { events, ...resolved } = resolveMqtt(options as MqttOptions<Channels>)
  const names = allNames[events]
  /** Where the server has sent us: for good, or for the next dial. */
  let moved: { readonly url: string; readonly isPermanent: boolean } | undefined

  const transport = options.transport ?? mqttTransport(websocket, tls)
  const connectOptions = {
    ...resolved,
    will,
    auth,
    maximumPacketSize: resolved.maximumPacketBytes,
    properties: options.properties,
  }
  const newClientId = (): string => randomId(() => clock.random())
  let address = ''
  const takeover = createTakeover((credentials) => {
    const { level } = protocol.state
    const witness = { ...connectOptions, will: undefined, auth: undefined, sessionExpiryMs: 0 }
    const connect = toConnect({ level, clientId: newClientId() }, witness, true, credentials, undefined)
    return callWitness({ transport, url: address, clock, connect })
  })

  const protocol = createMqttProtocol({
    ...connectOptions,
    names,
    takeover,
    retained: createRetained(),
    clientId: clientId ?? newClientId(),
    mayAskAgain: typeof credentials === 'function',
    redirect(reference, isPermanent) {
      const target = redirect?.(reference)
      if (target !== undefined) moved = { url: target, isPermanent }
      return target !== undefined
    },
  })

  const journal = store?.journal(store, protocol, names, clientId)

  const client = createClient({
    ...(rest as object),
    transport,
    protocol: { ...protocol, ...(journal && { outbox: journal.outbox }) },
    credentials,
    async url() {
      await journal?.loaded
      await takeover.check(protocol.state.clientId)
      const to = moved?.url ?? (typeof url === 'function' ? await url() : url)
      if (!moved?.isPermanent) moved = undefined
      address = toAddress(to)
      return address
    },
  })
  client.status.subscribe(({ status }) => {
    // A will, and a session that the server keeps, are wanted for as long as the client is not closed.
    if (status === 'connecting' && (will || !resolved.clean)) client.connect().catch(() => {})
    if (status !== 'connected' && status !== 'reconnecting') takeover.rest()
  })

  const { close } = client
  return Object.assign(client, {
    mqtt: createVerbs(client, protocol, names),
    // A process may end after it, and must not find again what was settled.
    async close(closing?: Parameters<typeof close>[0]) {
      await close(closing)
      await journal?.written()
    },
  }) as never
}

/** Of the characters and length that every server takes [MQTT-3.1.3-5]. */
function randomId(random: () => number): string {
  return `rt${random().toString(36).slice(2, 12)}${random().toString(36).slice(2, 12)}`
}
