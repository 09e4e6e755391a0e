import { wrap } from '@org/realtime-core/kit'
import type { ForeignMqtt } from './foreign.ts'

type Done = Parameters<ForeignMqtt['subscribe']>[2]

/** What one bridge has of a foreign client that its owner and other bridges use as well. */
export interface Share {
  /** `done` is called as MQTT.js does it, and not any more once the channel is lost or released. */
  subscribe(channel: string, filter: string, qos: 0 | 1 | 2, done: Done): void
  /** Unsubscribes its filter, unless the owner or another bridge wants it. */
  release(channel: string): void
  /** Releases everything. */
  end(): void
}

interface Hold {
  readonly channel: string
  readonly filter: string
}

interface Bridge {
  /** By channel, across reconnects. */
  readonly held: Map<string, Hold>
  lost(channel: string): void
}

/** What all bridges over one foreign client know together. */
interface Common {
  readonly bridges: Set<Bridge>
  isHeld(filter: string): boolean
  /** Asks for the filter once nobody is about to unsubscribe it. */
  ask(hold: Hold, qos: 0 | 1 | 2, done: Done): void
  /** Unsubscribes what only bridges have had. */
  drop(filter: string): void
  undo(): void
}

const commons = new WeakMap<ForeignMqtt, Common>()

/** `lost`: the owner has unsubscribed the filter of a channel of this bridge. */
export function createShare(foreign: ForeignMqtt, lost: (channel: string) => void): Share {
  const common = commons.get(foreign) ?? createCommon(foreign)
  commons.set(foreign, common)
  const { bridges } = common
  const held = new Map<string, Hold>()
  const bridge: Bridge = { held, lost }
  bridges.add(bridge)

  const release = (channel: string): void => {
    const hold = held.get(channel)
    held.delete(channel)
    if (hold && !common.isHeld(hold.filter)) common.drop(hold.filter)
  }

  return {
    subscribe(channel, filter, qos, done) {
      const hold = held.get(channel) ?? { channel, filter }
      held.set(channel, hold)
      common.ask(hold, qos, (...answer) => {
        if (held.get(channel) === hold) done(...answer)
      })
    },
    release,
    end() {
      for (const channel of held.keys()) release(channel)
      bridges.delete(bridge)
      if (bridges.size) return
      common.undo()
      commons.delete(foreign)
    },
  }
}

function createCommon(foreign: ForeignMqtt): Common {
  const bridges = new Set<Bridge>()
  /** Filters that only bridges want, and those that the owner has subscribed since there are bridges. */
  const [ours, theirs] = [new Set<string>(), new Set<string>()]
  /** Filters whose unsubscription is not answered yet, how often, and who waits for that. */
  const leaving = new Map<string, { open: number; readonly waiting: Map<Hold, () => void> }>()
  let isOurs = false

  const isHeld = (filter: string): boolean =>
    [...bridges].some(({ held }) => [...held.values()].some((hold) => hold.filter === filter))

  const subscribe = (hold: Hold, qos: 0 | 1 | 2, done: Done): void => {
    const { filter } = hold
    const answered: Done = (error, granted = []) => {
      const code = granted[0]?.qos
      // Without an answer of the server somebody had it already.
      if (!error && code !== undefined && code <= 2 && !theirs.has(filter)) {
        ours.add(filter)
        if (!isHeld(filter)) drop(filter)
      }
      done(error, granted)
    }
    isOurs = true
    try {
      foreign.subscribe(filter, { qos }, answered)
    } finally {
      isOurs = false
    }
  }

  const drop = (filter: string): void => {
    if (ours.delete(filter) && foreign.connected) foreign.unsubscribe(filter)
  }

  /** The answer to an unsubscription is still to come. */
  const leave = (filter: string): void => {
    const entry = leaving.get(filter) ?? { open: 0, waiting: new Map() }
    entry.open++
    leaving.set(filter, entry)
  }

  const left = (filter: string): void => {
    const entry = leaving.get(filter)
    if (!entry || --entry.open) return
    leaving.delete(filter)
    for (const ask of entry.waiting.values()) ask()
  }

  const lose = (filter: string): void => {
    ours.delete(filter)
    theirs.delete(filter)
    for (const { held, lost } of bridges)
      for (const hold of held.values())
        if (hold.filter === filter) {
          held.delete(hold.channel)
          lost(hold.channel)
        }
  }

  const methods = foreign as unknown as {
    subscribe(...values: unknown[]): unknown
    unsubscribe(...values: unknown[]): unknown
  }
  const undo = [
    wrap<'subscribe', unknown[], unknown>(methods, 'subscribe', (call, asked, ...rest) => {
      // What MQTT.js subscribes again by itself says nothing of who wants it.
      if (!isOurs && !(asked as { resubscribe?: boolean }).resubscribe)
        for (const filter of toFilters(asked)) {
          ours.delete(filter)
          theirs.add(filter)
        }
      return call(asked, ...rest)
    }),
    // `unsubscribeAsync` ends here too.
    wrap<'unsubscribe', unknown[], unknown>(methods, 'unsubscribe', (call, asked, options, done) => {
      const filters = toFilters(asked)
      for (const filter of filters) leave(filter)
      const theirDone = typeof options === 'function' ? options : done
      const result = call(
        asked,
        typeof options === 'object' ? options : undefined,
        (...answer: unknown[]) => {
          for (const filter of filters) left(filter)
          if (typeof theirDone === 'function') theirDone(...answer)
        },
      )
      for (const filter of filters) lose(filter)
      return result
    }),
  ]

  return {
    bridges,
    isHeld,
    ask(hold, qos, done) {
      // Until then MQTT.js may count it as subscribed, and not ask the server.
      const entry = leaving.get(hold.filter)
      if (!entry) return subscribe(hold, qos, done)
      entry.waiting.set(hold, () => {
        if (isHeld(hold.filter)) subscribe(hold, qos, done)
      })
    },
    drop,
    undo() {
      for (const putBack of undo) putBack()
    },
  }
}

function toFilters(asked: unknown): readonly string[] {
  if (typeof asked === 'string') return [asked]
  return Array.isArray(asked) ? asked : Object.keys(asked as object)
}
