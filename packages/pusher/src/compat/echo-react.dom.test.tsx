import {
  configureEcho,
  useConnectionStatus,
  useEcho,
  useEchoPresence,
  useEchoPublic,
  useSocketId,
} from '@laravel/echo-react'
import { act, type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../until-test-setup.ts'
import { echoSetup } from './echo-hooks-test-setup.ts'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

async function mount(
  node: ReactNode,
): Promise<{ readonly text: () => string; render(next: ReactNode): Promise<void> }> {
  const element = document.createElement('div')
  const root = createRoot(element)
  const render = (next: ReactNode): Promise<void> =>
    act(async () => root.render(<StrictMode>{next}</StrictMode>))
  await render(node)
  onTestFinished(() => act(async () => root.unmount()))
  return { text: () => element.textContent ?? '', render }
}

const settled = (check: () => void): Promise<void> => act(() => until(check))

describe('@laravel/echo-react over our Pusher', () => {
  it('hears private and public channels, and leaves them when it is unmounted', async () => {
    const { server, options, dialled } = echoSetup()
    configureEcho(options)
    const log: unknown[] = []
    function Page() {
      useEcho('booking.42', '.BookingStatusUpdated', (payload) => log.push(payload))
      useEchoPublic('availability', ['.Updated', '.Closed'], (payload) => log.push(payload))
      return null
    }
    const page = await mount(<Page />)
    await settled(() =>
      expect([server.joined('private-booking.42'), server.joined('availability')]).toEqual([1, 1]),
    )
    server.publish('private-booking.42', 'BookingStatusUpdated', 1)
    server.publish('availability', 'Closed', 2)
    await settled(() => expect(log).toEqual([1, 2]))
    await page.render(null)
    await settled(() =>
      expect([server.joined('private-booking.42'), server.joined('availability')]).toEqual([0, 0]),
    )
    expect(dialled()).toBe(1)
  })

  it('tells members, status and socket id', async () => {
    const { server, options } = echoSetup()
    configureEcho(options)
    function Page() {
      useEchoPresence('desk')
      return `${useConnectionStatus()} ${useSocketId() ?? ''}`
    }
    const page = await mount(<Page />)
    await settled(() => expect(page.text()).toMatch(/^connected \d+\.\d+$/))
    await settled(() => expect(server.joined('presence-desk')).toBe(1))
  })
})
