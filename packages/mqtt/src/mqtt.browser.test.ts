import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { createMqtt, type MqttOptions } from './index.ts'

const { url, control, token } = inject('mqttBroker')
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 25_000, interval: 10 })

let count = 0
const unique = (name: string): string => `${name}/${Date.now()}/${++count}`

/** Asks the broker for a fault; the result takes it back. */
async function cause(rule: object): Promise<() => Promise<void>> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const response = await fetch(`${control}/faults`, { method: 'POST', headers, body: JSON.stringify(rule) })
  expect(response.ok).toBe(true)
  const { id } = await response.json()
  return async () => void (await fetch(`${control}/faults/${id}`, { method: 'DELETE', headers }))
}

function connect(options: Partial<MqttOptions<never>> = {}) {
  const client = createMqtt({
    url,
    backoff: { firstMs: 10, baseMs: 10 },
    connection: { minDialGapMs: 5 },
    ...options,
  } as MqttOptions<never>)
  onTestFinished(() => client.close())
  return client
}

/** A page of its own in this one, with a client whose session is kept; its end is that of a tab. */
async function openPage(clientId: string) {
  const frame = document.createElement('iframe')
  const parts = ['./index.ts', './indexeddb.ts'].map((file) => new URL(file, import.meta.url).href)
  frame.srcdoc = `<script type="module">
    import { createMqtt } from '${parts[0]}'
    import { indexedDbStore } from '${parts[1]}'
    const store = indexedDbStore('${clientId}')
    const client = createMqtt({ url: '${url}', clientId: '${clientId}', clean: false, sessionExpiryMs: 60000, store })
    Object.assign(window, { store, client })
    parent.postMessage('${clientId}')
  </script>`
  const loaded = new Promise<void>((resolve) => {
    addEventListener('message', function heard({ data }) {
      if (data !== clientId) return
      removeEventListener('message', heard)
      resolve()
    })
  })
  document.body.append(frame)
  onTestFinished(() => frame.remove())
  await loaded
  const { client, store } = frame.contentWindow as unknown as {
    client: ReturnType<typeof createMqtt>
    store: { load(): Promise<Iterable<readonly [string, Uint8Array]>> }
  }
  return { client, store, end: () => frame.remove() }
}

describe('createMqtt in a page', () => {
  it.each([0, 1, 2] as const)('brings what is published with QoS %i', async (qos) => {
    const topic = unique('page')
    const [sender, listener] = [connect(), connect()]
    const heard: unknown[] = []
    const channel = listener.untyped(topic, { qos })
    channel.on('message', (payload, meta) => heard.push([payload, (meta as { qos: number }).qos]))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    const { outcome } = await sender.mqtt.publish(topic, { text: 'Grüße 🌊' }, { qos })
    expect(outcome).toBe(qos ? 'acknowledged' : 'sent')
    await until(() => expect(heard).toEqual([[{ text: 'Grüße 🌊' }, qos]]))
  })

  it('goes on with its session after a cut, and loses nothing', async () => {
    const topic = unique('cut')
    const clientId = `page-${count}`
    const client = connect({ clientId, clean: false, sessionExpiryMs: 60_000 })
    const heard: unknown[] = []
    const channel = client.untyped(topic, { qos: 1 })
    channel.on('message', (payload) => heard.push(payload))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.push(status))
    const stall = await cause({ at: 'upgrade', do: 'refuse' })
    await cause({ at: 'now', do: 'cut', client: clientId })
    await until(() => expect(statuses).toContain('reconnecting'))
    const receipts = [1, 2, 3].map((n) => client.mqtt.publish(topic, `${n}`, { qos: 2 }))
    await stall()
    await Promise.all(receipts)
    await until(() => expect(heard).toEqual([1, 2, 3]))
    expect(client.mqtt.session.get()?.isResumed).toBe(true)
  })

  it('sends in the next page what was not acknowledged in the one before', async () => {
    const topic = unique('reload')
    const clientId = `reload-${Date.now()}`
    const listener = connect()
    const heard: unknown[] = []
    const channel = listener.untyped(topic, { qos: 1 })
    channel.on('message', (payload) => heard.push(payload))
    await until(() => expect(channel.status.get().state).toBe('joined'))

    const first = await openPage(clientId)
    await first.client.connect()
    const lose = await cause({ at: 'frame', direction: 'in', type: 'publish', client: clientId, do: 'drop' })
    void first.client.mqtt.publish(topic, '"kept"', { qos: 1 })
    await until(async () => expect([...(await first.store.load())].map(([key]) => key[0])).toContain('p'))
    first.end()
    await lose()

    const second = await openPage(clientId)
    await second.client.connect()
    await until(() => expect(heard).toEqual(['kept']))
    expect(second.client.mqtt.session.get()?.isResumed).toBe(true)
    await second.client.close()
  })

  it.each(['mqtt://127.0.0.1', 'mqtts://127.0.0.1:8883'])(
    'says of %s that a page needs a WebSocket',
    (address) => {
      const client = createMqtt({ url: address })
      return expect(client.connect()).rejects.toMatchObject({ code: 'option.invalid' })
    },
  )
})
