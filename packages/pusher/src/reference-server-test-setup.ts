import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from '@org/realtime-server'
import Backend from 'pusher'
import { KEY, SECRET, sign } from './far-end-test-setup.ts'
import type { LiveFarEnd, LiveOptions } from './live-far-end-test-setup.ts'
import { createTestApp } from './test-app-test-setup.ts'

/** What clients see of a server, be it the far end of tests or the reference server. */
export type ReferenceServer = Pick<
  LiveFarEnd,
  'port' | 'url' | 'posts' | 'answer' | 'open' | 'dialled' | 'stop' | 'publish' | 'joined' | 'dropAll'
> & { readonly received: readonly unknown[] }

/** The reference server on a port, the app's own server beside it, and the official library that publishes. */
export async function createReferenceServer({
  member,
  dialect = 'soketi',
}: LiveOptions = {}): Promise<ReferenceServer> {
  const account = { id: 'app-id', key: KEY, secret: SECRET }
  const hasUsers = dialect !== 'reverb'
  const apps = [{ ...account, enableClientMessages: true, enableUserAuthentication: hasUsers }]
  const server = createServer({ mode: 'development', port: 0, pusher: { dialect, apps } })
  let count = 0
  server.on('connect', () => count++)
  const { port } = await server.listen()
  const app = createTestApp(sign, member)
  app.http.listen(0, '127.0.0.1')
  await once(app.http, 'listening')
  const backend = new Backend({
    appId: 'app-id',
    key: KEY,
    secret: SECRET,
    host: '127.0.0.1',
    port: `${port}`,
    useTLS: false,
  })
  const recording = server.faults.record()
  let last: Promise<unknown> = Promise.resolve()

  return {
    port,
    url: `http://127.0.0.1:${(app.http.address() as AddressInfo).port}`,
    posts: app.posts,
    answer: app.answer,
    open: () => server.connections().length,
    dialled: () => count,
    joined: (channel) =>
      server.channels().find(({ name }) => name === `@app-id/${channel}`)?.subscribers ?? 0,
    received: recording.received,
    dropAll: () => void server.faults.add({ at: 'now', do: 'cut' }),
    publish(channel, event, payload) {
      // Not `trigger`, which would seal what is sealed already.
      const body = { name: event, data: JSON.stringify(payload), channels: [channel] }
      last = last.then(() => backend.post({ path: '/events', body: body as never }))
    },
    async stop() {
      await last
      await app.stop()
      await server.close()
    },
  }
}
