import {
  type Client,
  type ClientOptions,
  createClient,
  type Link,
  type LinkEvents,
  type LinkSession,
  type Meta,
  type Protocol,
  RealtimeError,
  type WebSocketOptions,
} from '@org/realtime-core/kit'
import { toAddress } from '../address.ts'
import { mqttTransport } from '../mqtt-transport.ts'
import type { TlsOptions } from '../tcp.ts'

const capabilities = { presence: false, publish: false, ack: false, history: false } as const

type Bytes = typeof capabilities
type CoreOptions = Partial<
  Pick<
    ClientOptions<never, Bytes, Meta, '/'>,
    'backoff' | 'connection' | 'hidden' | 'signals' | 'clock' | 'traceLimit'
  >
>

/** What is used of a Duplex of Node, or of the package `readable-stream`. */
export interface DuplexStream {
  readonly destroyed: boolean
  push(chunk: Uint8Array | null): boolean
  destroy(error?: Error): unknown
}

/** Makes one, as the `Duplex` of Node does. */
export type DuplexClass<D extends DuplexStream> = new (options: {
  read(): void
  write(chunk: Uint8Array, encoding: string, done: (error?: Error | null) => void): void
  final(done: (error?: Error | null) => void): void
  destroy(error: Error | null, done: (error: Error | null) => void): void
}) => D

export interface StreamBuilderOptions<D extends DuplexStream> extends CoreOptions {
  /** As for `createMqtt`; a function is called before every dial. */
  readonly url: string | (() => string | Promise<string>)
  /** Of `node:stream`, or in browsers of the package `readable-stream`. */
  readonly Duplex: DuplexClass<D>
  readonly websocket?: WebSocketOptions
  readonly tls?: TlsOptions
}

/** A connection that a client of MQTT.js runs over. */
export interface StreamBuilder<D extends DuplexStream>
  extends Pick<Client<never, Bytes>, 'status' | 'trace' | 'onError' | 'reconnectNow' | 'close'> {
  /** For `new MqttClient(builder.build, { reconnectPeriod: 1 })`: when to dial is decided here. */
  readonly build: () => D
}

/**
 * Lets a client of MQTT.js run over our connection: backoff, dial time-outs, and what the page and the machine tell.
 * MQTT.js speaks MQTT, and watches over its keep-alive. `close()` after the client has ended.
 * @example
 * const connection = createStreamBuilder({ url: 'wss://example.org', Duplex })
 * const client = new MqttClient(connection.build, { protocolVersion: 5, reconnectPeriod: 1 })
 */
export function createStreamBuilder<D extends DuplexStream>({
  url,
  Duplex,
  tls,
  websocket,
  ...core
}: StreamBuilderOptions<D>): StreamBuilder<D> {
  let session: LinkSession | undefined
  let events: LinkEvents | undefined
  let stream: D | undefined
  /** What MQTT.js has written before there was a session. */
  let start: (() => void) | undefined

  /** The stream at hand is over: MQTT.js builds the next one. */
  const drop = (): void => {
    const over = stream
    stream = start = undefined
    over?.destroy()
  }

  const open = (newSession: LinkSession, newEvents: LinkEvents): Link => {
    session = newSession
    events = newEvents
    events.ready({ resumed: false, subscriptions: 'lost', heartbeat: { receiveIdleMs: Infinity } })
    start?.()
    start = undefined
    return {
      receive(frame) {
        // Its bytes are valid until this returns, and a stream keeps them.
        if (typeof frame !== 'string') stream?.push(frame.slice())
      },
      subscribe() {},
      dispose() {
        if (session !== newSession) return
        session = events = undefined
        drop()
      },
    }
  }

  const client = createClient<Bytes>({
    ...core,
    url: async () => toAddress(typeof url === 'function' ? await url() : url),
    transport: mqttTransport(websocket, tls),
    protocol: { name: 'mqtt', capabilities, separator: '/', subprotocols: ['mqtt'], open } as Protocol<Bytes>,
  })

  /** That it fails is told by the status. */
  const connect = (): void => void client.connect().catch(() => {})

  const build = (): D => {
    drop()
    // After a failure for good a stream waits for `reconnectNow`: MQTT.js would ask a thousand times a second.
    if (client.status.get().status !== 'failed') connect()
    const own = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        const write = (): void => {
          session?.send(chunk)
          done()
        }
        if (session) write()
        else start = write
      },
      final(done) {
        done()
      },
      destroy(error, done) {
        done(error)
        if (own !== stream) return
        stream = start = undefined
        const lost = new RealtimeError(
          'connection.lost',
          'MQTT.js has ended its stream',
          {},
          error ?? undefined,
        )
        events?.fail('retry', lost)
      },
    })
    stream = own
    return own
  }

  const { status, trace, onError, close } = client
  return {
    status,
    trace,
    onError,
    reconnectNow() {
      if (status.get().status === 'failed') connect()
      else client.reconnectNow()
    },
    build,
    async close(options) {
      await close(options)
      drop()
    },
  }
}
