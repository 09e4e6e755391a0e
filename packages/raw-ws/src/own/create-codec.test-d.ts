import { describe, expectTypeOf, it } from 'vitest'
import {
  type Client,
  createCodec,
  createRawWs,
  type Dialect,
  defineChannels,
  event,
  type Frame,
  type Incoming,
  jsonDialect,
  type Meta,
} from '../index.ts'

const channels = defineChannels({ 'scada-data': { 'scada.data.received': event<{ batchId: string }>() } })
const decode = (): Incoming | undefined => undefined
const publish = (): Frame => ''

describe('createCodec', () => {
  it('gives capabilities by what the dialect has', () => {
    expectTypeOf(createCodec().capabilities).toEqualTypeOf<{
      readonly presence: false
      readonly publish: 'anyone'
      readonly ack: false
      readonly history: false
    }>()
    expectTypeOf(createCodec({ decode }).capabilities.publish).toEqualTypeOf<false>()
    const answered = createCodec({ decode, publish, answers: ['hello', 'publish'] })
    expectTypeOf(answered.capabilities.ack).toEqualTypeOf<'at-least-once'>()
    const unanswered = createCodec({ decode, publish, answers: ['subscribe'] })
    expectTypeOf(unanswered.capabilities.ack).toEqualTypeOf<false>()
    const deaf = createCodec({ decode, answers: ['publish'] })
    expectTypeOf(deaf.capabilities).toExtend<{ publish: false; ack: false }>()
  })

  it('knows the parameters of the functions of a dialect', () => {
    const codec = createCodec({
      decode(frame) {
        expectTypeOf(frame).toEqualTypeOf<Frame>()
        return { type: 'message', channel: 'a', event: 'b', payload: frame }
      },
      hello: (token) => `${token satisfies string | undefined}`,
      publish: ({ channel, payload, id, ack }) => JSON.stringify([channel, payload, id, ack]),
      answers: ['publish'],
    })
    expectTypeOf(codec.capabilities.ack).toEqualTypeOf<'at-least-once'>()
    createCodec({ ...jsonDialect, hello: (token) => token satisfies string | undefined })
  })

  it('refuses a dialect that cannot be right', () => {
    // @ts-expect-error nothing reads frames
    createCodec({ publish })
    // @ts-expect-error no such answer
    createCodec({ decode, answers: ['goodbye'] })
    // @ts-expect-error no such kind of frame
    createCodec({ decode: () => ({ type: 'told', channel: 'a' }) })
    // @ts-expect-error a heartbeat needs its time
    createCodec({ decode, heartbeat: { frame: 'ping' } })
    // @ts-expect-error a frame is text or bytes
    createCodec({ decode, publish: () => 7 })
  })
})

describe('createRawWs with a codec', () => {
  it('has channels of the registry, and no verbs of the strict profile', () => {
    const client = createRawWs({ url: '/ws', channels, codec: createCodec() })
    expectTypeOf(client).toExtend<Client<typeof channels>>()
    client.channel('scada-data').on('scada.data.received', ({ batchId }) => {
      expectTypeOf(batchId).toEqualTypeOf<string>()
    })
    // @ts-expect-error no such event
    client.channel('scada-data').on('scada.received', () => {})
    const acked = { delivery: 'at-least-once' } as const
    // @ts-expect-error nothing acknowledges
    client.channel('scada-data').publish('scada.data.received', { batchId: '' }, acked)
    // @ts-expect-error of the strict profile only
    client.raw
  })

  it('cannot publish where the dialect cannot', () => {
    const client = createRawWs({ url: '/ws', channels, codec: createCodec({ decode }) })
    // @ts-expect-error only receives
    client.channel('scada-data').publish
  })

  it('gives listeners the meta of the dialect', () => {
    interface Tagged extends Meta {
      readonly tag: string
    }
    const tagged: Dialect<Tagged> = {
      decode: () => ({ type: 'message', channel: 'a', event: 'b', payload: 1, meta: { tag: 'x' } }),
    }
    const client = createRawWs({ url: '/ws', codec: createCodec(tagged) })
    client.untyped('a').on('b', (_payload, { tag }) => expectTypeOf(tag).toEqualTypeOf<string>())
  })

  it('takes the default dialect apart', () => {
    createCodec({ ...jsonDialect, heartbeat: { frame: 'ping', everyMs: 1000 } }).capabilities
      .publish satisfies 'anyone'
  })
})
