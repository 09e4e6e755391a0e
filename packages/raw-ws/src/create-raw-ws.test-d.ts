import { describe, expectTypeOf, it } from 'vitest'
import {
  type Client,
  createRawWs,
  defineChannels,
  event,
  type Member,
  members,
  type Receipt,
  type Store,
  type StrictCapabilities,
  type StrictClient,
  type StrictMeta,
} from './index.ts'

const channels = defineChannels({
  'room.{id}': { Said: event<string>(), [members]: event<{ name: string }>() },
  '@{client}': { Poked: event<{ times: number }>() },
})
const client = createRawWs({ url: '/raw', token: async () => 'token', channels })

describe('createRawWs', () => {
  it('knows channels, events, payloads, members and meta', () => {
    expectTypeOf(client).toEqualTypeOf<StrictClient<typeof channels>>()
    expectTypeOf(client).toExtend<Client<typeof channels, StrictCapabilities, StrictMeta, '.'>>()
    const room = client.channel('room.{id}', { id: 1 })
    room.on('Said', (text, meta) => {
      expectTypeOf(text).toEqualTypeOf<string>()
      expectTypeOf(meta).toEqualTypeOf<StrictMeta>()
    })
    expectTypeOf(room.members.get().list).toEqualTypeOf<readonly Member<{ name: string }>[]>()
    expectTypeOf(room.publish('Said', 'x', { delivery: 'at-least-once' })).toEqualTypeOf<Promise<Receipt>>()
    // @ts-expect-error no such event
    room.on('Shouted', () => {})
    // @ts-expect-error another payload
    room.publish('Said', 1)
    // @ts-expect-error more than the server acknowledges
    room.publish('Said', 'x', { delivery: 'exactly-once' })
    // @ts-expect-error no such channel
    client.channel('lobby')
  })

  it('types direct messages by the registry where it names them', () => {
    client.channel('@me').on('Poked', ({ times }) => expectTypeOf(times).toEqualTypeOf<number>())
    client.channel('@{client}', { client: 'c-9' }).publish('Poked', { times: 1 })
    // @ts-expect-error another payload
    client.channel('@{client}', { client: 'c-9' }).publish('Poked', 'x')
    expectTypeOf(client.raw.id).toEqualTypeOf<Store<string | undefined>>()
    client.raw.onDirect(({ event: name, payload, meta }) => {
      expectTypeOf(name).toEqualTypeOf<string>()
      expectTypeOf(payload).toEqualTypeOf<unknown>()
      expectTypeOf(meta.from).toEqualTypeOf<string | undefined>()
    })
    // @ts-expect-error more than the server acknowledges
    client.raw.sendTo('c-9', 'Poked', {}, { delivery: 'exactly-once' })
  })

  it('refuses options that it does not have', () => {
    // @ts-expect-error an address is needed
    createRawWs({ channels })
    // @ts-expect-error it is called token here
    createRawWs({ url: '/raw', credentials: 'x' })
    // @ts-expect-error it brings its own
    createRawWs({ url: '/raw', protocol: {} })
    // @ts-expect-error a token is text
    createRawWs({ url: '/raw', token: 7 })
  })
})
