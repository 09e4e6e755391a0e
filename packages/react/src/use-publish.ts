import { RealtimeError } from '@org/realtime-core'
import type { Publishes, Receipt } from '@org/realtime-core/bind'
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
  return useCallback(
    (...message: unknown[]): Promise<Receipt> =>
      newest.current
        ? (newest.current.publish as (...message: unknown[]) => Promise<Receipt>)(...message)
        : Promise.reject(
            new RealtimeError('option.invalid', 'usePublish() has no channel', {
              option: 'channel',
              expected: 'a channel',
            }),
          ),
    [newest],
  )
}
