/** Options of the endpoint `/rakit`, which speaks as the WebSocket server of the PHP framework Rakit does. */
export interface RakitOptions {
  /**
   * `safe` leaves out what makes a Rakit server dangerous: commands run by clients, private messages that leak,
   * channels that match loosely, a stall of all by one. `exact` has all of it, for tests of clients.
   * @default 'safe'
   */
  readonly compat?: 'safe' | 'exact'
  /**
   * Frames that arrive together and are longer than this, header included, wait until their sender sends again:
   * `max_buffer_size` of Rakit. Infinity takes frames of any length.
   * @default 2048
   */
  readonly bufferBytes?: number
  /** How long they wait at most. Not with `exact`, where everybody waits. @default 2000 */
  readonly stallMs?: number
  /**
   * How long a client may get nothing before it is cut in the next silence of 5 seconds of the whole endpoint:
   * `ping_timeout` of Rakit, with its meaning of 0.
   * @default 0
   */
  readonly pingTimeoutMs?: number
  /** Subprotocols that are agreed upon. @default none */
  readonly subprotocols?: readonly string[]
  /** How many clients may be in the room: each that comes or goes is told to all, with a list of all. @default 500 */
  readonly clients?: number
  /** How many channels one client may subscribe to. @default 100 */
  readonly channels?: number
}

export const rakitDefaults = {
  compat: 'safe',
  bufferBytes: 2048,
  stallMs: 2000,
  pingTimeoutMs: 0,
  subprotocols: [],
  clients: 500,
  channels: 100,
} as const satisfies Required<RakitOptions>
