import type { AnyClient } from '@org/realtime-core'
import type { TypedClient } from '@org/realtime-core/bind'
import { createUseChannel, type UseChannel } from './use-channel.ts'
import { createUseChannels, type UseChannels } from './use-channels.ts'
import { createUseClient } from './use-client.ts'
import { createUseStatus, type UseStatus } from './use-status.ts'

/** The composables that need a client. All others take their types from the channel that they are given. */
export interface Hooks<T extends TypedClient> {
  readonly useClient: () => T
  readonly useStatus: UseStatus
  readonly useChannel: UseChannel<T>
  readonly useChannels: UseChannels<T>
}

/**
 * Composables typed by a client: of the provider named `source`, or of the client itself, which then needs no
 * provider and works anywhere.
 * @example
 * export const { useChannel, useStatus } = createHooks<typeof client>()
 */
export function createHooks<T extends TypedClient>(source?: string | (AnyClient & T)): Hooks<T> {
  return {
    useClient: createUseClient(source),
    useStatus: createUseStatus(source),
    useChannel: createUseChannel(source),
    useChannels: createUseChannels(source),
  }
}
