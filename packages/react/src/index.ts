'use client'

export type { ChannelStatus } from '@org/realtime-core'
export type {
  BoundOptions,
  EventOptions,
  Flush,
  FoldOptions,
  HiddenTab,
  History,
  HistoryOptions,
  HumanStatus,
  LatestByKeyOptions,
  LatestOptions,
  LiveStatus,
  ReducerOptions,
  Reducers,
  RegisteredClient,
  Target,
} from '@org/realtime-core/bind'
export { createHooks, type Hooks } from './create-hooks.ts'
export { RealtimeProvider, type RealtimeProviderProps } from './provider.ts'
export { type ChannelOf, type UseChannel, useChannel } from './use-channel.ts'
export { useChannelReducer } from './use-channel-reducer.ts'
export { useChannelStatus } from './use-channel-status.ts'
export { type UseChannels, useChannels } from './use-channels.ts'
export { useClient } from './use-client.ts'
export { useEvent } from './use-event.ts'
export { useGap } from './use-gap.ts'
export { useHistory } from './use-history.ts'
export { useLatest } from './use-latest.ts'
export { useMembers } from './use-members.ts'
export { usePublish } from './use-publish.ts'
export { type StatusOptions, type UseStatus, useStatus } from './use-status.ts'
export { useSuspenseChannel } from './use-suspense-channel.ts'
