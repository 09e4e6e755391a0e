import type { Clock } from '../clock.ts'
import { createOriginCheck, type OriginCheck } from '../origin.ts'
import { TokenBucket } from '../token-bucket.ts'
import { AppCache } from './app-cache.ts'
import type { PusherConnection } from './connection.ts'
import type { Word } from './dialect.ts'
import type { ResolvedApp } from './resolve-app.ts'
import { Users } from './users.ts'
import type { WebhookEvent } from './webhook-options.ts'

/** An app at work. What it is may change from one look at it to the next; what it has goes on. */
export class AppState {
  readonly connections = new Set<PusherConnection>()
  readonly users = new Users()
  readonly cache: AppCache
  readonly #clock: Clock
  readonly #tell: (app: AppState, event: WebhookEvent) => void
  #settings: ResolvedApp
  #mayOrigin: OriginCheck
  #backend: TokenBucket | undefined
  #reads: TokenBucket | undefined

  constructor(settings: ResolvedApp, clock: Clock, tell: (app: AppState, event: WebhookEvent) => void) {
    this.#clock = clock
    this.#tell = tell
    this.cache = new AppCache(clock)
    this.#settings = settings
    this.#mayOrigin = toOriginCheck(settings)
    this.#backend = toBucket(settings.maxBackendEventsPerSecond, clock)
    this.#reads = toBucket(settings.maxReadRequestsPerSecond, clock)
  }

  get settings(): ResolvedApp {
    return this.#settings
  }

  /** As it is from now on. */
  renew(settings: ResolvedApp): void {
    const before = this.#settings
    this.#settings = settings
    this.#mayOrigin = toOriginCheck(settings)
    if (before.maxBackendEventsPerSecond !== settings.maxBackendEventsPerSecond)
      this.#backend = toBucket(settings.maxBackendEventsPerSecond, this.#clock)
    if (before.maxReadRequestsPerSecond !== settings.maxReadRequestsPerSecond)
      this.#reads = toBucket(settings.maxReadRequestsPerSecond, this.#clock)
    if (before.enabled && !settings.enabled) this.#endAll(settings.traits.disabledApp)
  }

  /** It is no more. */
  retire(): void {
    this.#endAll(this.#settings.traits.unknownApp)
  }

  /** What its channels are called among all channels of the server. No client of another protocol may use `@`. */
  toHub(channel: string): string {
    return `@${this.#settings.id}/${channel}`
  }

  mayConnect(origin: string | undefined, host: string | undefined): boolean {
    return this.#mayOrigin(origin, host)
  }

  /** What its backends may do per second; undefined for no limit. */
  bucket(of: 'events' | 'reads'): TokenBucket | undefined {
    return of === 'events' ? this.#backend : this.#reads
  }

  /** `stay` is for who was not let in yet. */
  #endAll(word: Word): void {
    const { after } = word
    for (const connection of this.connections)
      connection.end({ ...word, after: after === 'stay' ? 'close' : after })
  }

  get hasWebhooks(): boolean {
    return this.#settings.webhooks.length > 0
  }

  /** Tells its webhooks. */
  tell(event: WebhookEvent): void {
    if (this.hasWebhooks) this.#tell(this, event)
  }
}

/** Undefined for no limit. */
export const toBucket = (perSecond: number, clock: Clock): TokenBucket | undefined =>
  perSecond === Infinity ? undefined : new TokenBucket({ perSecond, burst: perSecond }, clock)

const toOriginCheck = ({ allowedOrigins }: ResolvedApp): OriginCheck =>
  createOriginCheck(allowedOrigins ?? 'any', 'pusher.apps allowedOrigins')
