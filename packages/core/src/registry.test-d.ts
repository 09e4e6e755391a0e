import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import {
  type Channels,
  type ChannelsOf,
  defineChannels,
  type EventName,
  type EventType,
  event,
  type MemberInfo,
  members,
  type Params,
  type Pattern,
  type Payload,
  type PayloadInput,
  type RegisteredChannels,
} from './registry.ts'

const channels = defineChannels({
  'stock.{sku}': {
    Bare: event<{ readonly left: number }>(),
    Zod: z.object({ left: z.number() }),
    ZodDate: z.string().transform((text) => new Date(text)),
    Valibot: v.object({ left: v.optional(v.number(), 0) }),
    ArkType: type({ left: 'number', 'note?': 'string' }),
    [members]: z.object({ name: z.string() }),
  },
  'desk.{floor}.{room}': { Rung: event<'once' | 'twice'>(), [members]: event<{ readonly name: string }>() },
  news: { Told: event() },
})
type R = typeof channels
type Stock = 'stock.{sku}'

describe('defineChannels', () => {
  it('keeps names, patterns and events', () => {
    expectTypeOf<Pattern<R>>().toEqualTypeOf<Stock | 'desk.{floor}.{room}' | 'news'>()
    expectTypeOf<EventName<R, Stock>>().toEqualTypeOf<'Bare' | 'Zod' | 'ZodDate' | 'Valibot' | 'ArkType'>()
    expectTypeOf<EventName<R, 'desk.{floor}.{room}'>>().toEqualTypeOf<'Rung'>()
  })

  it('refuses what is neither event() nor a Standard Schema', () => {
    // @ts-expect-error a plain value
    defineChannels({ news: { Told: 'text' } })
    // @ts-expect-error a plain object
    defineChannels({ news: { Told: { left: 1 } } })
    // @ts-expect-error a schema in place of events
    defineChannels({ news: event<string>() })
    // @ts-expect-error members that are no schema
    defineChannels({ news: { [members]: 'Agent' } })
  })

  it('joins registries that were written apart', () => {
    const both = defineChannels({ ...channels, ...defineChannels({ weather: { Changed: event<number>() } }) })
    expectTypeOf<Payload<typeof both, 'weather', 'Changed'>>().toEqualTypeOf<number>()
    expectTypeOf<Payload<typeof both, Stock, 'Bare'>>().toEqualTypeOf<{ readonly left: number }>()
  })
})

describe('Payload', () => {
  it('is the type of event(), or the output of a schema of any library', () => {
    expectTypeOf<Payload<R, Stock, 'Bare'>>().toEqualTypeOf<{ readonly left: number }>()
    expectTypeOf<Payload<R, Stock, 'Zod'>>().toEqualTypeOf<{ left: number }>()
    expectTypeOf<Payload<R, Stock, 'ZodDate'>>().toEqualTypeOf<Date>()
    expectTypeOf<Payload<R, Stock, 'Valibot'>>().toEqualTypeOf<{ left: number }>()
    expectTypeOf<Payload<R, Stock, 'ArkType'>>().toEqualTypeOf<{ left: number; note?: string }>()
    expectTypeOf<Payload<R, 'news', 'Told'>>().toBeUnknown()
  })

  it('differs from what is published where a schema converts', () => {
    expectTypeOf<PayloadInput<R, Stock, 'ZodDate'>>().toEqualTypeOf<string>()
    expectTypeOf<PayloadInput<R, Stock, 'Valibot'>>().toEqualTypeOf<{ left?: number | undefined }>()
    expectTypeOf<PayloadInput<R, Stock, 'Bare'>>().toEqualTypeOf<{ readonly left: number }>()
  })

  it('keeps unions, and types that TypeScript spreads over them, whole', () => {
    expectTypeOf<Payload<R, 'desk.{floor}.{room}', 'Rung'>>().toEqualTypeOf<'once' | 'twice'>()
    expectTypeOf<Payload<{ a: { E: EventType<never> } }, 'a', 'E'>>().toBeNever()
    expectTypeOf<Payload<{ a: { E: EventType<boolean> } }, 'a', 'E'>>().toEqualTypeOf<boolean>()
  })

  it('asks for an event of that channel', () => {
    // @ts-expect-error no such event
    type _Event = Payload<R, 'news', 'Rung'>
    // @ts-expect-error no such channel
    type _Channel = Payload<R, 'olds', 'Told'>
  })
})

describe('MemberInfo', () => {
  it('is the type under members, unknown without one', () => {
    expectTypeOf<MemberInfo<R, Stock>>().toEqualTypeOf<{ name: string }>()
    expectTypeOf<MemberInfo<R, 'desk.{floor}.{room}'>>().toEqualTypeOf<{ readonly name: string }>()
    expectTypeOf<MemberInfo<R, 'news'>>().toBeUnknown()
  })
})

describe('Params', () => {
  it('takes the names of the holes', () => {
    expectTypeOf<Params<Stock>>().toEqualTypeOf<{ readonly sku: string | number }>()
    expectTypeOf<Params<'desk.{floor}.{room}'>>().toEqualTypeOf<{
      readonly floor: string | number
      readonly room: string | number
    }>()
    expectTypeOf<Params<'{site}/line-{line}/state'>>().toEqualTypeOf<{
      readonly site: string | number
      readonly line: string | number
    }>()
    expectTypeOf<keyof Params<'news'>>().toBeNever()
  })
})

describe('RegisteredChannels', () => {
  // What `declare module` does to it is tested by bench/types/register.test.ts: it would reach all other tests.
  it('is the registry under channels, else one of any name', () => {
    expectTypeOf<ChannelsOf<{ channels: R }>>().toEqualTypeOf<R>()
    expectTypeOf<RegisteredChannels>().toEqualTypeOf<Channels>()
    expectTypeOf<Payload<RegisteredChannels, 'any', 'name'>>().toBeUnknown()
    expectTypeOf<MemberInfo<RegisteredChannels, 'any'>>().toBeUnknown()
  })
})
