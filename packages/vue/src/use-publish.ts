import { RealtimeError } from '@org/realtime-core'
import type { Publishes, Receipt } from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, toRaw, toValue } from 'vue'

/**
 * Publishes to the channel of the moment. Rejects with `option.invalid` while there is none.
 * @example
 * const publish = usePublish(room)
 * const receipt = await publish('Said', { text })
 */
export function usePublish<C extends Publishes>(channel: MaybeRefOrGetter<C | undefined>): C['publish'] {
  return (...message: unknown[]): Promise<Receipt> => {
    const target = toRaw(toValue(channel)) as { publish(...message: unknown[]): Promise<Receipt> } | undefined
    if (target) return target.publish(...message)
    const details = { option: 'channel', expected: 'a channel' }
    return Promise.reject(new RealtimeError('option.invalid', 'usePublish() has no channel', details))
  }
}
