import { createOutbox, type Frame, type Protocol } from '@org/realtime-core/kit'
import { openRakitLink, type RakitSettings } from './rakit-link.ts'
import type { RakitMeta } from './rakit-messages.ts'
import { createRoster, type Roster } from './roster.ts'

export type RakitCapabilities = typeof capabilities

const capabilities = { presence: false, publish: 'anyone', ack: false, history: false } as const

export interface RakitProtocol extends Protocol<RakitCapabilities, RakitMeta, '.'> {
  readonly roster: Roster
}

export interface RakitProtocolOptions extends Partial<RakitSettings> {
  readonly tracePayloads?: boolean
  readonly subprotocols?: readonly string[]
}

/** What fits into the buffer of 2,048 bytes that Rakit has by default. */
export const MOST_OUTGOING_BYTES = 2040

/**
 * The client's end of what the WebSocket server of the PHP framework Rakit speaks, without the pace that
 * `createRakit` writes at. One object serves one client.
 */
export function createRakitProtocol({
  maxOutgoingBytes = MOST_OUTGOING_BYTES,
  decodeMessages = true,
  tracePayloads = false,
  subprotocols = [],
}: RakitProtocolOptions = {}): RakitProtocol {
  const settings: RakitSettings = { maxOutgoingBytes, decodeMessages }
  const roster = createRoster()
  return {
    name: 'rakit',
    capabilities,
    separator: '.',
    subprotocols,
    outbox: createOutbox,
    roster,
    encode(payload) {
      if (payload instanceof Uint8Array) throw new TypeError('Rakit carries JSON, not bytes')
      return JSON.stringify(payload) ?? 'null'
    },
    describe: (frame) => (tracePayloads ? `${frame}` : describe(frame)),
    open(session, events, { past }) {
      if (past !== 'kept') roster.forget()
      return openRakitLink(session, events, settings, roster)
    },
  }
}

const PAYLOADS = ['message', 'data', 'users']

/** What kind of frame it is, and to or from whom; anything else may be what somebody said. */
function describe(frame: Frame): string {
  try {
    const value: unknown = JSON.parse(`${frame}`, (key, inner) => (PAYLOADS.includes(key) ? '…' : inner))
    return typeof value === 'object' ? JSON.stringify(value) : 'text'
  } catch {
    return 'text'
  }
}
