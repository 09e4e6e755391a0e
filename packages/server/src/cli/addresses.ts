import { networkInterfaces } from 'node:os'
import type { Settings } from '../config/settings.ts'
import { toPusherOptions } from '../config/to-pusher-options.ts'
import type { Listening } from '../listener.ts'
import type { PusherApp } from '../pusher/app.ts'
import { readAppsFile } from '../pusher/apps-file.ts'
import { defaultApp } from '../pusher/resolve-pusher.ts'
import { isEverywhere } from './everywhere.ts'

export interface Place {
  readonly name: string
  readonly url: string
  /** How a client of ours is made for it, or what it asks for. */
  readonly use?: string
}

/** What is served, with addresses that can be used on this machine. */
export function toPlaces(
  settings: Settings,
  { host, url, mqtt = {} }: Listening,
  controlToken: string | undefined,
): readonly Place[] {
  const base = isEverywhere(host) ? url.replace(/\/\/[^/]+:/, '//localhost:') : url
  const socketBase = base.replace(/^http/, 'ws')
  const { hostname } = new URL(base)
  const dial = (name: string, create: string): Place => {
    const address = `${socketBase}/${name}`
    return { name, url: address, use: `${create}({ url: '${address}' })` }
  }
  return [
    ...(settings.get('raw') ? [dial('raw', 'createRawWs')] : []),
    ...(settings.get('rakit.enabled') ? [dial('rakit', 'createRakit')] : []),
    ...toPusherPlaces(settings, base),
    ...(settings.get('mqtt.enabled') ? [dial('mqtt', 'createMqtt')] : []),
    ...(mqtt.port === undefined ? [] : [toMqtt(`mqtt://${hostname}:${mqtt.port}`)]),
    ...(mqtt.tlsPort === undefined ? [] : [toMqtt(`mqtts://${hostname}:${mqtt.tlsPort}`)]),
    ...(isServed(settings, 'inspect')
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
    ...(isServed(settings, 'metrics') ? [{ name: 'metrics', url: `${base}/metrics` }] : []),
    { name: 'health', url: `${base}/health` },
  ]
}

/** For clients and for backends of each app; the secret only of the one that everybody knows. */
function toPusherPlaces(settings: Settings, base: string): readonly Place[] {
  const options = toPusherOptions(settings)
  if (!options) return []
  const { hostname, port, protocol } = new URL(base)
  const isSecure = protocol === 'https:'
  const where = `host: '${hostname}', port: ${port || (isSecure ? 443 : 80)}`
  const { apps = [], appsFile } = options
  const own = [...(apps as readonly PusherApp[]), ...(appsFile === undefined ? [] : readAppsFile(appsFile))]
  const given = own.length > 0 || appsFile !== undefined ? own : [defaultApp]
  return given.flatMap((app) => {
    const { id, key, secret } = app
    const shown = app === defaultApp ? `'${secret}'` : '...'
    const backend = `appId: '${id}', key: '${key}', secret: ${shown}, ${where}, useTLS: ${isSecure}`
    return [
      {
        name: 'pusher',
        url: `${base.replace(/^http/, 'ws')}/app/${key}`,
        use: `createPusher({ key: '${key}', ${where} })`,
      },
      { name: 'backend', url: `${base}/apps/${id}`, use: `new Pusher({ ${backend} })` },
    ]
  })
}

const toMqtt = (url: string): Place => ({ name: 'mqtt', url, use: `createMqtt({ url: '${url}' })` })

/** Where other machines reach a server that listens everywhere. */
export function toOutsideUrls({ host, url }: Listening): readonly string[] {
  if (!isEverywhere(host)) return []
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => url.replace(/\/\/[^/]+:/, `//${address}:`))
}

function isServed(settings: Settings, page: 'inspect' | 'metrics'): boolean {
  const isOpen = settings.get('mode') === 'development' || settings.get(`${page}.token`) !== undefined
  return isOpen && settings.get(`${page}.enabled`) === true
}
