import type { Channels } from '@org/realtime-core'
import { type ClientOptions, createClient } from '@org/realtime-core'
import type { Capabilities, LinkEvents, Meta, Protocol, Transport } from '@org/realtime-core/kit'

type Given = Omit<ClientOptions<Channels, Capabilities, Meta, string>, 'protocol' | 'url' | 'transport'>

/** A session that opens at once and takes everything. */
const transport: Transport = (_target, { open }) => {
  queueMicrotask(() => open(''))
  return { send() {}, close() {}, bufferedBytes: 0 }
}

/**
 * A connected client without a wire: every join is answered inside the call, and whatever `events` is told
 * stands for a message that has just been decoded.
 */
export async function createImmediateClient(options: Given = {}) {
  let captured: LinkEvents | undefined
  const protocol: Protocol<Capabilities, Meta, string> = {
    name: 'immediate',
    separator: '.',
    capabilities: { presence: false, publish: false, ack: false, history: false },
    open(_session, events) {
      captured = events
      queueMicrotask(() => events.ready({ limits: { joins: Infinity } }))
      return {
        receive() {},
        subscribe(requests) {
          for (const { key } of requests) events.joined(key)
        },
        unsubscribe() {},
        ping: () => events.pong(),
      }
    },
  }
  const client = createClient({ ...options, protocol, transport, url: 'wss://bench.invalid' })
  await client.connect()
  if (!captured) throw new Error('Connected without a link')
  return { client, events: captured }
}
