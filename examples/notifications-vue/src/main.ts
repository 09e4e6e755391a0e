import type { Address } from '@org/example-backend'
import { createRealtime } from '@org/realtime-vue'
import { RealtimeInspector } from '@org/realtime-vue/inspector'
import { createApp, defineComponent, h } from 'vue'
import { createNoticesClient, useStatus } from './client.ts'
import { Notices } from './notices.ts'
import { SessionList } from './sessions.ts'

const address = (await (await fetch('/demo.json')).json()) as Address

const App = defineComponent(() => {
  const status = useStatus()
  return () => [
    h('header', { class: 'row between' }, [
      h('h1', 'Notifications'),
      h(
        'span',
        { class: 'chip status', 'data-tone': status.value.status === 'connected' ? 'good' : 'warn' },
        status.value.status,
      ),
    ]),
    h('section', { class: 'card' }, [h('h2', 'Customer 42'), h(Notices)]),
    h('section', { class: 'card' }, [
      h('h2', 'Sessions'),
      h(SessionList),
      h('p', { class: 'soft' }, [
        'Book one on the ',
        h('a', { href: '/booking-react/', target: '_blank' }, 'booking page'),
        ', and look here.',
      ]),
    ]),
    h(RealtimeInspector, { control: address.control }),
  ]
})

const client = createNoticesClient(address)
let hide = (): void => {}
const show = (): void => {
  const app = createApp(App).use(createRealtime(client))
  app.mount('#app')
  hide = () => app.unmount()
}
show()
// What tests do.
Object.assign(window, { show, hide: () => hide() })
