import PusherJs from 'pusher-js'
import { onTestFinished } from 'vitest'
import { type CompatOptions, Pusher } from '../compat.ts'
import { KEY } from '../far-end-test-setup.ts'
import { createLiveFarEnd, type LiveFarEnd, type LiveOptions } from '../live-far-end-test-setup.ts'

/** The official class and ours, for scripts that both have to pass. */
export const classes: Readonly<Record<string, typeof Pusher>> = {
  // The far end is only right if the official client passes too.
  'pusher-js': PusherJs as unknown as typeof Pusher,
  'our Pusher': Pusher,
}

export async function setup(
  Class: typeof Pusher,
  farEndOptions: LiveOptions = {},
  options: CompatOptions = {},
): Promise<{
  readonly server: LiveFarEnd
  readonly make: (more?: CompatOptions) => Pusher
  readonly pusher: Pusher
}> {
  const server = await createLiveFarEnd(farEndOptions)
  const made: Pusher[] = []
  const make = (more: CompatOptions = {}): Pusher => {
    const pusher = new Class(KEY, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: server.port,
      forceTLS: false,
      enabledTransports: ['ws'],
      authEndpoint: `${server.url}/broadcasting/auth`,
      userAuthentication: { transport: 'ajax', endpoint: `${server.url}/broadcasting/user-auth` },
      ...options,
      ...more,
    } as CompatOptions)
    made.push(pusher)
    return pusher
  }
  onTestFinished(async () => {
    for (const pusher of made) pusher.disconnect()
    await server.stop()
  })
  return { server, make, pusher: make() }
}
