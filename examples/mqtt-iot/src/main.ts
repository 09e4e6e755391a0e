import type { Address } from '@org/example-backend'
import { button, chip, ended, h } from '@org/example-look/dom'
import { statusTones } from '@org/example-look/status'
import { mountInspector } from '@org/realtime-devtools'
import { createMqtt, parseTopic } from '@org/realtime-mqtt'
import { channels } from './channels.ts'

const DELIVERIES = ['at-most-once', 'at-least-once', 'exactly-once'] as const

const root = document.querySelector('#root') as HTMLElement
const { host, control } = (await (await fetch('/demo.json')).json()) as Address
const client = createMqtt({ channels, url: `ws://${host}/mqtt`, credentials: { username: 'dashboard' } })
mountInspector(client, { control })

const status = chip()
const qos = h(
  'select',
  {},
  ...DELIVERIES.map((name, level) => h('option', { value: name }, `QoS ${level}, ${name}`)),
)
const devices = h('div', { class: 'grid' })
const empty = h('p', { class: 'empty' }, 'No device has said anything yet.')
const receipt = h('p', { role: 'status', class: 'soft' })
const cards = new Map<string, ReturnType<typeof createCard>>()

const temperatures = client.channel('devices/+/temperature')
temperatures.status.subscribe(({ state }) => {
  if (state === 'rejected') empty.textContent = 'You may not see these devices.'
})
temperatures.on('message', ({ celsius }, { topic, retain }) => {
  cardOf(topic)?.measure(celsius, retain)
})
client.channel('devices/+/status', { qos: 1 }).on('message', (word, { topic }) => cardOf(topic)?.tell(word))
client.status.subscribe(showStatus)
showStatus()

function showStatus(): void {
  const { status: word } = client.status.get()
  status.show(word, statusTones[word])
  devices.inert = word !== 'connected'
}

function cardOf(topic: string): ReturnType<typeof createCard> | undefined {
  const { id } =
    parseTopic('devices/{id}/temperature', topic) ?? parseTopic('devices/{id}/status', topic) ?? {}
  if (id === undefined) return undefined
  const card = cards.get(id) ?? createCard(id)
  cards.set(id, card)
  empty.hidden = true
  return card
}

function createCard(id: string) {
  const state = chip()
  const value = h('output', { class: 'value' }, '–')
  const note = h('span', { class: 'soft' })
  const set = async (on: boolean): Promise<void> => {
    const delivery = DELIVERIES.find((name) => name === qos.value) ?? 'at-most-once'
    const outcome = await client
      .channel('devices/{id}/set', { id })
      .publish('message', { on }, { delivery })
      .then(
        (receipt) => receipt.outcome,
        ({ message }: Error) => message,
      )
    receipt.textContent = `${id} ${on ? 'on' : 'off'}: ${outcome}`
  }
  const cut = async (): Promise<void> => {
    const answer = await fetch(`/api/devices/${id}/cut`, { method: 'POST' }).catch(() => undefined)
    receipt.textContent = `${id} cut: ${answer?.ok ? 'asked for' : 'the server could not be reached'}`
  }
  devices.append(
    h(
      'section',
      { class: 'card', 'data-device': id },
      h('div', { class: 'row between' }, h('h2', {}, id), state.element),
      h('p', {}, value, ' ', note),
      h(
        'div',
        { class: 'row' },
        button('On', () => void set(true)),
        button('Off', () => void set(false)),
        button('Cut', () => void cut()),
      ),
    ),
  )
  state.show('unknown', 'rest')
  return {
    measure(celsius: number, isRetained: boolean) {
      value.textContent = `${celsius.toFixed(1)} °C`
      note.textContent = isRetained ? 'last known' : ''
    },
    tell: (word: 'online' | 'offline') => state.show(word, word === 'online' ? 'good' : 'bad'),
  }
}

root.append(
  h(
    'header',
    { class: 'row between' },
    h(
      'div',
      {},
      h('h1', {}, 'Devices over MQTT'),
      h('p', { class: 'soft' }, 'Three thermometers in Node over TCP, this page over WebSocket.'),
    ),
    status.element,
  ),
  ended(client),
  h('label', { class: 'row' }, 'Switch with', qos),
  empty,
  devices,
  receipt,
)
