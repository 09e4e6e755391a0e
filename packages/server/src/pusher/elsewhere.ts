import type { Context } from '../core.ts'
import type { AppState } from './app-state.ts'

/** How many connections an app has on other nodes. */
export interface Elsewhere {
  /** As of a moment ago; at once, but for the first time. None where one node is alone, and while Redis is away. */
  of(app: AppState): number | Promise<number>
}

interface Known {
  count: number | Promise<number>
  askedAt: number
}

/** Older than this it is asked again. */
const FRESH_MS = 1000

export function createElsewhere({ adapter, clock, hooks }: Context): Elsewhere {
  const isAlone = adapter.heard === undefined
  const known = new WeakMap<AppState, Known>()

  const ask = async ({ settings }: AppState): Promise<number> => {
    const [, ...others] = (await adapter.ask('pusher.connections', settings.id)) as readonly number[]
    return others.reduce((sum, count) => sum + count, 0)
  }

  return {
    of(app) {
      if (isAlone || app.settings.maxConnections === Infinity) return 0
      const now = clock.now()
      const before = known.get(app)
      if (before && now < before.askedAt + FRESH_MS) return before.count
      const asked = ask(app).catch((error: unknown) => {
        hooks.crashUnlessAway(error, `connections of app ${app.settings.id}`)
        return 0
      })
      const entry: Known = { count: before?.count ?? asked, askedAt: now }
      known.set(app, entry)
      void asked.then((count) => {
        entry.count = count
      })
      return entry.count
    },
  }
}
