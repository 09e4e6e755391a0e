export { parseBinaryFrame, toBinaryFrame } from './binary-frame.ts'
export type {
  ClientFrame,
  Code,
  Direct,
  Msg,
  Position,
  Refusal,
  ServerFrame,
  Subbed,
  SubRequest,
  Welcome,
  WireMember,
} from './envelope.ts'
export { SUBPROTOCOL } from './envelope.ts'
export { type Bad, parseClientFrame, parseServerFrame } from './parse.ts'
