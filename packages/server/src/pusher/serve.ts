import type { Context } from '../core.ts'
import type { Route } from '../route.ts'
import type { Endpoint } from '../wire.ts'
import { createApps } from './apps.ts'
import { createAuthRoutes } from './auth/auth-routes.ts'
import { createPusherEndpoint } from './endpoint.ts'
import { createApiRoutes } from './http/api-routes.ts'
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
  const auth = options.auth ? createAuthRoutes(pusher) : []
  return {
    pusher,
    endpoint: createPusherEndpoint(pusher, stop),
    routes: [...createApiRoutes(pusher, path), ...auth],
  }
}
