export { createRawWs } from '@org/realtime-raw-ws'
export { defineInspector, mountInspector } from '../src/index.ts'
