import type { Channels, RegisteredChannels } from '@org/realtime-core'
import { createLink, type MswLink, type MswLinkOptions } from './link.ts'
import { createRawWsServer, type RawWsServer } from './raw-ws-server.ts'
import type { RawWsServerOptions } from './raw-ws-world.ts'

export interface RawWsLinkOptions<R extends Channels> extends RawWsServerOptions, MswLinkOptions<R> {}

/** msw for the raw-ws envelope. */
export const rawWs = {
  /**
   * Simulates a server at an address, for clients that use the global `WebSocket`. It lives as long as the link:
   * make one for each test, or what one test has left the next will find.
   * @example
   * const rooms = rawWs.link('wss://example.org/raw', { channels })
   * setupServer(rooms.handler).listen()
   * await rooms.channel('room.{id}', { id: 7 }).emit('Said', { text: 'hi' })
   */
  link<R extends Channels = RegisteredChannels>(
    url: string | RegExp,
    options: RawWsLinkOptions<R> = {},
  ): MswLink<R, RawWsServer> {
    return createLink(url, options, '.', createRawWsServer(options))
  },
}
