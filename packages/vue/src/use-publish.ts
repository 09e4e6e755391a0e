import { type Publishes, publishTo } from '@org/realtime-core/bind'
import { type MaybeRefOrGetter, toRaw, toValue } from 'vue'

/**
 * Publishes to the channel of the moment. Rejects with `option.invalid` while there is none.
 * @example
 * const publish = usePublish(room)
 * const receipt = await publish('Said', { text })
 */
export function usePublish<C extends Publishes>(channel: MaybeRefOrGetter<C | undefined>): C['publish'] {
  return (...message: unknown[]) => publishTo(toRaw(toValue(channel)), message)
}
