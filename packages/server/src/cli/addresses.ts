import { networkInterfaces } from 'node:os'
import type { Settings } from '../config/settings.ts'
import type { Listening } from '../listener.ts'

export interface Place {
  readonly name: string
  readonly url: string
  /** How a client of ours is made for it, or what it asks for. */
  readonly use?: string
}

const EVERYWHERE = ['0.0.0.0', '::']

/** What is served, with addresses that can be used on this machine. */
export function toPlaces(
  settings: Settings,
  { host, url }: Listening,
  controlToken: string | undefined,
): readonly Place[] {
  const base = isEverywhere(host) ? url.replace(/\/\/[^/]+:/, '//localhost:') : url
  const socketBase = base.replace(/^http/, 'ws')
  const dial = (name: string, create: string): Place => {
    const address = `${socketBase}/${name}`
    return { name, url: address, use: `${create}({ url: '${address}' })` }
  }
  return [
    ...(settings.get('raw') ? [dial('raw', 'createRawWs')] : []),
    ...(settings.get('rakit.enabled') ? [dial('rakit', 'createRakit')] : []),
    ...(mayInspect(settings)
      ? [
          {
            name: 'inspector',
            url: `${base}/_inspect${controlToken === undefined ? '' : `#control=${controlToken}`}`,
          },
        ]
      : []),
    ...(controlToken === undefined
      ? []
      : [{ name: 'control', url: `${base}/_control`, use: `Authorization: Bearer ${controlToken}` }]),
    { name: 'health', url: `${base}/health` },
  ]
}

/** Where other machines reach a server that listens everywhere. */
export function toOutsideUrls({ host, url }: Listening): readonly string[] {
  if (!isEverywhere(host)) return []
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => url.replace(/\/\/[^/]+:/, `//${address}:`))
}

function mayInspect(settings: Settings): boolean {
  const isServed = settings.get('mode') === 'development' || settings.get('inspect.token') !== undefined
  return isServed && settings.get('inspect.enabled') === true
}

const isEverywhere = (host: string): boolean => EVERYWHERE.includes(host)
