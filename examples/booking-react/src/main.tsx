import type { Address } from '@org/example-backend'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { createBookingClient } from './client.ts'

const root = createRoot(document.querySelector('#root') as HTMLElement)
const address = (await (await fetch('/demo.json')).json()) as Address
const app = <App client={createBookingClient(address)} control={address.control} />
const show = (): void => root.render(<StrictMode>{app}</StrictMode>)
show()
// What tests do.
Object.assign(window, { show, hide: () => root.render(null) })
