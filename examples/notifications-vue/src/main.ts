import type { Address } from '@org/example-backend'
import { createRealtime } from '@org/realtime-vue'
import { createApp } from 'vue'
import App from './app.vue'
import { createNoticesClient } from './client.ts'

const address = (await (await fetch('/demo.json')).json()) as Address
const client = createNoticesClient(address)
let hide = (): void => {}
const show = (): void => {
  const app = createApp(App, { control: address.control }).use(createRealtime(client))
  app.mount('#app')
  hide = () => app.unmount()
}
show()
// What tests do.
Object.assign(window, { show, hide: () => hide() })
