export const WEBHOOK_EVENTS = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
] as const

export type WebhookName = (typeof WEBHOOK_EVENTS)[number]

/** Where an app is told what happens in its channels. */
export interface WebhookOptions {
  readonly url: string
  /** @default all */
  readonly events?: readonly WebhookName[]
  /** Only of channels whose name starts with this. @default '' */
  readonly channelStartsWith?: string
  /** Only of channels whose name ends with this. @default '' */
  readonly channelEndsWith?: string
  /** Further headers of the request. @default none */
  readonly headers?: Readonly<Record<string, string>>
}

/** One thing that happened, as a webhook tells it. */
export type WebhookEvent =
  | { readonly name: 'channel_occupied' | 'channel_vacated' | 'cache_miss'; readonly channel: string }
  | {
      readonly name: 'member_added' | 'member_removed'
      readonly channel: string
      readonly user_id: string
    }
  | {
      readonly name: 'client_event'
      readonly channel: string
      readonly event: string
      readonly data: string
      readonly socket_id: string
      readonly user_id?: string
    }
  | { readonly name: 'subscription_count'; readonly channel: string; readonly subscription_count: number }
