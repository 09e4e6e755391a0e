import type { AppState } from '../app-state.ts'
import type { WebhookEvent, WebhookOptions } from '../webhook-options.ts'
import { type WebhookNeeds, WebhookQueue } from './webhook-queue.ts'

/** Tells backends what happens in their channels. */
export interface Webhooks {
  tell(app: AppState, event: WebhookEvent): void
  /** What waits is not sent any more. */
  stop(): void
}

export function createWebhooks(needs: WebhookNeeds): Webhooks {
  const queues = new Map<string, WebhookQueue>()

  const queueOf = (app: AppState, webhook: WebhookOptions): WebhookQueue => {
    const name = `${app.settings.id} ${webhook.url}`
    const queue = queues.get(name) ?? new WebhookQueue(app, webhook, needs, () => queues.delete(name))
    queues.set(name, queue)
    return queue
  }

  return {
    tell(app, event) {
      for (const webhook of app.settings.webhooks)
        if (isWanted(webhook, event)) queueOf(app, webhook).add(event, webhook)
    },
    stop() {
      for (const queue of queues.values()) queue.stop()
      queues.clear()
    },
  }
}

function isWanted(webhook: WebhookOptions, { name, channel }: WebhookEvent): boolean {
  const { events, channelStartsWith: start = '', channelEndsWith: end = '' } = webhook
  return (events?.includes(name) ?? true) && channel.startsWith(start) && channel.endsWith(end)
}
