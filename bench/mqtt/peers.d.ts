declare module 'u8-mqtt/esm/node/v4.js' {
  interface Client {
    with_tcp(url: string): Client
    with_websock(url: string): Client
    connect(options: object): Promise<unknown>
    pub(packet: { topic: string; payload: Uint8Array; qos: 0 | 1 }): Promise<unknown>
    subscribe(topics: readonly (readonly [topic: string, options: { qos: 0 | 1 }])[]): Promise<unknown>
    subscribe_topic(route: string, got: () => void): Client
    disconnect(): Promise<unknown>
  }
  export default function mqtt(): Client
}

declare module 'paho-mqtt' {
  class Message {
    constructor(payload: Uint8Array)
    destinationName: string
    qos: number
  }
  class Client {
    constructor(url: string, clientId: string)
    onMessageDelivered: (message: Message) => void
    onMessageArrived: () => void
    connect(options: { onSuccess: () => void; onFailure: (error: unknown) => void }): void
    send(message: Message): void
    subscribe(filter: string, options: { qos: 0 | 1 }): void
    disconnect(): void
  }
  const paho: { readonly Client: typeof Client; readonly Message: typeof Message }
  export default paho
}
