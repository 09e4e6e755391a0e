import type { Settings } from '../../config/settings.ts'
import { toPusherOptions } from '../../config/to-pusher-options.ts'
import { toServerOptions } from '../../config/to-server-options.ts'
import { ServerError } from '../../errors.ts'
import { resolveOptions } from '../../options.ts'
import { type Finding, fail, warn } from './finding.ts'

/** What guides and other servers give out, so that everybody knows it. */
const KNOWN_SECRETS = new Set([
  ...['app-secret', 'some-app-secret', 'your-app-secret', 'your-pusher-secret', 'secret'],
])

/** What the server itself would say to these options, for values that are right and cannot go together. */
export function checkOptions(settings: Settings): readonly Finding[] {
  try {
    resolveOptions(toServerOptions(settings))
    return []
  } catch (error) {
    // Certificates and Redis are looked at by themselves.
    if (!ServerError.is(error, 'option.invalid') || error.details.option.startsWith('redis')) return []
    return [fail(error.message.replace(/^\[[\w.]+\] /, ''), `Correct --${error.details.option}`)]
  }
}

/** What would stand open to whoever comes along. */
export function checkSecrets(settings: Settings): readonly Finding[] {
  if (settings.get('mode') !== 'production') return []
  const { apps = [] } = toPusherOptions(settings) || {}
  const found = (Array.isArray(apps) ? apps : []).flatMap(({ id, key, secret }) => [
    ...(KNOWN_SECRETS.has(secret)
      ? [warn(`the secret of app ${id} stands in guides`, 'Make another: openssl rand -hex 20')]
      : []),
    ...(key === secret
      ? [
          warn(
            `the secret of app ${id} is its key, which every page knows`,
            'Make another: openssl rand -hex 20',
          ),
        ]
      : []),
  ])
  return [...found, ...checkChannels(Object(settings.get('channels')))]
}

function checkChannels(channels: Readonly<Record<string, unknown>>): readonly Finding[] {
  return Object.entries(channels)
    .filter(([pattern]) => /^(private-|presence-)?(\*|#)$/.test(pattern))
    .map(([pattern, grant]) =>
      warn(
        `\`channels\` lets everybody who is let in ${mayPublish(grant) ? 'read and write' : 'read'} ${pattern}`,
        'Name the channels that are for everybody, and decide about the others in rules of the library',
      ),
    )
}

const mayPublish = (grant: unknown): boolean => Object(grant).publish === true
