import { expectTypeOf, it } from 'vitest'
import type { WebSocket as NodeWebSocket } from 'ws'
import type { Transport } from './transport.ts'
import { type WebSocketConstructor, websocketTransport } from './websocket-transport.ts'

it('takes the constructors of the platform and of ws', () => {
  expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>()
  expectTypeOf<typeof NodeWebSocket>().toExtend<WebSocketConstructor>()
  expectTypeOf(
    websocketTransport({ WebSocket, headers: async () => ({ a: 'b' }) }),
  ).toEqualTypeOf<Transport>()
})

it('refuses what is no constructor of sockets', () => {
  // @ts-expect-error an EventTarget is no socket
  websocketTransport({ WebSocket: EventTarget })
  // @ts-expect-error an instance is no constructor
  websocketTransport({ WebSocket: {} as WebSocket })
  // @ts-expect-error a header has one value
  websocketTransport({ headers: { a: 1 } })
})
