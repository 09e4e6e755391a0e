import { invalid } from '../errors.ts'
import { toMasterKey } from '../master-key.ts'
import { type Numbers, numbers, oneOf } from '../ranges.ts'
import type { PusherApp } from './app.ts'
import { DIALECTS, dialects, type Traits } from './dialect.ts'
import type { ResolvedPusher } from './resolve-pusher.ts'
import { WEBHOOK_EVENTS, type WebhookOptions } from './webhook-options.ts'

export interface AppLimits extends Numbers<'pusher'> {
  readonly eventBytes: number
  readonly bodyBytes: number
}

/** An app with every default filled in; no limit is Infinity. */
export interface ResolvedApp
  extends Required<Omit<PusherApp, 'limits' | 'dialect' | 'allowedOrigins' | 'encryptionMasterKeyBase64'>> {
  readonly encryptionKey: Buffer | undefined
  readonly traits: Traits
  readonly allowedOrigins: readonly string[] | undefined
  readonly limits: AppLimits
}

/** @throws ServerError `option.invalid` that names the member and what it accepts */
export function resolveApp(app: PusherApp, defaults: ResolvedPusher): ResolvedApp {
  for (const name of ['id', 'key', 'secret'] as const) {
    const shown = name === 'secret' ? '[hidden]' : app[name]
    if (typeof app[name] !== 'string' || !/^[^\s/]+$/.test(app[name]))
      throw invalid(`pusher.apps ${name}`, 'text without spaces and slashes', shown)
  }
  const traits = dialects[oneOf('pusher.apps dialect', app.dialect ?? defaults.dialect, DIALECTS)]
  const limits = { ...defaults, ...app.limits }
  const { webhooks = [] } = app
  for (const webhook of webhooks) checkWebhook(webhook)
  return {
    id: app.id,
    key: app.key,
    secret: app.secret,
    encryptionKey: toMasterKey('pusher.apps encryptionMasterKeyBase64', app.encryptionMasterKeyBase64),
    enabled: app.enabled ?? true,
    traits,
    allowedOrigins: app.allowedOrigins,
    enableClientMessages: app.enableClientMessages ?? false,
    enableUserAuthentication:
      traits.signin !== 'none' && (app.enableUserAuthentication ?? traits.signin === 'free'),
    enableSubscriptionCount: traits.hasCounts && (app.enableSubscriptionCount ?? false),
    maxConnections: toLimit('maxConnections', app.maxConnections),
    maxBackendEventsPerSecond: toLimit('maxBackendEventsPerSecond', app.maxBackendEventsPerSecond),
    maxClientEventsPerSecond: toLimit(
      'maxClientEventsPerSecond',
      app.maxClientEventsPerSecond ?? traits.clientEventsPerSecond,
    ),
    maxReadRequestsPerSecond: toLimit('maxReadRequestsPerSecond', app.maxReadRequestsPerSecond),
    webhooks,
    limits: {
      ...numbers('pusher', limits),
      eventBytes: toBytes('eventBytes', limits.eventBytes ?? traits.eventBytes),
      bodyBytes: toBytes('bodyBytes', limits.bodyBytes ?? traits.bodyBytes),
    },
  }
}

function toLimit(name: string, given = -1): number {
  if (given === -1) return Infinity
  if (Number.isInteger(given) && given >= 0) return given
  throw invalid(`pusher.apps ${name}`, 'a whole number from 0, or -1 for no limit', given)
}

const MOST_BYTES = 104_857_600

function toBytes(name: string, given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= MOST_BYTES) return given
  throw invalid(`pusher.${name}`, `a whole number from 1 to ${MOST_BYTES}`, given)
}

function checkWebhook({ url, events = [] }: WebhookOptions): void {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw invalid('pusher.apps webhooks url', 'an address of http: or https:', url)
  const unknown = events.find((name) => !WEBHOOK_EVENTS.includes(name))
  if (unknown !== undefined)
    throw invalid('pusher.apps webhooks events', `names of ${WEBHOOK_EVENTS.join(', ')}`, unknown)
}
