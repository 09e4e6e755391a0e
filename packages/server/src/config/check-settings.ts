import { isLoopback } from '../options.ts'
import type { ConfigUse } from './load-config.ts'
import { type ConfigProblem, DEFAULT } from './problem.ts'
import type { Settings } from './settings.ts'
import { APP_MEMBERS } from './to-pusher-options.ts'
import { waysToRedis } from './to-redis-options.ts'

interface Checked {
  readonly problems: readonly ConfigProblem[]
  readonly notes: readonly string[]
}

/** What options that are right for themselves say together. */
export function checkSettings(settings: Settings, by: ConfigUse['by']): Checked {
  const problems: ConfigProblem[] = []
  const refuse = (option: string, message: string): void => {
    problems.push({ option, source: settings.source(option)?.label ?? DEFAULT, message })
  }
  const missing = APP_MEMBERS.filter((name) => settings.get(name) === undefined)
  const [given] = APP_MEMBERS.filter((name) => !missing.includes(name))
  if (given !== undefined && missing.length > 0) refuse(given, `needs \`${missing.join('` and `')}\` as well`)
  const [first, second] = waysToRedis(settings)
  if (first !== undefined && second !== undefined && settings.get('adapter') === 'redis')
    refuse(second, `says where Redis is, and so does \`${first}\`: leave one of them out`)
  const isCommand = by === 'command'
  const isProduction = settings.get('mode') === 'production'
  const hasCert = settings.get('tls.cert') !== undefined
  const hasKey = settings.get('tls.key') !== undefined
  if (hasCert !== hasKey)
    refuse(hasCert ? 'tls.cert' : 'tls.key', `needs \`${hasCert ? 'tls.key' : 'tls.cert'}\` as well`)
  if (isCommand && isProduction && settings.get('authenticate') === undefined)
    refuse(
      'authenticate',
      'has to be said in `production`: `anonymous` lets everybody in; to ask for tokens use the library',
    )
  if (isProduction && settings.get('control.enabled') === true)
    refuse('control.enabled', 'causes faults, so it is for `development` alone')
  return { problems, notes: isCommand ? [...notesOf(settings, isProduction)] : [] }
}

function* notesOf(settings: Settings, isProduction: boolean): Iterable<string> {
  const host = settings.get<string>('host') ?? ''
  if (!isProduction && !isLoopback(host))
    yield `In development mode everybody who reaches ${host} may do everything: set mode=production, or host=127.0.0.1`
  if (isProduction && settings.get('channels') === undefined)
    yield 'No channel is open: give `channels`, or use the library and its rules'
  const isMemory = settings.get('adapter') === 'memory'
  if (isMemory && waysToRedis(settings).some((name) => settings.source(name)?.kind !== 'env'))
    yield 'redis configured but adapter is memory: say adapter=redis to share channels by it'
  if (settings.get('rakit.enabled') === true && settings.get('rakit.compat') === 'exact')
    yield '/rakit is exact: any client may run commands, read private messages and stall all others'
  if (
    settings.get('inspect.token') !== undefined &&
    settings.get('tls.cert') === undefined &&
    !isLoopback(host)
  )
    yield 'The token of the inspector can be read on its way: give `tls`, or put a proxy with TLS in front'
  if (settings.get('origins') === 'any')
    yield 'Pages of any origin may connect, with the cookies of whoever looks at them'
}
