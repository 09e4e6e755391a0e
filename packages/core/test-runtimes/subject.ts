export { systemClock } from '../src/clock.ts'
export { RealtimeError } from '../src/errors.ts'
export { browserSignals } from '../src/signals.ts'
export { type WebSocketOptions, websocketTransport } from '../src/websocket-transport.ts'
