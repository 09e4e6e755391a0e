import type { Message } from '../adapter.ts'
import { type Census, createCensus } from '../census.ts'
import type { Context } from '../core.ts'
import type { CachedEvent } from './app-cache.ts'
import type { AppState } from './app-state.ts'
import type { Apps } from './apps.ts'
import { isCache, isPresence } from './channel-name.ts'
import type { Dialect } from './dialect.ts'
import { createElsewhere, type Elsewhere } from './elsewhere.ts'
import { createOccupancy, type Occupancy } from './occupancy.ts'

/** What all connections and requests of Pusher's protocol share. */
export interface Pusher extends Context {
  readonly apps: Apps
  /** Of whoever names no app that there is. */
  readonly dialect: Dialect
  /** To everybody in a channel but `message.from`. */
  publish(app: AppState, channel: string, message: Message): void
  /** Tells how many listen to a channel, where the app wants it told. */
  count(app: AppState, channel: string): void
  readonly census: Census
  readonly occupancy: Occupancy
  readonly elsewhere: Elsewhere
  /** The last event of a cache channel. At once, where one node is alone. */
  recall(app: AppState, channel: string): CachedEvent | undefined | Promise<CachedEvent | undefined>
}

export function createPusher(context: Context, apps: Apps, dialect: Dialect): Pusher {
  const { adapter, hub, hooks } = context

  const publish = (app: AppState, channel: string, message: Message): void => {
    // Nobody waits for it.
    adapter
      .tell(app.toHub(channel), message)
      .catch((error: unknown) => hooks.crashUnlessAway(error, `publishing to ${channel}`))
  }

  const census = createCensus(adapter, hub)

  return {
    ...context,
    apps,
    dialect,
    census,
    occupancy: createOccupancy(context),
    elsewhere: createElsewhere(context),
    publish(app, channel, message) {
      // Client events are passed on, and not what a channel is about.
      if (!isCache(channel) || message.event.startsWith('client-')) return publish(app, channel, message)
      const { limits } = app.settings
      app.cache.set(channel, message, limits)
      publish(app, channel, { ...message, lastMs: limits.cacheMs })
    },
    recall(app, channel) {
      if (!adapter.last) return app.cache.get(channel)
      return adapter.last(app.toHub(channel)).catch((error: unknown) => {
        hooks.crashUnlessAway(error, `the last event of ${channel}`)
        return app.cache.get(channel)
      })
    },
    count(app, channel) {
      if (!app.settings.enableSubscriptionCount || isPresence(channel)) return
      const tell = (subscription_count: number): void => {
        const event = 'pusher_internal:subscription_count'
        const payload = JSON.stringify(JSON.stringify({ subscription_count }))
        publish(app, channel, { event, payload, isKept: false })
        app.tell({ name: 'subscription_count', channel, subscription_count })
      }
      const name = app.toHub(channel)
      if (!adapter.heard) tell(hub.count(name))
      else census.of(name).then(tell, (error: unknown) => hooks.crashUnlessAway(error, `counting ${channel}`))
    },
  }
}
