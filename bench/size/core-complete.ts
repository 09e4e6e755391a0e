import { createClient, defineChannels, event } from '@org/realtime-core'
import { createOutbox, createPresence } from '@org/realtime-core/kit'

/** All that core has for a protocol: registry, outbox and presence too. */
createClient({
  url: 'wss://example.org',
  channels: defineChannels({ 'room.{id}': { said: event<string>() } }),
  protocol: {
    name: 'complete',
    separator: '.',
    capabilities: { presence: true, publish: 'anyone', ack: 'at-least-once', history: false },
    outbox: createOutbox,
    presence: createPresence,
    open(session, events) {
      events.ready({})
      return {
        receive(frame) {
          const { channel, event: name, payload } = JSON.parse(frame as string)
          events.message(channel, name, payload)
        },
        subscribe(requests) {
          for (const { key } of requests) {
            session.send(key)
            events.joined(key)
          }
        },
        publish({ payload }) {
          session.send(payload)
          return 'sent'
        },
      }
    },
  },
}).connect()
