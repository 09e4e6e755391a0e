import type { Clock } from '../clock.ts'
import { type Guard, isPromise } from '../guard.ts'
import type { FindApp, PusherApp } from './app.ts'
import type { AppState } from './app-state.ts'
import type { Apps, FoundApp } from './apps.ts'
import type { ResolvedPusher } from './resolve-pusher.ts'

interface FinderNeeds {
  readonly options: ResolvedPusher
  readonly clock: Clock
  readonly guard: Guard
  /** Makes an app of it, or gives one new settings. */
  readonly use: (app: PusherApp, known: AppState | undefined) => AppState
}

interface Answer {
  readonly found: AppState | undefined
  readonly until: number
}

/** Whoever tries names that nobody has costs this many questions at once, and no more. */
const MOST_QUESTIONS = 1000

/** Apps that a function finds. Answers are kept for a while, and apps as long as somebody is connected to them. */
export function createFoundApps(find: FindApp, needs: FinderNeeds): Apps {
  const { options, clock, guard } = needs
  const { appCacheMs, appCacheApps } = options
  const states = new Map<string, AppState>()
  const answers = new Map<string, Answer>()
  const asked = new Map<string, Promise<FoundApp>>()

  const use = (app: PusherApp): AppState => {
    const state = needs.use(app, states.get(app.id))
    states.delete(app.id)
    states.set(app.id, state)
    if (states.size > appCacheApps) shrink()
    return state
  }

  /** The ones that were asked for longest ago, as far as nobody is there. */
  const shrink = (): void => {
    for (const [id, { connections }] of states) {
      if (states.size <= appCacheApps) return
      if (connections.size === 0) states.delete(id)
    }
  }

  const keep = (name: string, found: AppState | undefined): AppState | undefined => {
    answers.delete(name)
    if (appCacheMs > 0) answers.set(name, { found, until: clock.now() + appCacheMs })
    // By key and by id.
    if (answers.size > appCacheApps * 2) answers.delete(answers.keys().next().value ?? '')
    return found
  }

  const settle = (name: string, app: PusherApp | undefined | null): FoundApp => {
    const before = answers.get(name)?.found
    if (app) return keep(name, use(app))
    if (before) {
      before.retire()
      states.delete(before.settings.id)
    }
    return keep(name, undefined)
  }

  const look = (by: Parameters<FindApp>[0]): FoundApp | Promise<FoundApp> => {
    const name = JSON.stringify(by)
    const known = answers.get(name)
    if (known && known.until > clock.now()) return known.found
    const pending = asked.get(name)
    if (pending) return pending
    // What was known is better than nothing while nobody answers.
    const otherwise = known?.found ?? 'unavailable'
    if (asked.size >= MOST_QUESTIONS) return otherwise
    const result = guard<FoundApp>(
      'pusher.apps',
      () => {
        const found = find(by)
        return isPromise(found) ? found.then((late) => settle(name, late)) : settle(name, found)
      },
      otherwise,
    )
    if (!isPromise(result)) return result
    asked.set(name, result)
    return result.finally(() => asked.delete(name))
  }

  return { byKey: (key) => look({ key }), byId: (id) => look({ id }), first: undefined }
}
