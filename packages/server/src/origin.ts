import { invalid } from './errors.ts'
import { isLoopback, type Resolved } from './options.ts'

/** Tells whether a page of this origin may connect to the host it asked for. */
export type OriginCheck = (origin: string | undefined, host: string | undefined) => boolean

/** Clients that are no pages send no origin, and could send any: they are not asked. */
export function createOriginCheck(origins: Resolved['origins'], option = 'origins'): OriginCheck {
  if (origins === 'any') return () => true
  if (origins === 'own')
    return (origin, host) => {
      if (origin === undefined) return true
      const url = toUrl(origin)
      return url !== undefined && (isLoopback(url.hostname) || url.host === host?.toLowerCase())
    }
  const allowed = origins.map((origin) => toOriginPattern(origin, option))
  return (origin) => origin === undefined || allowed.some((pattern) => pattern.test(origin.toLowerCase()))
}

/** Tells whether this server may be called by that name. */
export function createHostCheck(hosts: Resolved['hosts']): (host: string | undefined) => boolean {
  if (hosts === 'any') return () => true
  const allowed = new Set(hosts.map((host) => host.toLowerCase()))
  return (host) => {
    const url = toUrl(`http://${host}`)
    return url !== undefined && (allowed.has(url.hostname) || isOwnName(url.hostname, allowed))
  }
}

/** Every name below `localhost` is this machine. */
const isOwnName = (name: string, allowed: ReadonlySet<string>): boolean =>
  allowed.has('localhost') && isLoopback(name)

function toOriginPattern(origin: string, option: string): RegExp {
  const found = /^(https?):\/\/(\*\.)?([\w.-]+|\[[\da-f:]+\])(:\d+|:\*)?$/i.exec(origin)
  if (!found)
    throw invalid(option, "origins like 'https://app.example.org' or 'https://*.example.org'", origin)
  const [, scheme = '', any = '', host = '', port = ''] = found
  const text = `${host}`.toLowerCase().replace(/[^\w-]/g, '\\$&')
  return new RegExp(
    `^${scheme.toLowerCase()}://${any && '([\\w-]+\\.)+'}${text}${port === ':*' ? '(:\\d+)?' : port}$`,
  )
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
