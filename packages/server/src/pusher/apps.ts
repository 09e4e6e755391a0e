import type { Clock } from '../clock.ts'
import { invalid } from '../errors.ts'
import type { Guard } from '../guard.ts'
import type { Reloads } from '../reloads.ts'
import type { PusherApp } from './app.ts'
import { AppState } from './app-state.ts'
import { readAppsFile } from './apps-file.ts'
import { createFoundApps } from './found-apps.ts'
import { resolveApp } from './resolve-app.ts'
import type { ResolvedPusher } from './resolve-pusher.ts'
import type { WebhookEvent } from './webhook-options.ts'

/** `unavailable`: whoever knows it gives no answer now. */
export type FoundApp = AppState | 'unavailable' | undefined

/** All apps that are served. */
export interface Apps {
  byKey(key: string): FoundApp | Promise<FoundApp>
  byId(id: string): FoundApp | Promise<FoundApp>
  /** The first of a list; for requests that name none. */
  readonly first: AppState | undefined
}

interface AppsNeeds {
  readonly clock: Clock
  readonly guard: Guard
  readonly reloads: Reloads
  readonly tell: (app: AppState, event: WebhookEvent) => void
}

/** @throws ServerError `option.invalid` for an app that is none, or whose id or key another has */
export function createApps(options: ResolvedPusher, { clock, guard, reloads, tell }: AppsNeeds): Apps {
  const { apps, appsFile } = options

  const use = (app: PusherApp, known: AppState | undefined): AppState => {
    const settings = resolveApp(app, options)
    known?.renew(settings)
    return known ?? new AppState(settings, clock, tell)
  }

  if (typeof apps === 'function') return createFoundApps(apps, { options, clock, guard, use })

  let byId = new Map<string, AppState>()
  let byKey = new Map<string, AppState>()

  /** All or none, so that a mistake in a file changes nothing. */
  const take = (given: readonly PusherApp[]): void => {
    checkApps(given, options)
    const before = byId
    byId = new Map(given.map((app) => [app.id, use(app, before.get(app.id))]))
    byKey = new Map([...byId.values()].map((state) => [state.settings.key, state]))
    for (const [id, state] of before) if (!byId.has(id)) state.retire()
  }

  const load = (): void => take([...apps, ...(appsFile === undefined ? [] : readAppsFile(appsFile))])
  load()
  if (appsFile !== undefined) reloads.add({ what: 'apps', files: [appsFile], load })
  return {
    byKey: (key) => byKey.get(key),
    byId: (id) => byId.get(id),
    get first() {
      return byId.values().next().value
    },
  }
}

function checkApps(apps: readonly PusherApp[], options: ResolvedPusher): void {
  const ids = new Set<string>()
  const keys = new Set<string>()
  for (const app of apps) {
    resolveApp(app, options)
    if (ids.has(app.id)) throw invalid('pusher.apps id', 'one that no other app has', app.id)
    if (keys.has(app.key)) throw invalid('pusher.apps key', 'one that no other app has', app.key)
    ids.add(app.id)
    keys.add(app.key)
  }
}
