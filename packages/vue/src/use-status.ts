import { createLiveStatus, FIRST_STATUS, type LiveStatus, type Select } from '@org/realtime-core/bind'
import { computed, type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { type Source, useSource } from './provider.ts'
import { useSelected, useStore } from './use-store.ts'

export interface StatusOptions<T = LiveStatus> extends Select<LiveStatus, T> {
  /** How long trouble must last before `human` tells of it. @default 1000 */
  readonly delayMs?: number
}

export type UseStatus = <T = LiveStatus>(options?: MaybeRefOrGetter<StatusOptions<T>>) => Readonly<Ref<T>>

/**
 * The status of the connection, for code in `status` and for people in `human`, with the time of the next try
 * and `retryNow`. Servers and the first render after them show `idle`.
 * @example
 * const status = useStatus() // {{ status.human }}
 */
export const useStatus: UseStatus = /* @__PURE__ */ createUseStatus()

export function createUseStatus(source?: Source): UseStatus {
  return (options = {}) => {
    const client = useSource(source, 'useStatus')
    const store = computed(() => createLiveStatus(client, toValue(options).delayMs))
    return useSelected(
      useStore(store, () => store.value, FIRST_STATUS),
      options,
    )
  }
}
