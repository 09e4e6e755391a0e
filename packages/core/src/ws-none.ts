import type { OpenNodeSocket } from './websocket-transport.ts'

export const openNodeSocket: OpenNodeSocket | undefined = undefined
