import { invalid } from '../errors.ts'
import type { PusherApp, PusherOptions } from './app.ts'

/** What a server in development has unless it is given apps. */
export const defaultApp: PusherApp = {
  id: 'app-id',
  key: 'app-key',
  secret: 'app-secret',
  enableClientMessages: true,
  enableSubscriptionCount: true,
}

export function toPusherOptions(
  given: boolean | PusherOptions,
  mode: 'development' | 'production',
): PusherOptions | false {
  if (given === false) return false
  const options = given === true ? {} : given
  if (options.apps) return options
  if (mode === 'development') return { ...options, apps: [defaultApp] }
  throw invalid('pusher.apps', 'given in production: a list of apps, or a function', undefined)
}
