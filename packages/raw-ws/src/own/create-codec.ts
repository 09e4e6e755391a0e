import { createOutbox, type Frame, type Meta, type Protocol } from '@org/realtime-core/kit'
import { encode } from '../publish-frame.ts'
import { checkDialect } from './check-dialect.ts'
import { openCodecLink } from './codec-link.ts'
import { type Dialect, jsonDialect } from './dialect.ts'

/** What a client of a dialect can do. */
export interface CodecCapabilities<D extends Dialect> {
  readonly presence: false
  readonly publish: D extends Publishing ? 'anyone' : false
  readonly ack: D extends Publishing & { readonly answers: readonly (infer A)[] }
    ? 'publish' extends A
      ? 'at-least-once'
      : false
    : false
  readonly history: false
}

interface Publishing {
  publish(message: never): Frame
}

/** What its listeners get beside the payload. */
export type CodecMeta<D extends Dialect> = D extends Dialect<infer M> ? M : Meta

export type Codec<D extends Dialect> = Protocol<CodecCapabilities<D>, CodecMeta<D>, '.'>

/** A codec of `jsonDialect`. */
export function createCodec(): Codec<typeof jsonDialect>
/**
 * Makes `createRawWs({ codec })` speak a dialect of yours, JSON or binary. It remembers nothing between
 * connections.
 * @throws RealtimeError `option.invalid` for a member that cannot be right
 * @example
 * const codec = createCodec({ ...jsonDialect, heartbeat: { frame: '{"event":"ping"}', everyMs: 30_000 } })
 */
export function createCodec<const D extends Dialect>(dialect: D): Codec<D>
export function createCodec(dialect: Dialect = jsonDialect): Protocol {
  checkDialect(dialect)
  const { name = 'codec', subprotocols = [], answers, publish, describe } = dialect
  return {
    name,
    separator: '.',
    subprotocols,
    capabilities: {
      presence: false,
      publish: publish ? 'anyone' : false,
      ack: publish && answers?.includes('publish') ? 'at-least-once' : false,
      history: false,
    },
    ...(publish && {
      outbox: createOutbox,
      encode: (payload, event) => dialect.encode?.(payload, event) ?? encode(payload),
    }),
    ...(describe && { describe: (frame) => describe.call(dialect, frame) }),
    open: (session, events, { credentials }) => openCodecLink(session, events, dialect, credentials),
  }
}
