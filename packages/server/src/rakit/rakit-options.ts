import { type Numbers, numbers, oneOf } from '../ranges.ts'

/**
 * How the endpoint `/rakit` behaves, which speaks as the WebSocket server of the PHP framework Rakit does. Every
 * number has a default and a range, in `ranges`.
 */
export interface RakitOptions extends Partial<Numbers<'rakit'>> {
  /**
   * `safe` leaves out what makes a Rakit server dangerous: commands run by clients, private messages that leak,
   * channels that match loosely, a stall of all by one. `exact` has all of it, for tests of clients.
   * @default 'safe'
   */
  readonly compat?: 'safe' | 'exact'
  /** Subprotocols that are agreed upon: the first of them that a client offers. @default none */
  readonly subprotocols?: readonly string[]
}

export type RakitSettings = Required<RakitOptions>

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function resolveRakit(options: RakitOptions): RakitSettings {
  return {
    compat: oneOf('rakit.compat', options.compat, ['safe', 'exact']),
    subprotocols: options.subprotocols ?? [],
    ...numbers('rakit', options),
  }
}
