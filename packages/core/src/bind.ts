export type {
  AnyClient,
  Channel,
  Client,
  FullName,
  ListeningChannel,
  Receipt,
  TypesOf,
} from './api.ts'
export { createBatch } from './batch.ts'
export type {
  AnyChannel,
  ClientOf,
  EventOptions,
  HasMembers,
  MatchOf,
  MessageOfEvents,
  Publishes,
  ReducerOptions,
  Reducers,
  RegisteredClient,
  Select,
  Target,
  TypedClient,
} from './binding-types.ts'
export type { ChannelStatus } from './channel-status.ts'
export { LEFT } from './channel-status.ts'
export type { Environment } from './environment.ts'
export { firstJoin } from './first-join.ts'
export type { Flush } from './flush.ts'
export type { Fold, Step } from './fold.ts'
export { createFold } from './fold.ts'
export { follow, toList } from './follow.ts'
export type { Gap, GapHandler, GapOptions } from './gap.ts'
export type { HiddenTab } from './hidden-tab.ts'
export { attach, holdChannel, listenToGaps } from './hidden-tab.ts'
export type { History, HistoryOptions } from './history.ts'
export { createHistory } from './history.ts'
export type { FoldOptions, LatestByKeyOptions, LatestOptions } from './latest.ts'
export { createLatest } from './latest.ts'
export { listen } from './listen.ts'
export type { HumanStatus, LiveStatus } from './live-status.ts'
export { createLiveStatus, FIRST_STATUS } from './live-status.ts'
export type { BoundOptions, OpenedChannels } from './open-channel.ts'
export { openChannel, openChannels } from './open-channel.ts'
export type { MembersSnapshot, MembersStore } from './presence.ts'
export type { Meta } from './protocol.ts'
export { publishTo } from './publish-to.ts'
export type { Channels, Events, ExactPattern, OpenPattern, Params } from './registry.ts'
export { isSame, keep } from './same.ts'
export type { Store } from './store.ts'
export type { Output } from './validate.ts'
