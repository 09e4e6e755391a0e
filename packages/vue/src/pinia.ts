import {
  type AnyChannel,
  createBatch,
  type Events,
  type FoldOptions,
  type GapHandler,
  type Meta,
  type Output,
  type Target,
  toList,
} from '@org/realtime-core/bind'
import type { StateTree, Store } from 'pinia'
import { type MaybeRefOrGetter, toValue, type UnwrapRef } from 'vue'
import { useEvent } from './use-event.ts'
import { useGap } from './use-gap.ts'

/** A function per event that changes the state of a store in place. */
export type Mutations<V extends Events, M extends Meta, S extends StateTree> = {
  readonly [E in keyof V & string]?: (state: UnwrapRef<S>, payload: Output<V[E]>, meta: M) => void
}

export interface PatchOptions extends FoldOptions {
  /** Runs after a gap: the place to fetch again. Events wait for its promise. */
  readonly onGap?: GapHandler
}

/**
 * Brings the events of a channel into a store: all of a frame as one `$patch`, so that subscribers and devtools see
 * one change.
 * @example
 * useStorePatch(useOrders(), orders, { Placed: (state, order) => state.list.push(order) })
 */
export function useStorePatch<Id extends string, S extends StateTree, V extends Events, M extends Meta>(
  store: Store<Id, S, object, object>,
  target: MaybeRefOrGetter<Target<V, M>>,
  mutations: Mutations<V, M, S>,
  { flush, onGap }: PatchOptions = {},
): void {
  type Message = { readonly event: string; readonly payload: unknown; readonly meta: Meta }
  /** `report`: the channel may be gone when its messages are applied. */
  type Waiting = Message & { readonly report: (error: unknown) => void }
  const steps = mutations as unknown as Record<string, (state: unknown, payload: unknown, meta: Meta) => void>
  const channels = target as MaybeRefOrGetter<AnyChannel | readonly AnyChannel[] | undefined>
  const first = (): AnyChannel | undefined => toList(toValue(channels))[0]
  const apply = (state: unknown, { event, payload, meta, report }: Waiting): void => {
    try {
      steps[event]?.(state, payload, meta)
    } catch (error) {
      report(error)
    }
  }
  const batch = createBatch<Waiting>((messages) => {
    store.$patch((state: unknown) => {
      for (const message of messages) apply(state, message)
    })
  })
  useEvent(channels, Object.keys(steps), (message: Message) => {
    const channel = first()
    if (channel) batch(channel, flush, { ...message, report: channel['~env'].report })
  })
  if (onGap) useGap(channels, onGap)
}
