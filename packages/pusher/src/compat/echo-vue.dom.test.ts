import {
  configureEcho,
  useConnectionStatus,
  useEcho,
  useEchoPresence,
  useEchoPublic,
  useSocketId,
} from '@laravel/echo-vue'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp, defineComponent, h } from 'vue'
import { until } from '../until-test-setup.ts'
import { echoSetup } from './echo-hooks-test-setup.ts'

function mount(setup: () => () => unknown): { readonly text: () => string; unmount(): void } {
  const element = document.createElement('div')
  const app = createApp(defineComponent({ setup: () => setup() as () => never }))
  app.mount(element)
  let isMounted = true
  const unmount = (): void => {
    if (isMounted) app.unmount()
    isMounted = false
  }
  onTestFinished(unmount)
  return { text: () => element.textContent ?? '', unmount }
}

describe('@laravel/echo-vue over our Pusher', () => {
  it('hears private and public channels, and leaves them when it is unmounted', async () => {
    const { server, options, dialled } = echoSetup()
    configureEcho(options)
    const log: unknown[] = []
    const page = mount(() => {
      useEcho('booking.42', '.BookingStatusUpdated', (payload) => log.push(payload))
      useEchoPublic('availability', ['.Updated', '.Closed'], (payload) => log.push(payload))
      return () => null
    })
    await until(() =>
      expect([server.joined('private-booking.42'), server.joined('availability')]).toEqual([1, 1]),
    )
    server.publish('private-booking.42', 'BookingStatusUpdated', 1)
    server.publish('availability', 'Closed', 2)
    await until(() => expect(log).toEqual([1, 2]))
    page.unmount()
    await until(() =>
      expect([server.joined('private-booking.42'), server.joined('availability')]).toEqual([0, 0]),
    )
    expect(dialled()).toBe(1)
  })

  it('tells members, status and socket id', async () => {
    const { options } = echoSetup()
    configureEcho(options)
    const here: unknown[] = []
    const page = mount(() => {
      useEchoPresence('desk')
        .channel()
        .here((users: unknown[]) => here.push(users))
      const status = useConnectionStatus()
      const socketId = useSocketId()
      return () => h('p', `${status.value} ${socketId.value ?? ''}`)
    })
    await until(() => expect(page.text()).toMatch(/^connected \d+\.\d+$/))
    await until(() => expect(here.length).toBe(1))
  })
})
