import type { Address } from '@org/example-backend'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { createBookingClient } from './client.ts'

const root = document.querySelector('#root')
const response = await fetch('/demo.json')
const booking = createBookingClient((await response.json()) as Address)
if (root)
  createRoot(root).render(
    <StrictMode>
      <App booking={booking} />
    </StrictMode>,
  )
