import type { Context } from '../core.ts'
import type { Route } from '../route.ts'
import type { Endpoint } from '../wire.ts'
import { AppState } from './app-state.ts'
import { createApps } from './apps.ts'
import { createAuthRoutes } from './auth/auth-routes.ts'
import { createPusherEndpoint } from './endpoint.ts'
import { createApiRoutes } from './http/api-routes.ts'
import { terminateHere } from './http/terminate.ts'
import { createPusher, type Pusher } from './pusher.ts'
import type { ResolvedPusher } from './resolve-pusher.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

/** Everything of Pusher's protocol that a server has. */
export interface PusherService {
  readonly pusher: Pusher
  readonly endpoint: Endpoint
  readonly routes: readonly Route[]
}

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function servePusher(context: Context, options: ResolvedPusher): PusherService {
  const { clock, hooks } = context
  const { times, path } = context.options
  const { tell, stop } = createWebhooks({ clock, crash: hooks.crash, withinMs: times.hookMs })
  const apps = createApps(options, { ...context, tell })
  const pusher = createPusher(context, apps, options.dialect)
  const { hub } = context
  const here = async <T>(id: string, use: (app: AppState) => T): Promise<T | 0> => {
    const app = await apps.byId(id)
    return app instanceof AppState ? use(app) : 0
  }
  hub.onAsked('pusher.connections', (id) => here(id as string, ({ connections }) => connections.size))
  hub.onAsked('pusher.terminate', (question) => {
    const { app: id, user } = question as { readonly app: string; readonly user: string }
    return here(id, (app) => terminateHere(app, user))
  })
  const auth = options.auth ? createAuthRoutes(pusher) : []
  return {
    pusher,
    endpoint: createPusherEndpoint(pusher, stop),
    routes: [...createApiRoutes(pusher, path), ...auth],
  }
}
