import { type Channels, type Client, createClient, defineChannels, event, members } from '@org/realtime-core'
import { createAckedProtocol, createTestClient } from '@org/realtime-testing'
import { defineStore } from 'pinia'
import { expectTypeOf, it } from 'vitest'
import { type ComputedRef, computed, ref } from 'vue'
import {
  createHooks,
  createRealtime,
  type History,
  type LiveStatus,
  useChannelReducer,
  useChannelStatus,
  useClient,
  useChannel as useDefaultChannel,
  useEvent,
  useGap,
  useHistory,
  useLatest,
  useMembers,
  usePublish,
} from './index.ts'
import { useStorePatch } from './pinia.ts'
import { useInvalidate } from './query.ts'

const channels = defineChannels({
  news: { Told: event<{ readonly n: number }>(), Closed: event<string>() },
  'desk.{floor}.{id}': { Rung: event<number>(), [members]: event<{ readonly name: string }>() },
})

const { client } = createTestClient({ channels })
const { client: poor } = createTestClient({ channels, protocol: 'send-only' })
const hooks = createHooks<typeof client>()

it('types channels by the registry of a client', () => {
  const desk = hooks.useChannel('desk.{floor}.{id}', { floor: 1, id: 2 })
  expectTypeOf(desk.value.publish).toBeCallableWith('Rung', 1)
  expectTypeOf(hooks.useClient()).toEqualTypeOf<typeof client>()
  hooks.useChannel('news', { hidden: 'leave', priority: 1 })
  hooks.useChannel('desk.1.2')
  expectTypeOf(hooks.useChannels('desk.{floor}.{id}', [{ floor: 1, id: 2 }])).toEqualTypeOf<
    ComputedRef<readonly (typeof desk.value)[]>
  >()
  // @ts-expect-error no channel pattern matches
  hooks.useChannel('newz')
  // @ts-expect-error a parameter is missing
  hooks.useChannel('desk.{floor}.{id}', { floor: 1 })
  // @ts-expect-error all parameters are missing
  hooks.useChannel('desk.{floor}.{id}')
  // @ts-expect-error no such policy
  hooks.useChannel('news', { hidden: 'sleep' })
  // @ts-expect-error a channel without parameters makes no list
  hooks.useChannels('news', [])
  // @ts-expect-error what may be missing has to be skipped
  hooks.useChannel('desk.{floor}.{id}', { floor: 1, id: undefined })
})

it('tells in the type that a channel may be skipped', () => {
  const isOn = Math.random() > 2
  const desk = hooks.useChannel('desk.{floor}.{id}', isOn ? { floor: 1, id: 2 } : 'skip')
  const news = hooks.useChannel('news', isOn ? {} : 'skip')
  expectTypeOf(desk.value).extract<undefined>().toEqualTypeOf<undefined>()
  // @ts-expect-error it may be undefined
  news.value.name
  useEvent(news, 'Told', () => {})
})

it('types events and what is made of them by the channel', () => {
  const news = hooks.useChannel('news')
  useEvent(news, 'Told', ({ n }, meta) => {
    expectTypeOf(n).toEqualTypeOf<number>()
    expectTypeOf(meta.channel).toEqualTypeOf<string | undefined>()
  })
  useEvent(
    () => [news.value],
    ['Told', 'Closed'],
    (message) => {
      if (message.event === 'Told') expectTypeOf(message.payload.n).toEqualTypeOf<number>()
      else expectTypeOf(message.payload).toEqualTypeOf<string>()
    },
  )
  useEvent(news, 'Closed', (all) => expectTypeOf(all).toEqualTypeOf<readonly string[]>(), {
    rate: { everyMs: 100, keep: 'all' },
  })
  useGap(news, ({ continuity }) => continuity satisfies 'complete' | 'latest-only' | 'unknown')
  expectTypeOf(useLatest(news, 'Told').value).toEqualTypeOf<{ readonly n: number } | undefined>()
  expectTypeOf(useLatest(news, 'Told', { initial: { n: 1 } }).value).toEqualTypeOf<{ readonly n: number }>()
  expectTypeOf(
    useLatest(news, 'Told', { initial: { n: 1 }, select: ({ n }) => `${n}` }).value,
  ).toEqualTypeOf<string>()
  expectTypeOf(useLatest(news, 'Told', { key: ({ n }) => `${n}` }).value).toEqualTypeOf<
    ReadonlyMap<string, { readonly n: number }>
  >()
  expectTypeOf(useHistory(news, 'Closed').value).toEqualTypeOf<History<string>>()
  expectTypeOf(useHistory(news, 'Closed', { select: ({ dropped }) => dropped }).value).toEqualTypeOf<number>()
  expectTypeOf(
    useChannelReducer(news, 0, { Told: (sum, { n }) => sum + n }, { select: (sum) => sum > 1, flush: 100 })
      .value,
  ).toEqualTypeOf<boolean>()
  useInvalidate(news, { events: ['Told'], queryKey: ['news'] })
  useInvalidate(news, { events: ['Told'], queryKey: ({ payload }) => [payload.n], gapKey: ['news'] })
  // @ts-expect-error no such event
  useEvent(news, 'Tld', () => {})
  // @ts-expect-error one of them is no such event
  useEvent(news, ['Told', 'Shut'], () => {})
  // @ts-expect-error the payload is not a number
  useLatest(news, 'Closed', { initial: 1 })
  // @ts-expect-error no such event
  useChannelReducer(news, 0, { Shut: (sum) => sum })
  // @ts-expect-error the state is a number
  useChannelReducer(news, 0, { Told: () => 'text' })
  // @ts-expect-error no such time
  useLatest(news, 'Told', { flush: 'later' })
  // @ts-expect-error without a message, which queries may be stale after a gap is to be said
  useInvalidate(news, { events: ['Told'], queryKey: ({ payload }) => [payload.n] })
})

it('refuses what is no channel, event, option or client', () => {
  const news = hooks.useChannel('news')
  useHistory(news, 'Told', { max: 3, id: ({ n }) => n })
  // @ts-expect-error no such event
  useHistory(news, 'Tld')
  // @ts-expect-error a number of them, not a text
  useHistory(news, 'Told', { max: '3' })
  // @ts-expect-error no such event
  useLatest(news, 'Tld')
  // @ts-expect-error a key is a text
  useLatest(news, 'Told', { key: ({ n }) => n })
  // @ts-expect-error the payload has no such member
  useEvent(news, 'Told', ({ m }) => m)
  // @ts-expect-error without a rate of all there is no list of payloads
  useEvent(news, 'Told', (all: readonly { readonly n: number }[]) => all)
  // @ts-expect-error no such rate
  useEvent(news, 'Told', () => {}, { rate: { everyMs: 100, keep: 'first' } })
  // @ts-expect-error not a channel
  useEvent('news', 'Told', () => {})
  // @ts-expect-error not a channel
  useGap('news', () => {})
  // @ts-expect-error not a channel
  useChannelStatus('news')
  // @ts-expect-error no such event
  usePublish(news)('Tld', { n: 1 })
  // @ts-expect-error a payload is missing
  usePublish(news)('Told')
  // @ts-expect-error a hole that nothing fills
  hooks.useChannel('desk.1.')
  // @ts-expect-error a pattern is no name
  hooks.useChannel('desk.{floor}.{id}', {})
  // @ts-expect-error a delay is a number
  hooks.useStatus({ delayMs: '1 s' })
  // @ts-expect-error not a client
  createHooks({})
})

it('types publishing and members, where the protocol has them', () => {
  const desk = hooks.useChannel('desk.{floor}.{id}', { floor: 1, id: 2 })
  const publish = usePublish(desk)
  publish('Rung', 1, { delivery: 'at-least-once' })
  useEvent(desk, 'Rung', (n) => expectTypeOf(n).toEqualTypeOf<number>())
  expectTypeOf(useMembers(desk, ({ list }) => list[0]?.info.name).value).toEqualTypeOf<string | undefined>()
  const plain = createHooks<typeof poor>().useChannel('news')
  // @ts-expect-error the payload does not fit
  publish('Rung', 'twice')
  // @ts-expect-error this protocol acknowledges nothing
  usePublish(plain)('Closed', 'text', { delivery: 'at-least-once' })
  // @ts-expect-error this protocol has no members
  useMembers(plain)
})

it('types the status, and a part of it', () => {
  expectTypeOf(hooks.useStatus().value).toEqualTypeOf<LiveStatus>()
  expectTypeOf(hooks.useStatus({ select: ({ human }) => human }).value).toEqualTypeOf<
    'fine' | 'connecting' | 'lost' | 'failed'
  >()
  // @ts-expect-error it changes with every heartbeat, and is read from the client
  hooks.useStatus().value.rttMs
})

it('knows any name and no payload without Register', () => {
  expectTypeOf(useClient()).toEqualTypeOf<Client<Channels>>()
  useEvent(useDefaultChannel('anything'), 'Happens', (payload) => expectTypeOf(payload).toBeUnknown())
  // @ts-expect-error a pattern wants its parameters
  useDefaultChannel('desk.{id}')
})

it('takes any client', () => {
  const other = createClient({ protocol: createAckedProtocol(), url: 'wss://example.org' })
  createRealtime(other)
  createRealtime(client, { name: 'second' })
  // @ts-expect-error not a client
  createRealtime({})
})

it('takes refs and getters everywhere', () => {
  const id = ref(1)
  const desk = hooks.useChannel('desk.{floor}.{id}', () => ({ floor: 1, id: id.value }), ref({ priority: 1 }))
  useEvent(
    () => desk.value,
    computed(() => 'Rung' as const),
    (n) => expectTypeOf(n).toEqualTypeOf<number>(),
  )
  expectTypeOf(useLatest(() => [desk.value], 'Rung').value).toEqualTypeOf<number | undefined>()
  hooks.useChannels('desk.{floor}.{id}', () => [{ floor: 1, id: id.value }])
  useEvent(
    desk,
    'Rung',
    () => {},
    () => ({ rate: { everyMs: id.value, keep: 'latest' } }),
  )
  useGap(desk, () => {}, ref({ timeoutMs: 1 }))
  expectTypeOf(hooks.useStatus(() => ({ delayMs: id.value })).value).toEqualTypeOf<LiveStatus>()
  const wrong = () => ({ rate: 100 })
  // @ts-expect-error a getter of no rate
  useEvent(desk, 'Rung', () => {}, wrong)
})

it('types what goes into a store', () => {
  const store = defineStore('news', { state: () => ({ told: [] as number[] }) })()
  const news = hooks.useChannel('news')
  useStorePatch(store, news, { Told: (state, { n }) => state.told.push(n) })
  // @ts-expect-error no such event
  useStorePatch(store, news, { Shut: () => {} })
  // @ts-expect-error no such state
  useStorePatch(store, news, { Told: (state) => state.heard })
})
