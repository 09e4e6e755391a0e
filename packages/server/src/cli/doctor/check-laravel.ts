import type { Settings } from '../../config/settings.ts'
import { toPusherOptions } from '../../config/to-pusher-options.ts'
import { defaultApp } from '../../pusher/resolve-pusher.ts'
import { checkPages } from './check-pages.ts'
import { type Finding, ok, warn } from './finding.ts'

type Env = Readonly<Record<string, string>>

const SERVERS = ['PUSHER', 'REVERB'] as const
const SECURE_PORT = '443'

/** What is wrong between the variables of a Laravel application, its pages, and this server. */
export function checkLaravel(env: Env, settings: Settings): readonly Finding[] {
  const used = SERVERS.filter((name) => Object.keys(env).some((key) => key.includes(`${name}_`)))
  if (used.length === 0) return []
  const found = [
    ...checkDriver(env),
    ...used.flatMap((name) => [
      ...checkApp(env, name, settings),
      ...checkScheme(env, name, settings),
      ...checkPages(env, name, settings),
    ]),
  ]
  return found.length > 0 ? found : [ok(`.env: ${used.join(' and ')} variables fit together`)]
}

function checkDriver(env: Env): readonly Finding[] {
  const { BROADCAST_CONNECTION: connection, BROADCAST_DRIVER: former, PUSHER_ENCRYPTED: encrypted } = env
  const found: Finding[] = []
  if (former !== undefined && connection === undefined)
    found.push(
      warn(
        '.env sets BROADCAST_DRIVER',
        'Laravel 11 and newer read BROADCAST_CONNECTION: set it to the same',
      ),
    )
  if (encrypted !== undefined)
    found.push(
      warn('.env sets PUSHER_ENCRYPTED, which nobody reads now', 'Say it by PUSHER_SCHEME: http or https'),
    )
  const driver = (connection ?? former ?? '').toLowerCase()
  if (driver === 'log' || driver === 'null')
    found.push(
      warn(`.env: events go to ${driver}, and to no client`, 'Set BROADCAST_CONNECTION to pusher or reverb'),
    )
  const chosen = SERVERS.find((name) => name.toLowerCase() === driver)
  const other = SERVERS.find((name) => name !== chosen && env[`${name}_APP_KEY`] !== undefined)
  if (chosen && other && env[`${chosen}_APP_KEY`] === undefined)
    found.push(
      warn(
        `.env: BROADCAST_CONNECTION is ${driver}, and the app is given for ${other.toLowerCase()}`,
        `Set BROADCAST_CONNECTION=${other.toLowerCase()}, or give ${chosen}_APP_ID, _KEY and _SECRET`,
      ),
    )
  return found
}

/** Whether this server has the app of Laravel, and Laravel publishes to it. */
function checkApp(env: Env, name: (typeof SERVERS)[number], settings: Settings): readonly Finding[] {
  const [key, secret] = [env[`${name}_APP_KEY`], env[`${name}_APP_SECRET`]]
  const found: Finding[] = []
  if (name === 'PUSHER' && key !== undefined && env['PUSHER_HOST'] === undefined)
    found.push(
      warn(
        ".env: without PUSHER_HOST Laravel publishes to Pusher's own servers",
        `Set PUSHER_HOST=127.0.0.1, PUSHER_PORT=${settings.get('port')} and PUSHER_SCHEME=http`,
      ),
    )
  const apps = appsOf(settings)
  if (key === undefined || !apps) return found
  const app = apps.find((each) => each.key === key)
  const advice = `Start the server with the variables of this file, as \`node --env-file=.env\` does, or set \`pusher.app\``
  if (!app) found.push(warn(`.env: this server has no app with the key of ${name}_APP_KEY`, advice))
  else if (secret !== undefined && secret !== app.secret)
    found.push(warn(`.env: ${name}_APP_SECRET is not the secret of this server for that key`, advice))
  return found
}

/** Undefined where that is known only while the server runs. */
function appsOf(
  settings: Settings,
): readonly { readonly key: string; readonly secret: string }[] | undefined {
  const { apps, appsFile } = toPusherOptions(settings) || { apps: [] }
  if (appsFile !== undefined || typeof apps === 'function') return undefined
  return apps ?? (settings.get('mode') === 'development' ? [defaultApp] : [])
}

function checkScheme(env: Env, name: string, settings: Settings): readonly Finding[] {
  const scheme = env[`${name}_SCHEME`]
  const port = env[`${name}_PORT`]
  const isSecure = settings.get('tls.cert') !== undefined
  const own = `${settings.get('port')}`
  const found: Finding[] = []
  if (scheme === 'https' && !isSecure)
    found.push(
      warn(
        `.env: ${name}_SCHEME is https, and this server has no certificate`,
        `Set ${name}_SCHEME=http, or tls.cert and tls.key, or keep it when a proxy in front has the certificate`,
      ),
    )
  if (scheme === 'http' && isSecure)
    found.push(
      warn(`.env: ${name}_SCHEME is http, and this server has a certificate`, `Set ${name}_SCHEME=https`),
    )
  if (port === undefined && scheme === 'https' && own !== SECURE_PORT)
    found.push(
      warn(
        `.env: without ${name}_PORT clients use ${SECURE_PORT}, and this server ${own}`,
        `Set ${name}_PORT=${own}`,
      ),
    )
  if (port !== undefined && port !== own && scheme !== 'https')
    found.push(
      warn(
        `.env: ${name}_PORT is ${port}, and this server's is ${own}`,
        `Set ${name}_PORT=${own}, or start with --port=${port}`,
      ),
    )
  return found
}
