import type { Address } from '@org/example-backend'
import { Choice } from '@org/example-look/react'
import type { Client } from '@org/realtime-core'
import { RealtimeProvider } from '@org/realtime-react'
import { RealtimeInspector } from '@org/realtime-react/inspector'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { channels } from './channels.ts'
import { type Backend, clients } from './clients.ts'
import { Room } from './room.tsx'

const names = Object.keys(clients) as Backend[]
const me = `guest ${Math.floor(Math.random() * 900) + 100}`

function App({ address }: { address: Address }) {
  const [backend, setBackend] = useState<Backend>('Pusher')
  const [client, setClient] = useState<Client<typeof channels>>()

  useEffect(() => {
    const next = clients[backend](address) as Client<typeof channels>
    setClient(next)
    return () => void next.close()
  }, [backend, address])

  return (
    <>
      <header className="row between">
        <div>
          <h1>One component, three backends</h1>
          <p className="soft">You are {me}. Open a second window with the same backend.</p>
        </div>
        <Choice label="Backend" of={names} chosen={backend} choose={setBackend} />
      </header>
      {client && (
        <RealtimeProvider client={client}>
          <Room key={backend} me={me} />
          <RealtimeInspector control={address.control} />
        </RealtimeProvider>
      )}
    </>
  )
}

const root = document.querySelector('#root')
const response = await fetch('/demo.json')
const address = (await response.json()) as Address
if (root)
  createRoot(root).render(
    <StrictMode>
      <App address={address} />
    </StrictMode>,
  )
