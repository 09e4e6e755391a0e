export { type Bad, type ClientFrame, parseClientFrame, writeClientFrame } from './client-frame.ts'
export { codes } from './codes.ts'
export { dataOf, decodeData, type PusherFrame, parseFrame } from './frame.ts'
export { createScanner, decodeScanned, type FrameScanner } from './scan.ts'
export {
  type DataStyle,
  type EventFrame,
  type ServerFrame,
  type WatchlistEvent,
  type WirePresence,
  writeServerFrame,
} from './server-frame.ts'
