import type { ClientRequest } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import type { RealtimeError } from './errors.ts'
import { fault } from './fault.ts'
import type { OpenNodeSocket, SocketHeaders, WebSocketLike, WebSocketOptions } from './websocket-transport.ts'

/** How long a peer may take to answer a close frame before its socket is destroyed, which lets the process end. */
const CLOSE_TIMEOUT_MS = 2000
const BAD_HEADER = /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE)$/

export const openNodeSocket: OpenNodeSocket = (url, subprotocols, options) => {
  const Constructor = (options.WebSocket ?? WebSocket) as typeof WebSocket
  const isWs = Constructor === WebSocket || Constructor.prototype instanceof WebSocket
  const takesOptions = isWs || options.headers || options.tls || options.agent
  try {
    const socket = takesOptions
      ? new Constructor(url, subprotocols, toClientOptions(options))
      : new Constructor(url, subprotocols)
    return isWs ? toWebSocketLike(socket) : socket
  } catch (error) {
    throw BAD_HEADER.test(`${(error as NodeJS.ErrnoException).code}`) ? invalidHeaders() : error
  }
}

function invalidHeaders(): RealtimeError {
  return fault('option.invalid', { option: 'headers', expected: 'names and values that HTTP allows' })
}

function toClientOptions(options: WebSocketOptions): ClientOptions {
  const { headers, tls, agent, perMessageDeflate = false, maxFrameBytes } = options
  return {
    ...(tls as ClientOptions),
    ...(agent !== undefined && { agent: agent as NonNullable<ClientOptions['agent']> }),
    ...(maxFrameBytes !== undefined && { maxPayload: maxFrameBytes }),
    ...(typeof headers === 'function'
      ? { finishRequest: (request) => finish(request, headers) }
      : headers && { headers }),
    perMessageDeflate,
    // @ts-expect-error @types/ws 8.18 does not know it
    closeTimeout: CLOSE_TIMEOUT_MS,
  }
}

async function finish(
  request: ClientRequest,
  headers: () => SocketHeaders | Promise<SocketHeaders>,
): Promise<void> {
  try {
    for (const [name, value] of Object.entries(await headers())) request.setHeader(name, value)
    request.end()
  } catch (error) {
    request.destroy(error as Error)
  }
}

/** Spares the event objects of `ws` and its copies of binary frames, and tells the status of a refused upgrade. */
function toWebSocketLike(socket: WebSocket): WebSocketLike {
  const like: Handlers & WebSocketLike = {
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    binaryType: 'arraybuffer',
    get readyState() {
      return socket.readyState
    },
    get bufferedAmount() {
      return socket.bufferedAmount
    },
    get protocol() {
      return socket.protocol
    },
    send: (frame: string | Uint8Array) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  }
  socket.on('open', () => like.onopen?.({}))
  socket.on('message', (data: Buffer, isBinary) =>
    like.onmessage?.({
      data: isBinary ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data.toString(),
    }),
  )
  socket.on('error', (error) => like.onerror?.({ error }))
  socket.on('close', (code, reason) => like.onclose?.({ code, reason: reason.toString() }))
  socket.on('unexpected-response', (_request, { statusCode }) =>
    like.onerror?.({ error: new Error(`Upgrade refused with status ${statusCode}`), status: statusCode }),
  )
  return like
}

interface Handlers {
  onopen: ((event: object) => void) | null
  onmessage: ((event: { data: string | Uint8Array }) => void) | null
  onerror: ((event: { error: Error; status?: number | undefined }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
}
