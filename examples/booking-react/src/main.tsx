import type { Address } from '@org/example-backend'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { createBookingClient } from './client.ts'

const root = createRoot(document.querySelector('#root') as HTMLElement)
const address = (await (await fetch('/demo.json')).json()) as Address
const booking = createBookingClient(address)

const show = (): void =>
  root.render(
    <StrictMode>
      <App booking={booking} control={address.control} />
    </StrictMode>,
  )
show()
// What tests do.
Object.assign(window, { show, hide: () => root.render(null) })
