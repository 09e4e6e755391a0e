import type { Receipt } from './api.ts'
import type { Publishes } from './binding-types.ts'
import { RealtimeError } from './errors.ts'

/** Publishes to the channel that a binding has at the moment. Rejects with `option.invalid` while there is none. */
export function publishTo(channel: Publishes | undefined, message: readonly unknown[]): Promise<Receipt> {
  if (channel) return channel.publish(...(message as [never, never]))
  const details = { option: 'channel', expected: 'a channel' }
  return Promise.reject(new RealtimeError('option.invalid', 'usePublish() has no channel', details))
}
