export type { MswLink, MswLinkOptions } from './msw/link.ts'
export { type RawWsLinkOptions, rawWs } from './msw/raw-ws.ts'
export type { RawWsServer } from './msw/raw-ws-server.ts'
export type { RawWsServerOptions } from './msw/raw-ws-world.ts'
