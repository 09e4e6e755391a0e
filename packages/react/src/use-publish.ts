import { type Publishes, publishTo } from '@org/realtime-core/bind'
import { useCallback } from 'react'
import { useNewest } from './use-kept.ts'

/**
 * Publishes to the channel of the last render; always the same function. Rejects with `option.invalid` while there
 * is no channel.
 * @example
 * const publish = usePublish(room)
 * const receipt = await publish('Said', { text })
 */
export function usePublish<C extends Publishes>(channel: C | undefined): C['publish'] {
  const newest = useNewest(channel)
  return useCallback((...message: unknown[]) => publishTo(newest.current, message), [newest])
}
