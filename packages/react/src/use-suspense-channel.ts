import { firstJoin, holdChannel, type RegisteredClient, type TypedClient } from '@org/realtime-core/bind'
import { useEffect, useRef } from 'react'
import { type Source, useSource } from './provider.ts'
import { type Rest, type UseChannel, useHandle } from './use-channel.ts'
import { useFollowing } from './use-following.ts'

/**
 * As `useChannel`, for a component that is shown only once the channel is joined: suspends until then, and never
 * again for that channel. On servers it does not wait.
 * @throws RealtimeError why the channel was rejected, or why the connection has failed, to the nearest error boundary
 */
export const useSuspenseChannel: UseChannel<RegisteredClient> = /* @__PURE__ */ createUseSuspenseChannel()

export function createUseSuspenseChannel<T extends TypedClient>(source?: Source): UseChannel<T> {
  return ((pattern: string, ...rest: Rest) => {
    const client = useSource(source, 'useSuspenseChannel')
    const channel = useHandle(client, 'useSuspenseChannel', pattern, rest)
    const shown = useRef<object>(undefined)
    if (channel && shown.current !== channel && typeof window !== 'undefined') {
      const pending = firstJoin(client, channel)
      if (pending) throw pending
    }
    useEffect(() => {
      shown.current = channel
    })
    useFollowing(channel, holdChannel)
    return channel
  }) as UseChannel<T>
}
