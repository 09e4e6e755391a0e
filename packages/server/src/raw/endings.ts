import type { Code } from '@org/realtime-raw-ws/codec'
import type { Ending, Endpoint } from '../wire.ts'

/** How the server ends a connection of `/raw`; `docs/protocols/raw-ws.md` says what clients make of it. */
export const endings = {
  bye: { code: 1000, reason: 'Bye' },
  gone: { code: 1001, reason: 'The server goes away' },
  crash: { code: 1011, reason: 'A fault of the server' },
  overload: { code: 1013, reason: 'Not at the moment' },
  bad: { code: 4000, reason: 'Too many bad frames' },
  unauthenticated: { code: 4001, reason: 'Credentials refused' },
  version: { code: 4002, reason: 'This version is not served' },
  origin: { code: 4002, reason: 'This origin may not connect' },
  replaced: { code: 4003, reason: 'Another connection took the session' },
  expired: { code: 4004, reason: 'The token is over' },
  slow: { code: 4005, reason: 'Reads too slowly' },
  limit: { code: 4006, reason: 'Too many connections' },
  silent: { code: 4007, reason: 'Nothing was heard' },
  'no-hello': { code: 4008, reason: 'No hello in time' },
  'put-out': { code: 4010, reason: 'Put out by the server' },
} as const satisfies Endpoint['endings'] & Record<string, Ending>

/** What follows a `denied`. */
export const endingOf = (code: Code): Ending => denials[code] ?? endings.overload

const denials: Partial<Record<Code, Ending>> = {
  'bad-frame': endings.bad,
  'bad-version': endings.version,
  unauthenticated: endings.unauthenticated,
  expired: endings.expired,
  limit: endings.limit,
}
