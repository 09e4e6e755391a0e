import { createOutbox, createPresence, type Frame, type Meta, type Protocol } from '@org/realtime-core/kit'
import { createLink } from './link.ts'
import { listensTo } from './names.ts'
import { createScanner, type FrameScanner } from './scan.ts'
import { createShared, type ProtocolOptions, type Shared } from './shared.ts'

/** What `meta` tells besides channel and event. */
export interface PusherMeta extends Meta {
  /** Who sent a client event, on presence channels. */
  userId?: string
}

const capabilities = { presence: true, publish: 'members', ack: false, history: false } as const

export type PusherCapabilities = typeof capabilities

/** Pusher's protocol 7. */
export interface PusherProtocol extends Protocol<PusherCapabilities, PusherMeta, '.'> {
  readonly shared: Shared
}

/** The part of the protocol that does not depend on who owns the connection. */
export const basics = {
  name: 'pusher',
  capabilities,
  separator: '.',
  outbox: createOutbox,
  presence: createPresence,
  listensTo,
  encode: (payload: unknown): string => JSON.stringify(payload) ?? 'null',
} as const

/** For `createClient` of core, when `createPusher` does not fit: it leaves address and credentials to you. */
export function createPusherProtocol(
  options: ProtocolOptions = {},
  secure: () => boolean = () => false,
): PusherProtocol {
  return createProtocol(options, secure, createScanner)
}

/** Without scanners for a client that gets only frames of the protocol itself, which are parsed in any case. */
export function createProtocol(
  options: ProtocolOptions,
  secure: () => boolean,
  newScanner?: () => FrameScanner,
): PusherProtocol {
  const shared = createShared(options, secure)
  return {
    ...basics,
    shared,
    describe: withoutSecrets,
    open(session, events, { past, clock }) {
      shared.tell = events.error
      if (past === 'foreign') shared.signin.forget()
      return createLink(shared, session, events, clock, newScanner?.())
    },
  }
}

/** A frame as the explain log shows it: up to the first thing that is secret. */
function withoutSecrets(frame: Frame): string {
  return String(frame).replace(/(auth|channel_data|user_data|shared_secret)\\*":.*/s, '$1":…')
}
