import { wrap } from '@org/realtime-core/kit'
import type { ForeignMqtt } from './foreign.ts'
import { createUnanswered } from './unanswered.ts'

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
  /** Asks for the filter once nothing else about it waits for an answer. */
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
  const unanswered = createUnanswered(() => foreign.connected)
  let isOurs = false

  const isHeld = (filter: string): boolean =>
    [...bridges].some(({ held }) => [...held.values()].some((hold) => hold.filter === filter))

  const subscribe = (hold: Hold, qos: 0 | 1 | 2, done: Done): void => {
    const { filter } = hold
    const heed: Done = (error, granted = []) => {
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
      foreign.subscribe(filter, { qos }, heed)
    } finally {
      isOurs = false
    }
  }

  const drop = (filter: string): void => {
    if (ours.delete(filter) && foreign.connected) foreign.unsubscribe(filter)
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

  // What its owner has asked for already.
  for (const [id, filters] of Object.entries(foreign.messageIdToTopic ?? {})) {
    const entry = foreign.outgoing?.[Number(id)]
    if (entry) entry.cb = unanswered.expect(filters, entry.cb).pass
  }

  /** A call about filters with all that follows them. */
  const expecting = (
    filters: readonly string[],
    rest: readonly unknown[],
    call: (...rest: readonly unknown[]) => unknown,
  ): unknown => {
    // Nothing is asked any more, which MQTT.js tells as an error to who gives no callback.
    if (foreign.disconnecting) return call(...rest)
    const [options, done] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest
    const { pass, end } = unanswered.expect(filters, done)
    try {
      return call(options, pass)
    } catch (error) {
      end()
      throw error
    }
  }

  const methods = foreign as unknown as {
    subscribe(...values: unknown[]): unknown
    unsubscribe(...values: unknown[]): unknown
  }
  const undo = [
    wrap<'subscribe', unknown[], unknown>(methods, 'subscribe', (call, asked, ...rest) => {
      const filters = toFilters(asked)
      // What MQTT.js subscribes again by itself says nothing of who wants it.
      if (!isOurs && !(asked as Again).resubscribe)
        for (const filter of filters) {
          ours.delete(filter)
          theirs.add(filter)
        }
      return expecting(filters, rest, (...all) => call(asked, ...all))
    }),
    // `unsubscribeAsync` ends here too.
    wrap<'unsubscribe', unknown[], unknown>(methods, 'unsubscribe', (call, asked, ...rest) => {
      const filters = toFilters(asked)
      const result = expecting(filters, rest, (...all) => call(asked, ...all))
      for (const filter of filters) lose(filter)
      return result
    }),
  ]

  return {
    bridges,
    isHeld,
    ask: (hold, qos, done) =>
      unanswered.after(hold.filter, hold, () => {
        if (isHeld(hold.filter)) subscribe(hold, qos, done)
      }),
    drop,
    undo() {
      for (const putBack of undo) putBack()
    },
  }
}

/** Beside the filters that MQTT.js subscribes again by itself. */
interface Again {
  readonly resubscribe?: true
}

function toFilters(asked: unknown): readonly string[] {
  if (typeof asked === 'string') return [asked]
  const { resubscribe, ...filters } = asked as Again
  return Array.isArray(asked) ? asked : Object.keys(filters)
}
