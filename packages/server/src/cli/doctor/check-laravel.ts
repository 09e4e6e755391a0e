import type { Settings } from '../../config/settings.ts'
import { type Finding, ok, warn } from './finding.ts'

type Env = Readonly<Record<string, string>>

const SERVERS = ['PUSHER', 'REVERB'] as const
const PREFIXES = ['VITE_', 'MIX_', 'REACT_APP_', 'VUE_APP_', 'NEXT_PUBLIC_']
const SECURE_PORT = '443'

/** What is wrong between the variables of a Laravel application, its pages, and this server. */
export function checkLaravel(env: Env, settings: Settings): readonly Finding[] {
  const used = SERVERS.filter((name) => Object.keys(env).some((key) => key.includes(`${name}_`)))
  if (used.length === 0) return []
  const found = [
    ...checkDriver(env),
    ...used.flatMap((name) => [...checkScheme(env, name, settings), ...checkKeys(env, name)]),
  ]
  return found.length > 0 ? found : [ok(`.env: ${used.join(' and ')} variables fit together`)]
}

function checkDriver(env: Env): readonly Finding[] {
  if (env['BROADCAST_DRIVER'] === undefined || env['BROADCAST_CONNECTION'] !== undefined) return []
  return [
    warn('.env sets BROADCAST_DRIVER', 'Laravel 11 and newer read BROADCAST_CONNECTION: set it to the same'),
  ]
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

/** Pages are built with a copy of the key, under names that no two guides agree on. */
function checkKeys(env: Env, name: string): readonly Finding[] {
  const key = env[`${name}_APP_KEY`]
  const copies = Object.entries(env).filter(
    ([copy]) =>
      PREFIXES.some((prefix) => copy.startsWith(prefix)) && copy.includes(name) && copy.endsWith('KEY'),
  )
  const found = copies
    .filter(([, value]) => value !== key)
    .map(([copy]) =>
      warn(`.env: ${copy} is not the value of ${name}_APP_KEY`, `Write ${copy}="\${${name}_APP_KEY}"`),
    )
  if (copies.length > 1)
    found.push(
      warn(
        `.env: the key has ${copies.length} names for pages: ${copies.map(([copy]) => copy).join(', ')}`,
        'Keep the one that the code of the page reads, and take the others out',
      ),
    )
  return found
}
