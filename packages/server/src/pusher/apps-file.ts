import { readFileSync } from 'node:fs'
import { didYouMean } from '../config/did-you-mean.ts'
import { invalid } from '../errors.ts'
import type { PusherApp } from './app.ts'

/** Every member that an app in a file may have. */
const MEMBERS: Readonly<Record<keyof PusherApp, true>> = {
  id: true,
  key: true,
  secret: true,
  encryptionMasterKeyBase64: true,
  enabled: true,
  dialect: true,
  allowedOrigins: true,
  enableClientMessages: true,
  enableUserAuthentication: true,
  enableSubscriptionCount: true,
  maxConnections: true,
  maxBackendEventsPerSecond: true,
  maxClientEventsPerSecond: true,
  maxReadRequestsPerSecond: true,
  webhooks: true,
  limits: true,
}

/**
 * The apps that a file of JSON lists.
 * @throws ServerError `option.invalid` that names the file and what is wrong in it
 */
export function readAppsFile(path: string): readonly PusherApp[] {
  const bad = (why: string) =>
    invalid('pusher.appsFile', `a file of JSON that lists apps (${path}: ${why})`, path)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error))
  }
  const apps: unknown = Array.isArray(value) ? value : Object(value).apps
  if (!Array.isArray(apps)) throw bad('it holds no list')
  for (const [index, app] of apps.entries()) {
    if (typeof app !== 'object' || app === null) throw bad(`entry ${index + 1} is no app`)
    const unknown = Object.keys(app).find((name) => !Object.hasOwn(MEMBERS, name))
    if (unknown === undefined) continue
    const meant = didYouMean(unknown, Object.keys(MEMBERS))
    const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`
    throw bad(`entry ${index + 1} has \`${unknown}\`, which no app has${hint}`)
  }
  return apps as readonly PusherApp[]
}
