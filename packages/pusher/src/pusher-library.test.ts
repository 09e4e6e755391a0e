import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Backend from 'pusher'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encryption } from './encrypted.ts'
import { KEY, MASTER_KEY, SECRET } from './far-end-test-setup.ts'
import { type SetupOptions, setup } from './pusher-test-setup.ts'
import { createVerbs } from './verbs.ts'

/** The official library for backends, which sends what it triggers to a server that only writes it down. */
async function backend() {
  const bodies: { name: string; data: string; channels?: string[] }[] = []
  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(JSON.parse(body))
    response.setHeader('Content-Type', 'application/json')
    response.end('{}')
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(async () => {
    http.closeAllConnections()
    http.close()
    await once(http, 'close')
  })
  const library = new Backend({
    appId: 'app',
    key: KEY,
    secret: SECRET,
    host: '127.0.0.1',
    port: `${(http.address() as AddressInfo).port}`,
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY.toString('base64'),
  })
  return { library, bodies }
}

const clientOf = (library: Backend, more: SetupOptions = {}) =>
  setup({
    encryption: encryption(),
    auth: {
      authorize: ({ socketId, channel }) =>
        channel.startsWith('presence-')
          ? library.authorizeChannel(socketId, channel, { user_id: '7', user_info: { name: 'Ada' } })
          : library.authorizeChannel(socketId, channel),
    },
    userAuthentication: { authenticate: ({ socketId }) => library.authenticateUser(socketId, { id: '7' }) },
    ...more,
  })

describe('the official library for backends', () => {
  it.each(['private-a', 'presence-a', 'private-cache-a', 'private-encrypted-a'])(
    'authorizes %s with what we ask and send on',
    async (name) => {
      const { library } = await backend()
      const { client, settled } = clientOf(library)
      const channel = client.untyped(name)
      channel.join()
      await settled()
      expect(channel.status.get().state).toBe('joined')
    },
  )

  it('authenticates users', async () => {
    const { library } = await backend()
    const { client, protocol } = clientOf(library)
    const { signin } = createVerbs(client as never, protocol.shared)
    await expect(signin()).resolves.toMatchObject({ id: '7' })
  })

  it('triggers events that we read, sealed ones too', async () => {
    const { library, bodies } = await backend()
    const { client, settled, transport } = clientOf(library)
    const heard: unknown[] = []
    for (const name of ['room', 'private-encrypted-a'])
      client.untyped(name).on('said', (value) => heard.push(value))
    await settled()
    await library.trigger('room', 'said', { text: 'ä€😀' })
    await library.trigger('private-encrypted-a', 'said', { text: 'sealed' })
    // As the server of the protocol sends on what it gets over HTTP.
    for (const { name: event, data, channels } of bodies)
      transport.last.send(JSON.stringify({ event, channel: channels?.[0], data }))
    await settled()
    expect(heard).toEqual([{ text: 'ä€😀' }, { text: 'sealed' }])
  })
})
