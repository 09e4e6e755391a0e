export { type Batch, createBatch, encode } from './codec/batch.ts'
export type { Role } from './codec/decode.ts'
export { createDecoder, type Decoder, type DecoderOptions, decode } from './codec/decoder.ts'
export { bodySize, packetSize } from './codec/encode.ts'
export type {
  Ack,
  Auth,
  Connack,
  Connect,
  Disconnect,
  FilterRequest,
  Level,
  Packet,
  Ping,
  Publish,
  Qos,
  Suback,
  Subscribe,
  Unsuback,
  Unsubscribe,
  Will,
} from './codec/packets.ts'
export type { Properties } from './codec/properties.ts'
export { isFilter, isShared, isTopic, toMatched } from './codec/topics.ts'
