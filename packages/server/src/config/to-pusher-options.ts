import type { PusherApp, PusherOptions } from '../pusher/app.ts'
import type { Settings } from './settings.ts'

/** What the configuration says of Pusher's protocol. */
export function toPusherOptions(settings: Settings): PusherOptions | false {
  const apps = toApps(settings)
  const { enabled, apps: _, ...all } = settings.group('pusher')
  const isGiven = settings.source('pusher.enabled') !== undefined
  const hasApps = apps.length > 0 || settings.get('pusher.appsFile') !== undefined
  if (enabled === false && (isGiven || !hasApps)) return false
  const rest = Object.fromEntries(Object.entries(all).filter(([name]) => !name.includes('.')))
  return { ...rest, ...(apps.length && { apps }) }
}

/** The one app, where it is whole, and all others. */
function toApps(settings: Settings): readonly PusherApp[] {
  const [id, key, secret] = APP_MEMBERS.map((name) => settings.get<string>(name))
  const apps = settings.get<readonly PusherApp[]>('pusher.apps') ?? []
  return id !== undefined && key !== undefined && secret !== undefined ? [{ id, key, secret }, ...apps] : apps
}

/** All of these, or none. */
export const APP_MEMBERS = ['pusher.app.id', 'pusher.app.key', 'pusher.app.secret'] as const
