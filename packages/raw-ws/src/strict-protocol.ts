import {
  createOutbox,
  createPresence,
  createStore,
  type Meta,
  type Protocol,
  RealtimeError,
  type Store,
} from '@org/realtime-core/kit'
import { describeFrame } from './describe.ts'
import { SUBPROTOCOL } from './envelope.ts'
import { encode } from './publish-frame.ts'
import { type Memory, openStrictLink } from './strict-link.ts'

export type StrictCapabilities = typeof capabilities

const capabilities = { presence: true, publish: 'anyone', ack: 'at-least-once', history: true } as const

/** What comes with a message of the profile `strict`. */
export interface StrictMeta extends Meta {
  /** The place of the message in its channel. Not in a direct message. */
  offset?: number
  /** What the offset counts in: it changes when the server starts anew. */
  epoch?: string
  /** Of the publish that made the message, when a client did. */
  id?: string | undefined
  /** Client id of who sent it; nothing for the server's own. */
  from?: string | undefined
}

export interface StrictProtocol extends Protocol<StrictCapabilities, StrictMeta, '.'> {
  readonly clientId: Store<string | undefined>
}

/** The client's end of the envelope of `docs/protocols/raw-ws.md`. One object serves one client. */
export function createStrictProtocol({ tracePayloads = false } = {}): StrictProtocol {
  let report = (_cause: unknown): void => {}
  const clientId = createStore<string | undefined>(undefined, (cause) => report(cause))
  const memory: Memory = {
    places: new Map(),
    session: undefined,
    owner: undefined,
    identify: clientId.set,
  }
  return {
    name: 'raw-ws',
    capabilities,
    separator: '.',
    subprotocols: [SUBPROTOCOL],
    outbox: createOutbox,
    presence: createPresence,
    clientId,
    encode,
    describe: (frame) => describeFrame(frame, tracePayloads),
    open(session, events, opening) {
      report = (cause) => events.error(RealtimeError.from(cause, 'listener.failed', 'Listener threw', {}))
      if (opening.past !== 'kept') {
        memory.places.clear()
        memory.session = undefined
        clientId.set(undefined)
      }
      return openStrictLink(session, events, opening, memory)
    },
  }
}
