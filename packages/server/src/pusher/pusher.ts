import type { Message } from '../adapter.ts'
import type { Context } from '../core.ts'
import type { AppState } from './app-state.ts'
import type { Apps } from './apps.ts'
import { isCache, isPresence } from './channel-name.ts'
import type { Dialect } from './dialect.ts'

/** What all connections and requests of Pusher's protocol share. */
export interface Pusher extends Context {
  readonly apps: Apps
  /** Of whoever names no app that there is. */
  readonly dialect: Dialect
  /** To everybody in a channel but `message.from`. */
  publish(app: AppState, channel: string, message: Message): void
  /** Tells how many listen to a channel, where the app wants it told. */
  count(app: AppState, channel: string): void
}

export function createPusher(context: Context, apps: Apps, dialect: Dialect): Pusher {
  const { adapter, hub, hooks } = context

  const publish = (app: AppState, channel: string, message: Message): void => {
    // Nobody waits for it.
    adapter
      .tell(app.toHub(channel), message)
      .catch((error: unknown) => hooks.crash(error, `publishing to ${channel}`))
  }

  return {
    ...context,
    apps,
    dialect,
    publish(app, channel, message) {
      // Client events are passed on, and not what a channel is about.
      if (isCache(channel) && !message.event.startsWith('client-'))
        app.cache.set(channel, message, app.settings.limits)
      publish(app, channel, message)
    },
    count(app, channel) {
      if (!app.settings.enableSubscriptionCount || isPresence(channel)) return
      const subscription_count = hub.count(app.toHub(channel))
      const event = 'pusher_internal:subscription_count'
      const payload = JSON.stringify(JSON.stringify({ subscription_count }))
      publish(app, channel, { event, payload, isKept: false })
      app.tell({ name: 'subscription_count', channel, subscription_count })
    },
  }
}
