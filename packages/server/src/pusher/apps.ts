import type { Clock } from '../clock.ts'
import { invalid } from '../errors.ts'
import type { Guard } from '../guard.ts'
import type { FindApp, PusherApp } from './app.ts'
import { AppState } from './app-state.ts'
import { resolveApp } from './resolve-app.ts'
import type { ResolvedPusher } from './resolve-pusher.ts'
import type { WebhookEvent } from './webhook-options.ts'

type Found = AppState | undefined

/** All apps that are served. */
export interface Apps {
  byKey(key: string): Found | Promise<Found>
  byId(id: string): Found | Promise<Found>
  /** The first of a list; for requests that name none. */
  readonly first: Found
}

interface AppsNeeds {
  readonly clock: Clock
  readonly guard: Guard
  readonly tell: (app: AppState, event: WebhookEvent) => void
}

/** @throws ServerError `option.invalid` for an app that is none, or whose id or key another has */
export function createApps(options: ResolvedPusher, { clock, guard, tell }: AppsNeeds): Apps {
  const { apps } = options
  const states = new Map<string, AppState>()

  const use = (app: PusherApp): AppState => {
    const settings = resolveApp(app, options)
    const known = states.get(settings.id)
    if (known) known.renew(settings)
    const state = known ?? new AppState(settings, clock, tell)
    states.set(settings.id, state)
    return state
  }

  if (typeof apps === 'function') return createFinder(apps, use, guard)
  const byKey = new Map<string, AppState>()
  for (const app of apps) {
    if (states.has(app.id)) throw invalid('pusher.apps id', 'one that no other app has', app.id)
    if (byKey.has(app.key)) throw invalid('pusher.apps key', 'one that no other app has', app.key)
    byKey.set(app.key, use(app))
  }
  return {
    byKey: (key) => byKey.get(key),
    byId: (id) => states.get(id),
    first: byKey.values().next().value,
  }
}

function createFinder(find: FindApp, use: (app: PusherApp) => AppState, guard: Guard): Apps {
  const look = (by: Parameters<FindApp>[0]): Found | Promise<Found> =>
    guard<Found>(
      'pusher.apps',
      () => {
        const found = find(by)
        return found instanceof Promise
          ? found.then((late) => late && use(late)).then(toFound)
          : toFound(found && use(found))
      },
      undefined,
    )
  return { byKey: (key) => look({ key }), byId: (id) => look({ id }), first: undefined }
}

const toFound = (found: AppState | null | undefined): Found => found ?? undefined
