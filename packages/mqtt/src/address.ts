import { invalid, type RealtimeError } from '@org/realtime-core/kit'

declare const location: { readonly protocol: string } | undefined

const SCHEMES: Readonly<Record<string, string>> = {
  ws: 'ws',
  wss: 'wss',
  http: 'ws',
  https: 'wss',
  mqtt: 'mqtt',
  tcp: 'mqtt',
  mqtts: 'mqtts',
  ssl: 'mqtts',
  tls: 'mqtts',
}

/**
 * A bare host means a WebSocket, a secure one from a secure page; a WebSocket without a path means `/mqtt`.
 * An address that starts with a slash is left to the browser.
 */
export function toAddress(given: string): string {
  if (typeof given !== 'string') throw invalidAddress()
  if (given.startsWith('/')) return given
  const isSecurePage = typeof location !== 'undefined' && location?.protocol === 'https:'
  const [, scheme = isSecurePage ? 'wss' : 'ws', rest = ''] =
    /^(?:([a-z]+):\/\/)?([^/]*.*)$/is.exec(given) ?? []
  const known = SCHEMES[scheme.toLowerCase()]
  if (!known || /^[^/?#]*@/.test(rest)) throw invalidAddress()
  const isBare = known.startsWith('ws') && !/[/?#]/.test(rest)
  return `${known}://${rest}${isBare ? '/mqtt' : ''}`
}

export const invalidAddress = (
  expected = 'a host, or an address with ws, wss, mqtt or mqtts and no credentials',
): RealtimeError => invalid('url', expected)
