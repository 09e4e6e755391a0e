import type { Address } from '@org/example-backend'
import { createRealtime } from '@org/realtime-vue'
import { createApp, defineComponent, h } from 'vue'
import { createNoticesClient, useStatus } from './client.ts'
import { Notices } from './notices.ts'
import { SessionList } from './sessions.ts'

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
  ]
})

const response = await fetch('/demo.json')
createApp(App)
  .use(createRealtime(createNoticesClient((await response.json()) as Address)))
  .mount('#app')
