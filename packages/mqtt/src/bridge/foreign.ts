/** What the bridge uses of a client that somebody else has made with MQTT.js 5. */
export interface ForeignMqtt {
  readonly connected: boolean
  /** It was ended, and does not come back by itself. */
  readonly disconnecting: boolean
  on(event: string, listener: (...values: never[]) => void): unknown
  removeListener(event: string, listener: (...values: never[]) => void): unknown
  /** It takes any Uint8Array, whatever its types say. */
  publish(topic: string, payload: never, options: object, done: (error?: Error) => void): unknown
  subscribe(
    filter: string,
    options: { readonly qos: 0 | 1 | 2 },
    done: (error: Error | null, granted?: readonly { readonly qos: number }[]) => void,
  ): unknown
  unsubscribe(filter: string): unknown
  /** Who waits for an answer, and filters of a SUBSCRIBE, by the identifier of the packet. */
  readonly outgoing?: Record<number, { cb?: (...answer: never[]) => unknown }>
  readonly messageIdToTopic?: Readonly<Record<number, readonly string[]>>
  reconnect(): unknown
  end(): unknown
}

/** The part of its packets that is passed on. */
export interface ForeignPacket {
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly dup: boolean
  readonly properties?: object
}
