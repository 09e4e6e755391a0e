import type { Transport, WebSocketOptions } from '@org/realtime-core/kit'

/** The certificate options of Node's `tls.connect()`. */
export type TlsOptions = NonNullable<WebSocketOptions['tls']>

/** What `#tcp` exports under the node condition; undefined elsewhere. */
export type TcpTransport = (tls: TlsOptions | undefined) => Transport
