import { openNodeSocket } from '#ws'
import { invalid } from './options.ts'
import type { Frame, Transport } from './transport.ts'

/** The part of a WHATWG WebSocket that the transport uses. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  readonly protocol: string
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(frame: never): void
  close(code?: number, reason?: string): void
  /** Drops the socket without a word to the peer, where the implementation can. */
  terminate?(): void
}

export type WebSocketConstructor = new (url: string, subprotocols: string[]) => WebSocketLike

export type SocketHeaders = Readonly<Record<string, string>>

export type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[]

/** The certificate options of Node's `tls.connect()`. */
export interface TlsOptions {
  readonly ca?: TlsMaterial
  readonly cert?: TlsMaterial
  readonly key?: TlsMaterial
  readonly passphrase?: string
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
}

export interface WebSocketOptions {
  /**
   * The constructor to dial with. In Node it gets the options below as a third argument when
   * `headers`, `tls` or `agent` is given.
   * @default in Node the class of `ws`, elsewhere the global `WebSocket`, looked up at every dial
   */
  readonly WebSocket?: WebSocketConstructor
  /** Headers of the upgrade request. Node only. A function is called for every dial. */
  readonly headers?: SocketHeaders | (() => SocketHeaders | Promise<SocketHeaders>)
  /** Certificates of a `wss:` address. Node only. */
  readonly tls?: TlsOptions
  /** An `http.Agent` or `https.Agent`, for a proxy. Node only. */
  readonly agent?: unknown
  /**
   * Offers to compress frames. Node only: browsers decide for themselves.
   * @default false
   */
  readonly perMessageDeflate?: boolean
  /**
   * A longer frame ends the session with an error. Node only.
   * @default 104857600
   */
  readonly maxFrameBytes?: number
}

/** What `#ws` exports under the node condition; undefined elsewhere. */
export type OpenNodeSocket = (url: string, subprotocols: string[], options: WebSocketOptions) => WebSocketLike

type Socket = Omit<WebSocketLike, 'send'> & { send(frame: Frame): void }
type Closed = { readonly code: number; readonly reason: string }
type Failed = { readonly error?: unknown; readonly message?: string; readonly status?: number }

const platform = globalThis as {
  readonly WebSocket?: WebSocketConstructor
  readonly location?: { readonly href: string }
  readonly navigator?: { readonly userAgent?: string }
}
const CONNECTING = 0
const OPEN = 1
const LONGEST_REASON_BYTES = 123
const nothing = (): void => {}

/**
 * Sessions over WebSocket, with any constructor that follows the WHATWG interface. An address may be
 * `ws:`, `wss:`, `http:`, `https:`, or in a browser relative to the page. What can never work (a
 * malformed address, `ws:` from an `https:` page, no constructor) throws `option.invalid` when
 * dialling. An error of the socket ends the session at once: the close event after it says no more,
 * and may never come. `send` throws unless the session is open.
 */
export const websocketTransport =
  (options: WebSocketOptions = {}): Transport =>
  ({ url, subprotocols }, events) => {
    const socket = openSocket(url, [...subprotocols], options) as Socket
    const detach = (): void => {
      socket.onopen = socket.onmessage = socket.onclose = null
      // With no listener at all, an `error` of `ws` ends the process.
      socket.onerror = nothing
    }
    socket.binaryType = 'arraybuffer'
    // workerd says null for none.
    socket.onopen = () => events.open(socket.protocol || '')
    socket.onmessage = ({ data }: { data: Frame | ArrayBuffer }) =>
      events.frame(typeof data === 'string' || ArrayBuffer.isView(data) ? data : new Uint8Array(data))
    socket.onclose = ({ code, reason }: Closed) => {
      detach()
      events.end({ code, reason })
    }
    // The event itself must stay out of errors: its target tells the address with the query.
    socket.onerror = ({ error, message, status }: Failed) => {
      detach()
      closeSocket(socket)
      events.end({ error: error ?? message, status })
    }
    return {
      send(frame) {
        // One that the peer is closing takes no more. Its end comes by itself, with the code that says why.
        if (socket.readyState <= OPEN) socket.send(frame)
      },
      close(code, reason) {
        const isConnecting = socket.readyState === CONNECTING
        detach()
        if (socket.terminate && (isConnecting || !code)) socket.terminate()
        // Closing a connecting socket breaks Safari 15.1 and later until its restart (rails/rails#44304),
        // and not closing it holds up every later dial of Chrome, which makes one handshake per host at a time.
        else if (isConnecting && isWebKit()) socket.onopen = () => closeSocket(socket)
        else closeSocket(socket, code, reason)
      },
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }

function openSocket(url: string, subprotocols: string[], options: WebSocketOptions): WebSocketLike {
  const { WebSocket = platform.WebSocket } = options
  if (!openNodeSocket) {
    for (const option of ['headers', 'tls', 'agent'] as const)
      if (options[option]) throw invalid(option, 'unset outside Node')
    if (!WebSocket) throw invalid('WebSocket', 'a constructor: this runtime has none')
  }
  try {
    const address = toAddress(url)
    return openNodeSocket
      ? openNodeSocket(address, subprotocols, options)
      : new (WebSocket as WebSocketConstructor)(address, subprotocols)
  } catch (error) {
    // The platform's own message repeats the query, which may hold secrets.
    const { name } = error as Error
    throw /^(Syntax|Security|Type)E/.test(name)
      ? invalid('url', `an address to dial from here (${name})`)
      : error
  }
}

function toAddress(url: string): string {
  const absolute = /^\w+:/.test(url) ? url : new URL(url, platform.location?.href).href
  return absolute.replace(/^http/i, 'ws')
}

/** Safari, and every browser of iOS; the engines of Chrome and Firefox claim 537 or nothing. */
const isWebKit = (): boolean => /AppleWebKit\/6/.test(`${platform.navigator?.userAgent}`)

/** Never throws: an unsuitable code or reason of a protocol becomes a close without either. */
function closeSocket(socket: Socket, code?: number, reason = ''): void {
  try {
    const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON_BYTES))
    socket.close(code, reason.slice(0, read))
  } catch {
    socket.close()
  }
}
