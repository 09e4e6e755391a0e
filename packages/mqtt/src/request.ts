import {
  type Channels,
  type Client,
  type Clock,
  invalid,
  RealtimeError,
  systemClock,
} from '@org/realtime-core/kit'
import type { MqttCapabilities } from './basics.ts'
import type { MqttMeta } from './incoming.ts'
import type { Mqtt, MqttPublishOptions } from './mqtt-options.ts'

/** A client of `createMqtt`, whatever its channels. */
type Asking = Pick<Client<Channels, MqttCapabilities, MqttMeta, '/'>, 'untyped'> & { readonly mqtt: Mqtt }

export interface RequestOptions extends Omit<MqttPublishOptions, 'ttlMs'> {
  /** How long it may take until the answer is here. @default 10000 */
  readonly timeoutMs?: number
  /** Where the answer is to come. @default `responses/` and the id of the client */
  readonly responseTopic?: string
  readonly clock?: Clock
}

export interface Answer {
  readonly payload: unknown
  readonly meta: MqttMeta
}

let requests = 0

/**
 * Publishes a request and resolves with its answer, told from others by its correlation data. MQTT 5. Rejects with
 * `publish.timeout` when none comes in time, and as a publish does.
 * @example
 * const { payload } = await request(client, 'lamps/7/get', { what: 'state' })
 */
export async function request(
  client: Asking,
  topic: string,
  payload: unknown,
  {
    timeoutMs = 10_000,
    responseTopic,
    signal,
    clock = systemClock,
    properties,
    ...options
  }: RequestOptions = {},
): Promise<Answer> {
  const answerTopic = responseTopic ?? `responses/${client.mqtt.clientId()}`
  const correlationData = toId(++requests, clock.random())
  const [name, event] = client.mqtt.locate(answerTopic)
  const channel = client.untyped(name, { qos: options.qos ?? 0 })
  return new Promise((resolve, reject) => {
    let isAsked = false
    const over = (settle: () => void): void => {
      for (const end of ends) end()
      settle()
    }
    const failed = (error: unknown): void => over(() => reject(error))
    const abort = (): void => failed(signal?.reason)

    const ask = async (): Promise<void> => {
      isAsked = true
      if (client.mqtt.session.get()?.level !== 5) throw missing()
      const receipt = await client.mqtt.publish(topic, payload, {
        ...options,
        properties: { ...properties, responseTopic: answerTopic, correlationData },
      })
      if ('error' in receipt) throw receipt.error
    }
    const look = (): void => {
      const status = channel.status.get()
      if (status.state === 'rejected') failed(status.error)
      else if (status.state === 'joined' && !isAsked) ask().catch(failed)
    }

    signal?.addEventListener('abort', abort)
    const ends = [
      channel.on(event, (answer, meta) => {
        if (isSame(meta.properties?.correlationData, correlationData))
          over(() => resolve({ payload: answer, meta }))
      }),
      channel.status.subscribe(look),
      clock.after(timeoutMs, () => failed(tooLate(topic, timeoutMs))),
      () => signal?.removeEventListener('abort', abort),
    ]
    if (signal?.aborted) abort()
    else look()
  })
}

/**
 * Answers a request, by the `meta` it came with.
 * @throws RealtimeError `option.invalid` for a message that says of no place to answer
 */
export function respond(
  client: Pick<Asking, 'mqtt'>,
  { properties }: Pick<MqttMeta, 'properties'>,
  payload: unknown,
  options: MqttPublishOptions = {},
): ReturnType<Mqtt['publish']> {
  const { responseTopic, correlationData } = properties ?? {}
  if (responseTopic === undefined) throw invalid('meta', 'that of a request', responseTopic)
  const answer = { ...options.properties, ...(correlationData && { correlationData }) }
  return client.mqtt.publish(responseTopic, payload, { ...options, properties: answer })
}

/** Unlike those of other requests of this client, and hardly like those of others. */
function toId(count: number, random: number): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, count)
  view.setUint32(4, random * 2 ** 32)
  return bytes
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a?.length === b.length && `${a}` === `${b}`

const missing = (): RealtimeError =>
  new RealtimeError('capability.missing', 'Requests need MQTT 5', { capability: 'request', protocol: 'mqtt' })

const tooLate = (channel: string, ms: number): RealtimeError =>
  new RealtimeError('publish.timeout', `No answer to ${channel} within ${ms} ms`, {
    channel,
    event: 'message',
  })
