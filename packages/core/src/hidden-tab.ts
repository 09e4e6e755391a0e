import type { AnyChannel } from './binding-types.ts'
import type { ChannelSetup } from './channel.ts'
import { flush } from './flush.ts'
import type { GapEntry, GapHandler, GapOptions } from './gap.ts'

/**
 * What a channel does for a binding while nobody looks at the page. `keep`: goes on. `coalesce`: stays joined, and
 * what came is shown as one change when the page is seen again. `leave`: lets go of the channel after a second,
 * and when the page is seen again joins it and runs its gap handlers.
 */
export type HiddenTab = 'keep' | 'coalesce' | 'leave'

/** A page that is seen again within this time has left nothing. */
const GRACE_MS = 1000

interface Tab {
  readonly policy: HiddenTab
  isAway: boolean
  /** Since when the channel was let go of, until its gap handlers have been told. */
  since?: number | undefined
  readonly gaps: Set<GapEntry>
  /** What is under way on the channel, by how to start it again. */
  readonly running: Map<() => () => void, (() => void) | undefined>
}

const tabs = new WeakMap<AnyChannel, Tab>()

export function setHiddenTab(channel: AnyChannel, policy: HiddenTab): void {
  if (policy !== 'keep') tabs.set(channel, { policy, isAway: false, gaps: new Set(), running: new Map() })
}

/** Whether what comes over this channel is to be shown only when the page is seen again. */
export const isAway = (channel: AnyChannel): boolean => tabs.get(channel)?.isAway === true

/** Starts something on a channel, and again whenever the channel was let go of. */
export function attach(channel: AnyChannel, start: () => () => void): () => void {
  const tab = tabs.get(channel)
  if (tab?.policy !== 'leave') return start()
  // The same start may be attached twice.
  const own = (): (() => void) => start()
  tab.running.set(own, tab.isAway ? undefined : own())
  return () => {
    tab.running.get(own)?.()
    tab.running.delete(own)
  }
}

/** Starts something for each event of a channel, once however often it is named, as `attach` does. */
export function attachAll(
  channel: AnyChannel,
  events: readonly string[],
  start: (event: string) => () => void,
): () => void {
  const stops = [...new Set(events)].map((event) => attach(channel, () => start(event)))
  return () => {
    for (const stop of stops) stop()
  }
}

/** Joins a channel, and lets it follow the page, until released. */
export function holdChannel(channel: AnyChannel): () => void {
  const leave = attach(channel, () => channel.join())
  const tab = tabs.get(channel)
  if (!tab) return leave
  const { clock, signals } = channel['~env']
  let cancelGrace = (): void => {}
  let stopCatchUp = (): void => {}
  const turn = (): void => {
    tab.isAway = !tab.isAway
    if (tab.policy === 'leave') restart(channel, tab)
    else if (!tab.isAway) flush(channel['~env'], 'back')
    if (tab.isAway) return
    stopCatchUp()
    stopCatchUp = catchUp(channel, tab)
  }
  const look = (): void => {
    cancelGrace()
    const isHidden = signals.hidden()
    if (tab.isAway === isHidden) return
    if (isHidden && tab.policy === 'leave') cancelGrace = clock.after(GRACE_MS, turn)
    else turn()
  }
  const forget = signals.subscribe(look)
  look()
  return () => {
    forget()
    cancelGrace()
    stopCatchUp()
    leave()
  }
}

function restart(channel: AnyChannel, tab: Tab): void {
  if (tab.isAway) tab.since ??= channel['~env'].clock.date()
  for (const [start, stop] of tab.running) {
    stop?.()
    tab.running.set(start, tab.isAway ? undefined : start())
  }
}

/** What a gap handler fetches is whole only once the channel is joined. */
function catchUp(channel: AnyChannel, tab: Tab): () => void {
  const look = (): void => {
    const { since } = tab
    if (since === undefined || tab.isAway || channel.status.get().state !== 'joined') return
    tab.since = undefined
    const gap = {
      channel: channel.name,
      continuity: 'unknown',
      since,
      cause: 'away',
      resumed: false,
    } as const
    for (const entry of [...tab.gaps]) entry.hold.run(entry, Object.freeze(gap))
  }
  const stop = channel.status.subscribe(look)
  look()
  return stop
}

/** As `onGap` of the channel; the handler also runs after the channel was let go of with its page. */
export function listenToGaps(channel: AnyChannel, handler: GapHandler, options?: GapOptions): () => void {
  const stop = channel.onGap(handler, options)
  const tab = tabs.get(channel)
  if (!tab) return stop
  // The handle holds events back behind its handlers, so these are to run as the handle itself runs them.
  const entry = [...(channel['~env'] as ChannelSetup).use(channel.name).gaps].at(-1) as GapEntry
  tab.gaps.add(entry)
  return () => {
    tab.gaps.delete(entry)
    stop()
  }
}
