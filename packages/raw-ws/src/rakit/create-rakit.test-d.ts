import { describe, expectTypeOf, it } from 'vitest'
import {
  createRakit,
  defineChannels,
  event,
  type MembersStore,
  type RakitClient,
  type RakitMeta,
  type RakitUser,
  type Receipt,
  type Store,
} from '../index.ts'

const channels = defineChannels({
  '@room': { message: event<string>(), text: event<string>() },
  '@{client}': { message: event<string>() },
  'chat.{id}': { message: event<{ text: string }>() },
})
const client = createRakit({ url: 'ws://127.0.0.1:6001', channels })

describe('createRakit', () => {
  it('knows channels, payloads, and that nothing is trusted', () => {
    expectTypeOf(client).toEqualTypeOf<RakitClient<typeof channels>>()
    client.channel('chat.{id}', { id: 1 }).on('message', ({ text }, meta) => {
      expectTypeOf(text).toEqualTypeOf<string>()
      expectTypeOf(meta).toEqualTypeOf<RakitMeta>()
      expectTypeOf(meta.trusted).toEqualTypeOf<false>()
    })
    client.channel('@me').on('message', (text) => expectTypeOf(text).toEqualTypeOf<string>())
    // @ts-expect-error no such event
    client.channel('chat.{id}', { id: 1 }).on('said', () => {})
    // @ts-expect-error Rakit acknowledges nothing
    client.channel('@room').publish('message', 'x', { delivery: 'at-least-once' })
    // @ts-expect-error channels of Rakit have no members
    client.channel('@room').members
  })

  it('has a typed verb for everything that Rakit can do', () => {
    const { rakit } = client
    expectTypeOf(rakit.id).toEqualTypeOf<Store<string | undefined>>()
    expectTypeOf(rakit.members).toEqualTypeOf<MembersStore<RakitUser>>()
    expectTypeOf(rakit.members.get().me?.info.email).toEqualTypeOf<string | undefined>()
    expectTypeOf(rakit.broadcast('x')).toEqualTypeOf<Promise<Receipt>>()
    expectTypeOf(rakit.sendTo('a', 'x')).toEqualTypeOf<Promise<Receipt>>()
    expectTypeOf(rakit.toAll('x')).toEqualTypeOf<Promise<Receipt>>()
    expectTypeOf(rakit.toChannel('chat.1', 'x')).toEqualTypeOf<Promise<Receipt>>()
    expectTypeOf(rakit.toClient('a', 'x', { ttlMs: 100 })).toEqualTypeOf<Promise<Receipt>>()
    expectTypeOf(rakit.presence.refresh()).toEqualTypeOf<void>()
    expectTypeOf<ReturnType<typeof rakit.disconnect>>().toEqualTypeOf<never>()
    // @ts-expect-error text only
    rakit.broadcast({ text: 'x' })
    // @ts-expect-error Rakit acknowledges nothing
    rakit.sendTo('a', 'x', { delivery: 'at-least-once' })
  })

  it('takes no token, because Rakit reads none', () => {
    // @ts-expect-error no such option
    createRakit({ url: 'ws://127.0.0.1:6001', token: 'x' })
    // @ts-expect-error no such option
    createRakit({ url: 'ws://127.0.0.1:6001', credentials: 'x' })
  })
})
