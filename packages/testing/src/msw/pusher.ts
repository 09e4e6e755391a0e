import type { Channels, RegisteredChannels } from '@org/realtime-core'
import { createLink, type MswLink, type MswLinkOptions } from './link.ts'
import { createPusherServer, type PusherServer, type PusherServerOptions } from './pusher-server.ts'

export interface PusherLinkOptions<R extends Channels> extends PusherServerOptions, MswLinkOptions<R> {}

/** msw for Pusher's protocol. */
export const pusher = {
  /**
   * Simulates a server at an address, for clients that use the global `WebSocket`. The address is that of the app, `wss://example.org/app/:key`. It lives as long as the link: make one for
   * each test, or what one test has left the next will find.
   * @example
   * const bookings = pusher.link('wss://example.org/app/:key', { channels })
   * setupServer(bookings.handler).listen()
   * await bookings.channel('private-booking.{id}', { id: 7 }).emit('Changed', { code: 'B-7' })
   */
  link<R extends Channels = RegisteredChannels>(
    url: string | RegExp,
    options: PusherLinkOptions<R> = {},
  ): MswLink<R, PusherServer> {
    return createLink(url, options, '.', createPusherServer(options))
  },
}
