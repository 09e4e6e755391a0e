import { remoteServer } from '@org/realtime-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import * as source from './index.ts'
import { until } from './until-test-setup.ts'

declare module 'vitest' {
  interface ProvidedContext {
    pusherPages: string
  }
}

type Entry = Pick<typeof source, 'createPusher'>

async function post(path: string, body = ''): Promise<string> {
  const response = await fetch(`${inject('pusherPages')}/${path}`, { method: 'POST', body })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.text()
}

/** What a plain page has once its script tag is loaded. */
async function loadGlobal(): Promise<Entry> {
  const script = document.createElement('script')
  script.src = `${inject('pusherPages')}/client.js`
  await new Promise((resolve, reject) => {
    script.onload = resolve
    script.onerror = reject
    document.head.append(script)
  })
  script.remove()
  return (globalThis as unknown as { RealtimePusher: Entry }).RealtimePusher
}

async function setup(load: () => Promise<Entry>) {
  const { createPusher } = await load()
  const { id, port, key } = JSON.parse(await post('start'))
  const server = await remoteServer((question) => post(`ask/${id}`, question))
  const make = () => {
    const client = createPusher({
      key,
      host: '127.0.0.1',
      port,
      auth: { endpoint: `http://127.0.0.1:${port}/broadcasting/auth` },
      backoff: { firstMs: 10, baseMs: 10 },
      connection: { minDialGapMs: 5 },
    })
    onTestFinished(() => client.close())
    return client
  }
  onTestFinished(async () => void (await post(`stop/${id}`)))
  return { server, make }
}

describe.each([
  ['the script of a plain page', loadGlobal],
  ['the module', async () => source],
])('createPusher in Chromium, from %s', (_name, load) => {
  it('connects, and closes for good', async () => {
    const { make } = await setup(load)
    const client = make()
    await client.connect()
    expect([client.status.get().status, client.pusher.socketId.get()]).toEqual(['connected', '1.100'])
    await client.close()
    expect([client.status.get().status, client.pusher.socketId.get()]).toEqual(['closed', undefined])
  })

  it('joins a private channel by the endpoint, and hears its events', async () => {
    const { server, make } = await setup(load)
    const channel = make().untyped('private-booking.42')
    const heard: unknown[] = []
    channel.on('Updated', (payload) => heard.push(payload))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    await server.publish('private-booking.42', 'Updated', { code: 'Ä7' })
    await until(() => expect(heard).toEqual([{ code: 'Ä7' }]))
    expect(await server.joined('private-booking.42')).toBe(1)
  })

  it('brings an event of one client to the other', async () => {
    const { server, make } = await setup(load)
    const [mine, theirs] = [make(), make()].map((client) => client.untyped('private-room'))
    const heard: unknown[] = []
    theirs?.on('typing', (payload) => heard.push(payload))
    mine?.join()
    await until(async () => expect(await server.joined('private-room')).toBe(2))
    await expect(mine?.publish('typing', { on: true })).resolves.toMatchObject({ outcome: 'sent' })
    await until(() => expect(heard).toEqual([{ on: true }]))
    expect(await server.received()).toMatchObject([{ channel: 'private-room', event: 'typing' }])
  })

  it('comes back after the connection was lost, with its channels and one gap', async () => {
    const { server, make } = await setup(load)
    const client = make()
    const channel = client.untyped('private-room')
    const heard: unknown[] = []
    const gaps: string[] = []
    channel.on('said', (payload) => heard.push(payload))
    channel.onGap(({ continuity }) => gaps.push(continuity))
    await until(() => expect(channel.status.get().state).toBe('joined'))
    const statuses: string[] = []
    client.status.subscribe(({ status }) => statuses.at(-1) === status || statuses.push(status))
    await server.dropAll()
    await until(() => expect([statuses.at(-1), channel.status.get().state]).toEqual(['connected', 'joined']))
    await server.publish('private-room', 'said', 1)
    await until(() => expect(heard).toEqual([1]))
    expect([statuses, gaps]).toEqual([['reconnecting', 'connected'], ['unknown']])
  })
})
