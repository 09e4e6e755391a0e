import type { Address } from '@org/example-backend'
import { button, chip, h } from '@org/example-look/dom'
import { statusTones } from '@org/example-look/status'
import { mountInspector } from '@org/realtime-devtools'
import { createRakit, defineChannels, event } from '@org/realtime-raw-ws'

const channels = defineChannels({
  'chat.{id}': { message: event<{ readonly text: string }>() },
  '@room': { message: event<string>(), text: event<string>() },
  '@{client}': { message: event<string>() },
})

const root = document.querySelector('#root') as HTMLElement
const { host, control } = (await (await fetch('/demo.json')).json()) as Address
const client = createRakit({ channels, url: `ws://${host}/rakit` })
mountInspector(client, { control })
const { rakit } = client

const status = chip()
const me = h('span', { class: 'soft' })
const lines = h('ul', { class: 'plain lines', 'aria-live': 'polite' })
const nothing = h(
  'p',
  { class: 'empty' },
  'Nothing has been said. Write to everybody, or open a second window.',
)
const list = h('select', { 'aria-label': 'To' })
const text = h('input', { 'aria-label': 'What to say', placeholder: 'Halo semua!', autocomplete: 'off' })
const isCommand = h('input', { type: 'checkbox' })
const here = h('p', { class: 'soft' })
const note = h('p', { role: 'alert', class: 'soft' })

const CHANNEL = 'the channel chat.1'
const EVERYBODY = 'everybody'

function show(from: string | undefined, to: string, said: string): void {
  nothing.hidden = true
  lines.append(h('li', {}, h('b', {}, from ?? 'somebody'), ` to ${to}: ${said}`))
}

const chat = client.channel('chat.{id}', { id: 1 })
chat.on('message', ({ text: said }, { from }) => show(from, CHANNEL, said))
const room = client.channel('@room')
room.on('message', (said, { from }) => show(from, EVERYBODY, said))
// What commands say, and who comes and goes.
room.on('text', (said) => lines.append(h('li', { class: 'soft' }, said)))
client.channel('@{client}', { client: 'me' }).on('message', (said, { from }) => show(from, 'you', said))

rakit.id.subscribe(showMe)
rakit.members.subscribe(showMembers)
client.status.subscribe(showStatus)
showStatus()
showMembers()

function showStatus(): void {
  const { status: word } = client.status.get()
  status.show(word, statusTones[word])
}

function showMe(): void {
  const id = rakit.id.get()
  me.textContent = id ? `You are ${id}.` : ''
  showMembers()
}

function showMembers(): void {
  const own = rakit.id.get()
  // Without an id there is no connection, and nobody knows.
  const known = own === undefined ? [] : rakit.members.get().list
  const others = known.map(({ id }) => id).filter((id) => id !== own)
  const names = [EVERYBODY, CHANNEL, ...others]
  here.textContent = own === undefined ? '' : `Here: ${['you', ...others].join(', ')}.`
  const { value } = list
  list.replaceChildren(...names.map((name) => h('option', {}, name)))
  list.value = names.includes(value) ? value : EVERYBODY
}

/** Private messages come back to nobody, so what was said is shown here. */
async function say(): Promise<void> {
  const said = text.value.trim()
  const to = list.value
  if (!said) return
  try {
    if (isCommand.checked) await command(to, said)
    else if (to === EVERYBODY) await rakit.broadcast(said)
    else if (to === CHANNEL) await chat.publish('message', { text: said })
    else {
      await rakit.sendTo(to, said)
      show('you', to, said)
    }
    text.value = ''
    note.textContent = isCommand.checked
      ? 'Sent as a command. Rakit obeys it; the server of this page does not.'
      : ''
  } catch (error) {
    note.textContent = error instanceof Error ? error.message : `${error}`
  }
}

/** As a command it arrives as bare text, and from nobody. */
function command(to: string, said: string) {
  if (to === EVERYBODY) return rakit.toAll(said)
  return to === CHANNEL ? rakit.toChannel(chat.name, said) : rakit.toClient(to, said)
}

const form = h(
  'form',
  { class: 'row' },
  list,
  text,
  h('label', { class: 'row' }, isCommand, 'as a command'),
  button('Say', () => void say(), { class: 'primary' }),
)
form.addEventListener('submit', (submitted) => {
  submitted.preventDefault()
  void say()
})

root.append(
  h('header', { class: 'row between' }, h('div', {}, h('h1', {}, 'Chat with Rakit'), me), status.element),
  h(
    'section',
    { class: 'card' },
    h(
      'div',
      { class: 'row between' },
      here,
      button('Ask who is here', () => rakit.presence.refresh()),
    ),
    nothing,
    lines,
    form,
    note,
  ),
)
