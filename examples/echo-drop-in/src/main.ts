import type { Address } from '@org/example-backend'
import { statusTones } from '@org/example-look/status'
import { mountInspector } from '@org/realtime-devtools'
import { Pusher } from '@org/realtime-pusher/compat'
import Echo from 'laravel-echo'

interface Member {
  readonly id: string
  readonly name: string
}

const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement
/** Echo says "disconnected" where nobody tries any more. */
const tones: Readonly<Record<string, string>> = { ...statusTones, disconnected: 'bad' }
const words: Readonly<Record<string, string>> = {
  disconnected: 'The server has ended the connection. Nothing new arrives here.',
  failed: 'The server cannot be reached. This page goes on trying.',
}
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

echo.connector.onConnectionChange((status: string) => {
  find('status').textContent = status
  find('status').dataset['tone'] = tones[status]
  find('why').textContent = words[status] ?? ''
  find('ended').hidden = !words[status]
  find('again').hidden = status !== 'disconnected'
  if (status === 'disconnected') members.clear()
  showMembers()
})
find('again').addEventListener('click', () => echo.connector.pusher.connect())

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
  .error(() => {
    find('nobody').textContent = 'You may not see who is here.'
  })
  .listenForWhisper('wave', ({ name }: { readonly name: string }) => {
    find('said').textContent = `${name} waves`
  })

find('wave').addEventListener('click', () => office.whisper('wave', { name: me }))
find('order').addEventListener('click', async () => {
  const answer = await fetch('/api/orders', { method: 'POST', headers }).catch(() => undefined)
  find('not-ordered').textContent = answer?.ok ? '' : 'The server could not be reached. Nothing was ordered.'
})
