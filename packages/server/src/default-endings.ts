import type { Ending, EndingCause } from './wire.ts'

/** What is said by protocols that say nothing else. */
export const defaultEndings: Readonly<Record<EndingCause, Ending>> = {
  origin: { code: 1008, reason: 'This origin may not connect' },
  limit: { code: 1013, reason: 'Too many connections' },
  slow: { code: 1013, reason: 'Reads too slowly' },
  crash: { code: 1011, reason: 'A fault of the server' },
  gone: { code: 1001, reason: 'The server goes away' },
  'put-out': { code: 1008, reason: 'Put out by the server' },
}
