import type { Address } from '@org/example-backend'
import { mountInspector } from '@org/realtime-devtools'
import { Pusher } from '@org/realtime-pusher/compat'
import Echo from 'laravel-echo'

interface Member {
  readonly id: string
  readonly name: string
}

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement
const me = `guest-${Math.floor(Math.random() * 900) + 100}`
const headers = { Authorization: `Bearer echo-${me}` }

const { host, control } = (await (await fetch('/demo.json')).json()) as Address
const [wsHost, port] = host.split(':')

const echo = new Echo({
  broadcaster: 'reverb',
  key: 'echo-key',
  wsHost: `${wsHost}`,
  wsPort: Number(port),
  forceTLS: false,
  enabledTransports: ['ws', 'wss'],
  authEndpoint: '/broadcasting/auth?app_key=echo-key',
  auth: { headers },
  // The types of pusher-js name private parts, which no other class can have.
  Pusher: Pusher as never,
})

// The one thing here that pusher-js has nothing for.
mountInspector((echo.connector.pusher as unknown as Pusher).client, { control })

echo.connector.onConnectionChange((status: string) => {
  find('status').textContent = status
  find('status').dataset['tone'] = status === 'connected' ? 'good' : 'warn'
})

echo
  .private('orders')
  .listen('.OrderShipped', ({ item }: { readonly item: string }) => {
    find('no-orders').hidden = true
    const line = document.createElement('li')
    line.textContent = item
    find('orders').prepend(line)
  })
  .error(() => {
    find('no-orders').textContent = 'You may not see orders.'
  })

const members = new Map<string, string>()
const showMembers = (): void => {
  const lines = [...members].map(([id, name]) => {
    const line = document.createElement('li')
    line.className = 'chip'
    line.textContent = id === me ? `${name} (you)` : name
    return line
  })
  find('nobody').hidden = lines.length > 0
  find('here').replaceChildren(...lines)
}

const office = echo
  .join('office')
  .here((list: readonly Member[]) => {
    members.clear()
    for (const { id, name } of list) members.set(id, name)
    showMembers()
  })
  .joining(({ id, name }: Member) => {
    members.set(id, name)
    showMembers()
  })
  .leaving(({ id }: Member) => {
    members.delete(id)
    showMembers()
  })
  .listenForWhisper('wave', ({ name }: { readonly name: string }) => {
    find('said').textContent = `${name} waves`
  })

find('wave').addEventListener('click', () => office.whisper('wave', { name: me }))
find('order').addEventListener('click', () => fetch('/api/orders', { method: 'POST', headers }))
