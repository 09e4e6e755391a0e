import { Window } from 'happy-dom'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type Dialect, KEY, sign } from '../far-end-test-setup.ts'
import { createReferenceServer } from '../reference-server-test-setup.ts'
import { until } from '../until-test-setup.ts'

// A page inside Node, because the server cannot be loaded in the environment of pages.
const window = new Window()
const { document, Element, HTMLElement, HTMLIFrameElement, SVGElement, Node, Event, navigator } = window
Object.assign(globalThis, {
  window,
  document,
  Element,
  HTMLElement,
  HTMLIFrameElement,
  SVGElement,
  Node,
  Event,
  navigator,
})
const { act, StrictMode } = await import('react')
const { createRoot } = await import('react-dom/client')
const { createApp, defineComponent, h } = await import('vue')
const inReact = await import('@laravel/echo-react')
const inVue = await import('@laravel/echo-vue')
const { websocketTransport } = await import('@org/realtime-core/kit')
const { Pusher } = await import('../compat.ts')

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

async function setup(dialect: Dialect) {
  const server = await createReferenceServer({ dialect })
  onTestFinished(() => server.stop())
  onTestFinished(() => {
    for (const pusher of Pusher.instances) pusher.disconnect()
  })
  const member = { user_id: '1', user_info: { name: 'Ada' } }
  const options = {
    broadcaster: 'reverb',
    key: KEY,
    wsHost: '127.0.0.1',
    wsPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    withoutInterceptors: true,
    authorizer: ({ name }: { readonly name: string }) => ({
      authorize: (socketId: string, done: (error: null, answer: object) => void) =>
        done(null, sign.channel(socketId, name, name.startsWith('presence-') ? member : undefined)),
    }),
    transport: websocketTransport({ WebSocket: WebSocket as never }),
    Pusher,
  }
  return { server, options: options as never }
}

describe.each(['pusher', 'soketi', 'reverb'] as const)(
  'the hooks of Echo at a reference server that is a %s',
  (dialect) => {
    it('hear private channels in React, and leave them', async () => {
      const { server, options } = await setup(dialect)
      inReact.configureEcho(options)
      const log: unknown[] = []
      function Page() {
        inReact.useEcho('booking.42', '.Changed', (payload) => log.push(payload))
        return inReact.useConnectionStatus()
      }
      const element = document.createElement('div') as never as HTMLElement
      const root = createRoot(element)
      await act(async () => root.render(<StrictMode>{<Page />}</StrictMode>))
      await act(() => until(() => expect(server.joined('private-booking.42')).toBe(1)))
      server.publish('private-booking.42', 'Changed', 1)
      await act(() => until(() => expect(log).toEqual([1])))
      expect(element.textContent).toBe('connected')
      await act(async () => root.unmount())
      await act(() => until(() => expect(server.joined('private-booking.42')).toBe(0)))
    })

    it('hear private and presence channels in Vue, and leave them', async () => {
      const { server, options } = await setup(dialect)
      inVue.configureEcho(options)
      const log: unknown[] = []
      const here: unknown[] = []
      const app = createApp(
        defineComponent({
          setup() {
            inVue.useEcho('booking.42', '.Changed', (payload) => log.push(payload))
            inVue
              .useEchoPresence('desk')
              .channel()
              .here((users: unknown[]) => here.push(users))
            const status = inVue.useConnectionStatus()
            return () => h('p', status.value)
          },
        }),
      )
      const element = document.createElement('div') as never as HTMLElement
      app.mount(element)
      await until(() =>
        expect([server.joined('private-booking.42'), server.joined('presence-desk')]).toEqual([1, 1]),
      )
      server.publish('private-booking.42', 'Changed', 1)
      await until(() => expect([log, here]).toEqual([[1], [[{ name: 'Ada' }]]]))
      expect(element.textContent).toBe('connected')
      app.unmount()
      await until(() =>
        expect([server.joined('private-booking.42'), server.joined('presence-desk')]).toEqual([0, 0]),
      )
    })
  },
)
