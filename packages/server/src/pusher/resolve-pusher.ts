import { invalid } from '../errors.ts'
import { type Numbers, numbers, oneOf } from '../ranges.ts'
import type { PusherApp, PusherOptions } from './app.ts'
import { DIALECTS, type Dialect } from './dialect.ts'

/** What a server in development has unless it is given apps. */
export const defaultApp: PusherApp = {
  id: 'app-id',
  key: 'app-key',
  secret: 'app-secret',
  enableClientMessages: true,
  enableSubscriptionCount: true,
}

/** The options with every default that no app changes. */
export interface ResolvedPusher extends Omit<PusherOptions, keyof Numbers<'pusher'>>, Numbers<'pusher'> {
  readonly apps: NonNullable<PusherOptions['apps']>
  readonly dialect: Dialect
  readonly auth: boolean
}

/** @throws ServerError `option.invalid` that names the option and what it accepts */
export function resolvePusher(
  given: boolean | PusherOptions,
  mode: 'development' | 'production',
): ResolvedPusher | false {
  if (given === false) return false
  const options = given === true ? {} : given
  const { auth = true, appsFile } = options
  const { apps = appsFile !== undefined ? [] : mode === 'development' ? [defaultApp] : undefined } = options
  if (!apps)
    throw invalid('pusher.apps', 'given in production: a list of apps, a function, or `appsFile`', undefined)
  if (typeof apps === 'function' && appsFile !== undefined)
    throw invalid('pusher.appsFile', 'left out when `pusher.apps` is a function', appsFile)
  const dialect = oneOf('pusher.dialect', options.dialect, DIALECTS)
  return { ...options, ...numbers('pusher', options), apps, dialect, auth }
}
