import type { ListenOptions } from './api.ts'
import type { AnyChannel } from './binding-types.ts'
import { schedule } from './flush.ts'
import { attachAll, isAway } from './hidden-tab.ts'
import type { Meta } from './protocol.ts'

/** What a listener of several events gets of each message. */
type Take = (payload: unknown, meta: Meta, event: string) => void

/**
 * Listens to events of a channel for a binding, until released. A channel with `coalesce` delivers nothing to a
 * hidden page: when it is seen again, the newest message of each event.
 */
export function listen(
  channel: AnyChannel,
  events: readonly string[],
  take: Take,
  options?: ListenOptions<unknown, Meta>,
): () => void {
  return attachAll(channel, events, (event) => {
    let count = 0
    let deliver: (() => void) | undefined
    const late = (): void => {
      const newest = deliver
      deliver = undefined
      count = 0
      newest?.()
    }
    const stop = channel.on(
      event,
      (payload: unknown, meta) => {
        if (!isAway(channel)) return take(payload, meta, event)
        const coalesced = ++count
        deliver = () => take(payload, { ...meta, coalesced }, event)
        schedule(channel['~env'], 'back', late)
      },
      options,
    )
    return () => {
      deliver = undefined
      stop()
    }
  })
}
