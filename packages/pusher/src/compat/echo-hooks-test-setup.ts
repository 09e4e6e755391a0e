import { createMemoryTransport } from '@org/realtime-testing'
import { onTestFinished } from 'vitest'
import { Pusher } from '../compat.ts'
import { createPusherFarEnd, KEY } from '../far-end-test-setup.ts'

/** What the hooks of Echo are configured with, and the server behind it. */
export function echoSetup() {
  const server = createPusherFarEnd()
  const transport = createMemoryTransport()
  server.attach(transport)
  const options = {
    broadcaster: 'reverb',
    key: KEY,
    wsHost: '127.0.0.1',
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    withoutInterceptors: true,
    authorizer: ({ name }: { readonly name: string }) => ({
      authorize: (socketId: string, done: (error: null, answer: object) => void) =>
        done(
          null,
          server.sign.channel(socketId, name, name.startsWith('presence-') ? { user_id: '1' } : undefined),
        ),
    }),
    transport,
    Pusher,
  }
  onTestFinished(() => {
    for (const pusher of Pusher.instances) pusher.disconnect()
  })
  return { server, options: options as never, dialled: () => transport.sessions.length }
}
