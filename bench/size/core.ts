import { createClient } from '@org/realtime-core'

/** The least that works: one JSON message per frame, joined when asked. */
createClient({
  url: 'wss://example.org',
  protocol: {
    name: 'trivial',
    separator: '.',
    capabilities: { presence: false, publish: false, ack: false, history: false },
    open(session, events) {
      events.ready({})
      return {
        receive(frame) {
          const { channel, event, payload } = JSON.parse(frame as string)
          events.message(channel, event, payload)
        },
        subscribe(requests) {
          for (const { key } of requests) {
            session.send(key)
            events.joined(key)
          }
        },
      }
    },
  },
}).connect()
