import { type Undo, wrap } from '@org/realtime-core/kit'
import type { ForeignChannel, ForeignPusher } from './foreign.ts'

/** What one bridge has of a foreign client that its owner and other bridges use as well. */
export interface Share {
  /** What it listens to, across reconnects. */
  readonly held: ReadonlySet<string>
  subscribe(name: string): ForeignChannel
  /** Unsubscribes it, unless the owner or another bridge wants it. */
  release(name: string): void
  /** Releases everything. */
  end(): void
}

interface Bridge {
  readonly held: Set<string>
  lost(name: string): void
}

/** What all bridges over one foreign client know together. */
interface Common {
  readonly bridges: Set<Bridge>
  /** Channels that the owner has not subscribed, so that nobody needs them after the bridges. */
  readonly ours: Set<string>
  /** Channels whose `unsubscribe` is watched. */
  readonly watched: Map<string, { readonly channel: ForeignChannel; readonly undo: Undo }>
  readonly undo: readonly Undo[]
  /** Calls that are not the owner's. */
  quietly<T>(call: () => T): T
  readonly isQuiet: () => boolean
}

const commons = new WeakMap<ForeignPusher, Common>()

/** `lost`: the owner has unsubscribed a channel that this bridge listens to. */
export function createShare(pusher: ForeignPusher, lost: (name: string) => void): Share {
  const common = commons.get(pusher) ?? createCommon(pusher)
  commons.set(pusher, common)
  const { bridges, ours, watched, quietly } = common
  const held = new Set<string>()
  const bridge: Bridge = { held, lost }
  bridges.add(bridge)

  const watch = (name: string, channel: ForeignChannel): void => {
    const before = watched.get(name)
    if (before?.channel === channel) return
    before?.undo()
    // Both `pusher.unsubscribe` and Echo end here.
    const undo = wrap<'unsubscribe', [], void>(channel, 'unsubscribe', (unsubscribe) => {
      unsubscribe()
      if (common.isQuiet()) return
      ours.add(name)
      for (const other of bridges) if (other.held.delete(name)) other.lost(name)
    })
    watched.set(name, { channel, undo })
  }

  const release = (name: string): void => {
    if (!held.delete(name)) return
    for (const other of bridges) if (other.held.has(name)) return
    watched.get(name)?.undo()
    watched.delete(name)
    if (ours.delete(name)) quietly(() => pusher.unsubscribe(name))
  }

  return {
    held,
    subscribe(name) {
      if (!pusher.channel(name)) ours.add(name)
      held.add(name)
      const channel = quietly(() => pusher.subscribe(name))
      watch(name, channel)
      return channel
    },
    release,
    end() {
      for (const name of held) release(name)
      bridges.delete(bridge)
      if (bridges.size) return
      for (const undo of common.undo) undo()
      for (const { undo } of watched.values()) undo()
      commons.delete(pusher)
    },
  }
}

function createCommon(pusher: ForeignPusher): Common {
  const ours = new Set<string>()
  let quiet = 0
  const quietly = <T>(call: () => T): T => {
    quiet++
    try {
      return call()
    } finally {
      quiet--
    }
  }
  const undo = [
    // What its owner asks for as well is not ours to unsubscribe.
    wrap<'subscribe', [string], ForeignChannel>(pusher, 'subscribe', (subscribe, name) => {
      if (!quiet) ours.delete(name)
      return subscribe(name)
    }),
    // On a new connection it asks for all channels itself.
    wrap<'subscribeAll', [], void>(pusher, 'subscribeAll', (subscribeAll) => quietly(subscribeAll)),
  ]
  return { bridges: new Set(), ours, watched: new Map(), undo, quietly, isQuiet: () => quiet > 0 }
}
