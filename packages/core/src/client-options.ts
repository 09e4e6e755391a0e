import type { BackoffOptions } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Provider, provide } from './credentials.ts'
import type { SubscribeOptions } from './joins.ts'
import type { HiddenPolicy } from './lifecycle.ts'
import { numbers, oneOf } from './options.ts'
import type { OutboxOptions } from './outbox-options.ts'
import type { ConnectionPort } from './port.ts'
import type { Capabilities, Heartbeat, Meta, Protocol } from './protocol.ts'
import type { Channels } from './registry.ts'
import { browserSignals, type Signals } from './signals.ts'
import type { Transport } from './transport.ts'
import { websocketTransport } from './websocket-transport.ts'

export interface ClientOptions<
  R extends Channels,
  C extends Capabilities,
  M extends Meta,
  Sep extends string,
> {
  readonly protocol: Protocol<C, M, Sep>
  /** The address, or a function that is asked for it before every dial. */
  readonly url: Provider<string>
  /** What the protocol authenticates with, or a function that is asked for it before every dial. */
  readonly credentials?: Provider<unknown>
  /** The registry that gives channels, events and payloads their types. */
  readonly channels?: R
  /** @default a WebSocket transport with the runtime's own WebSocket */
  readonly transport?: Transport
  readonly backoff?: BackoffOptions
  readonly connection?: {
    /** How long a socket may take to open. @default 10000 */
    readonly dialMs?: number
    /** How long the peer may take to accept after that. @default 10000 */
    readonly handshakeMs?: number
    /** How long it may take to answer after a wake signal. @default 2000 */
    readonly probeMs?: number
    /** The least time between two dials that nobody asked for. @default 1000 */
    readonly minDialGapMs?: number
    /** How long the connection outlives the last that needs it. @default 5000 */
    readonly idleCloseMs?: number
  }
  /** Overrides what the protocol says of its heartbeat. */
  readonly heartbeat?: Heartbeat
  readonly outbox?: OutboxOptions
  readonly subscribe?: SubscribeOptions
  /** What to do with a page nobody looks at. @default 'keep' */
  readonly hidden?: HiddenPolicy
  /** When payloads are checked against the schemas of the registry. @default 'dev' */
  readonly validate?: 'off' | 'dev' | 'always'
  /** How many entries the explain log keeps. @default 200 */
  readonly traceLimit?: number
  /** Lets a Node process end although the client waits for its next try. @default false */
  readonly unref?: boolean
  readonly signals?: Signals
  readonly clock?: Clock
  /** A connection that somebody else owns, instead of one of our own. */
  readonly port?: ConnectionPort
}

/** Defaults filled in, and everything that cannot be right refused by name. */
export function resolve(
  options: Omit<ClientOptions<Channels, Capabilities, Meta, string>, 'protocol' | 'channels'>,
) {
  const { clock: given = systemClock, hidden = 'keep', heartbeat = {}, subscribe, outbox, validate } = options
  if (hidden instanceof Object) numbers('hidden', hidden)
  else oneOf('hidden', hidden, ['keep'])
  const rate = subscribe?.rate
  if (rate) numbers('subscribe.rate', rate)
  numbers('heartbeat', heartbeat)
  /** In Node no timer of such a client keeps the process. */
  const clock: Clock = options.unref
    ? Object.assign(Object.create(given), { after: (ms: number, run: () => void) => given.after(ms, run) })
    : given
  const connection = numbers('connection', options.connection)
  return {
    ...connection,
    ...numbers('subscribe', subscribe),
    ...numbers('outbox', outbox),
    ...numbers('', options),
    backoff: numbers('backoff', options.backoff),
    overflow: oneOf('outbox.overflow', outbox?.overflow, [
      'reject',
      'drop-newest',
      'drop-oldest',
      'coalesce',
    ]),
    policy: oneOf('validate', validate, ['dev', 'off', 'always']),
    clock,
    heartbeat,
    hidden,
    rate,
    url: provide(options.url, 'url', clock, connection.dialMs),
    credentials: provide(options.credentials, 'credentials', clock, connection.dialMs),
    signals: options.signals ?? browserSignals(clock),
    transport: options.transport ?? websocketTransport(),
  }
}
