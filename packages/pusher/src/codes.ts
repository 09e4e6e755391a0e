/**
 * What a code means: of a `pusher:error` frame, or of the end of a socket. The hundreds say what a client is to do:
 * 4000 to 4099 do not come back unchanged, 4100 to 4199 come back later, 4200 to 4299 come back at once, 4300 to
 * 4399 stay.
 */
export const codes: Readonly<Record<number, string>> = {
  4000: 'Only TLS connections are accepted',
  4001: 'App does not exist',
  4003: 'App is disabled',
  4004: 'App is over its connection quota',
  4005: 'Path not found',
  4006: 'Invalid version string',
  4007: 'Unsupported protocol version',
  4008: 'No protocol version supplied',
  4009: 'Connection is unauthorized',
  4100: 'Over capacity',
  4200: 'Generic reconnect',
  4201: 'Pong was not received in time',
  4202: 'Closed after inactivity',
  4301: 'Client event was rejected',
  4302: 'Watchlist is over its limit',
}
