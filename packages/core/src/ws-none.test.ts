import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { type WebSocketConstructor, websocketTransport } from './websocket-transport.ts'

vi.mock('#ws', () => import('./ws-none.ts'))
afterEach(() => vi.unstubAllGlobals())

const target = { url: 'ws://host/', subprotocols: [] }
const events = { open() {}, frame() {}, end() {} }

function stubWebSocket() {
  const urls: string[] = []
  const WebSocket = function (this: object, url: string) {
    urls.push(url)
  } as unknown as WebSocketConstructor
  return { urls, WebSocket }
}

describe('websocketTransport outside Node', () => {
  it('looks the global WebSocket up when dialling', () => {
    const transport = websocketTransport()
    const { urls, WebSocket } = stubWebSocket()
    vi.stubGlobal('WebSocket', WebSocket)
    transport(target, events)
    expect(urls).toEqual(['ws://host/'])
  })

  it('names the option to give where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined)
    expect(() => websocketTransport()(target, events)).toThrow(
      expect.objectContaining({
        code: 'option.invalid',
        details: expect.objectContaining({ option: 'WebSocket' }),
      }),
    )
  })

  it.each([{ headers: { a: 'b' } }, { tls: {} }, { agent: {} }])(
    'refuses %o when dialling, not before',
    (options) => {
      const transport = websocketTransport({ ...options, ...stubWebSocket() })
      expect(() => transport(target, events)).toThrow(
        expect.objectContaining({
          code: 'option.invalid',
          details: expect.objectContaining({ option: Object.keys(options)[0] }),
        }),
      )
    },
  )

  it('resolves an address relative to the page', () => {
    vi.stubGlobal('location', { href: 'https://shop.test/cart/1?x#y' })
    const { urls, WebSocket } = stubWebSocket()
    for (const url of ['/app/key', 'socket', '//other.test/app', '?token=1'])
      websocketTransport({ WebSocket })({ ...target, url }, events)
    expect(urls).toEqual([
      'wss://shop.test/app/key',
      'wss://shop.test/cart/socket',
      'wss://other.test/app',
      'wss://shop.test/cart/1?token=1',
    ])
  })

  it('survives the error that ws emits when a connecting socket is aborted', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const made: NodeWebSocket[] = []
    class Recorded extends NodeWebSocket {
      constructor(url: string, subprotocols: string[]) {
        super(url, subprotocols)
        made.push(this)
      }
    }
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
    websocketTransport({ WebSocket: Recorded })({ ...target, url }, events).close(1000)
    const [socket] = made as [NodeWebSocket]
    expect(socket.listenerCount('error')).toBe(1)
    await new Promise((resolve) => socket.on('close', resolve))
    server.close()
  })
})
