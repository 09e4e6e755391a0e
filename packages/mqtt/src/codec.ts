export type { Batch } from './codec/batch.ts'
export { createDecoder, type Decoder, type DecoderOptions, decode, type Role } from './codec/decoder.ts'
export { createBatch, encode, sizeOf } from './codec/encoder.ts'
export { createFramer, type Framer, type ReadFrame } from './codec/framer.ts'
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
