import { invalid, type Provider } from '@org/realtime-core/kit'

/** Where the server is. The names of pusher-js and Laravel Echo and their shorter forms mean the same. */
export interface AddressOptions {
  /** The key of the app. */
  readonly key: string
  /** The whole address, or the part before `/app/<key>`; a function is called before every dial. */
  readonly url?: Provider<string>
  readonly host?: string
  /** @default 443 with TLS, else 80 */
  readonly port?: number | string
  /** A region of Pusher, for the host. Not needed with another host. */
  readonly cluster?: string
  readonly wsHost?: string
  /** The port without TLS. @default 80 */
  readonly wsPort?: number | string
  /** The port with TLS. @default 443 */
  readonly wssPort?: number | string
  /** What comes before `/app/<key>` in the path. */
  readonly wsPath?: string
  /** @default true, but for a host that is this machine */
  readonly forceTLS?: boolean
  /** Only `ws` and `wss` mean anything; `wss` alone asks for TLS. */
  readonly enabledTransports?: readonly string[]
}

export interface Address {
  readonly url: Provider<string>
  /** From now on with TLS; false when it is so already. */
  secure(): boolean
}

const QUERY = 'protocol=7&client=realtime-js&version=1&flash=false'
/** A name, or an address; with colons only in brackets. */
export const HOST = /^([^\s:/]+|\[.+\])$/
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Throws `option.invalid` for what can never be dialled. */
export function createAddress(options: AddressOptions): Address {
  const { key, url, enabledTransports: transports, wsPath = '', cluster } = options
  const host = options.host || options.wsHost || (cluster && `ws-${cluster}.pusher.com`)
  if (typeof key !== 'string' || !key) throw invalid('key', 'the key of the app', key)
  if (!url && !HOST.test(host ?? ''))
    throw invalid('host', 'a host without scheme or port, unless there is a url or a cluster', host)
  if (transports && !transports.some((name) => name === 'ws' || name === 'wss'))
    throw invalid('enabledTransports', 'a list with ws or wss', transports)
  const onlyTls = transports?.includes('wss') && !transports.includes('ws')
  let isTls = options.forceTLS ?? (onlyTls || !THIS_MACHINE.test(host ?? ''))
  /** Of the one that is used; empty, as an unset variable leaves it, is not given. */
  const toPort = (): number => {
    const option = options.port ? 'port' : isTls ? 'wssPort' : 'wsPort'
    const { [option]: value } = options
    const port = Number(value || (isTls ? 443 : 80))
    // A whole number of 16 bits.
    if (!port || port !== (port & 0xffff)) throw invalid(option, 'a port', value)
    return port
  }
  if (!url) toPort()
  let isUpgraded = false
  const app = `/app/${encodeURIComponent(key)}`

  const complete = (given: string): string => {
    const [base = '', query = QUERY] = given.split('?')
    const path = base.includes('/app/') ? base : base.replace(/\/$/, '') + app
    if (url && !isUpgraded) isTls = /^(wss|https):/.test(path)
    return `${isUpgraded ? path.replace(/^(ws|http):/, '$1s:') : path}?${query}`
  }

  return {
    url: url
      ? async () => complete(await (url instanceof Function ? url() : url))
      : () => complete(`${isTls ? 'wss' : 'ws'}://${host}:${toPort()}${toPath(wsPath)}`),
    secure() {
      const wasPlain = !isTls
      isTls = isUpgraded = true
      return wasPlain
    },
  }
}

const toPath = (path: string): string => (path && !path.startsWith('/') ? `/${path}` : path)
