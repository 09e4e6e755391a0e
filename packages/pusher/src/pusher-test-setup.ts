import { createTestClient, type TestClient, type TestClientOptions } from '@org/realtime-testing'
import { onTestFinished } from 'vitest'
import type { ChannelAuthAnswer } from './auth-options.ts'
import { createPusherFarEnd, type FarEndOptions, type PusherFarEnd } from './far-end-test-setup.ts'
import { createPusherProtocol, type PusherProtocol } from './protocol.ts'
import type { ProtocolOptions } from './shared.ts'

type ClientOptions = NonNullable<TestClientOptions<never, never>['clientOptions']>

export interface SetupOptions extends ProtocolOptions {
  readonly farEnd?: FarEndOptions
  readonly clientOptions?: ClientOptions
  /** Who the app's own server says we are in presence channels. @default { user_id: '1' } */
  readonly member?: { readonly user_id: string | number; readonly user_info?: unknown }
}

/** Answers as the app's own server would, at once. */
export function authorizer(farEnd: PusherFarEnd, member: object = { user_id: '1' }) {
  return ({ socketId, channel }: { socketId: string; channel: string }): ChannelAuthAnswer =>
    farEnd.sign.channel(socketId, channel, channel.startsWith('presence-') ? member : undefined)
}

/** A client, its far end and a clock; everything that is left over fails the test. */
export function setup({
  farEnd: options,
  clientOptions,
  member,
  ...own
}: SetupOptions = {}): TestClient<
  never,
  { readonly protocol: PusherProtocol; readonly server: PusherFarEnd }
> & { readonly protocol: PusherProtocol } {
  const server = createPusherFarEnd(options)
  const protocol = createPusherProtocol({ auth: { authorize: authorizer(server, member) }, ...own })
  const fake = createTestClient<never, { protocol: PusherProtocol; server: PusherFarEnd }>({
    protocol: { protocol, server },
    atEnd: onTestFinished,
    ...(clientOptions && { clientOptions }),
  })
  return Object.assign(fake, { protocol })
}
