import type { TcpTransport } from './tcp.ts'

export const tcpTransport: TcpTransport | undefined = undefined
