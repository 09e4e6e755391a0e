import type { Channels, RegisteredChannels } from '@org/realtime-core'
import { createLink, type MswLink, type MswLinkOptions } from './link.ts'
import { createMqttServer, type MqttServer, type MqttServerOptions } from './mqtt-server.ts'

export interface MqttLinkOptions<R extends Channels> extends MqttServerOptions, MswLinkOptions<R> {}

/** msw for MQTT over WebSocket. */
export const mqtt = {
  /**
   * Simulates a broker at an address, for clients that use the global `WebSocket`. It lives as long as the link: make
   * one for each test, or what one test has left the next will find.
   * @example
   * const lamps = mqtt.link('wss://example.org/mqtt', { channels })
   * setupServer(lamps.handler).listen()
   * await lamps.channel('lamps/{id}/state', { id: 7 }).emit('message', { on: true })
   */
  link<R extends Channels = RegisteredChannels>(
    url: string | RegExp,
    options: MqttLinkOptions<R> = {},
  ): MswLink<R, MqttServer> {
    return createLink(url, options, '/', createMqttServer(options))
  },
}
