import type { Adapter, AdapterEvents, StoreState } from '../adapter.ts'
import type { Clock } from '../clock.ts'
import type { MembersLimits } from '../members.ts'
import { unlessAway } from '../unless-away.ts'
import { Asks } from './asks.ts'
import * as channelScripts from './channel-scripts.ts'
import { Channels, type ChannelsLimits } from './channels.ts'
import { parseHeard } from './format.ts'
import { createKeys } from './keys.ts'
import * as nodeScripts from './node-scripts.ts'
import { Nodes } from './nodes.ts'
import { RedisLink } from './redis-link.ts'
import type { RedisSettings } from './redis-options.ts'
import type { RedisSession } from './redis-session.ts'
import * as roomScripts from './room-scripts.ts'
import { Rooms } from './rooms.ts'
import * as sessionScripts from './session-scripts.ts'
import { createSharedSessions } from './shared-sessions.ts'

interface RedisAdapterNeeds {
  readonly settings: RedisSettings
  readonly limits: ChannelsLimits & MembersLimits
  readonly clock: Clock
  readonly crash: (error: unknown, where: string) => void
}

/** From one look at channels that something may have been lost of to the next. */
const LOOK_MS = 1000

/** Nodes that share one Redis are one server. */
export function createRedisAdapter({ settings, limits, clock, ...needs }: RedisAdapterNeeds): Adapter {
  const crash = unlessAway(needs.crash)
  const keys = createKeys(settings.keyPrefix, settings.db)
  const isCluster = settings.at.kind === 'cluster'
  const scripts = [channelScripts, roomScripts, nodeScripts, sessionScripts].flatMap((module) =>
    Object.values(module),
  )
  let parts: ReturnType<typeof createParts>

  const keeping = createRepeat(
    clock,
    () => parts.channels.keepEveryMs,
    () => parts.channels.keep(),
  )
  const looking = createRepeat(
    clock,
    () => LOOK_MS,
    () => parts.channels.look(),
  )

  const createParts = (events: AdapterEvents) => {
    const link = new RedisLink(settings, scripts, clock, { prepare, message, up, changed })
    const shared = { link, keys, limits, events, clock, leaseMs: settings.leaseMs, crash }
    const channels = new Channels(shared)
    const rooms = new Rooms({
      ...shared,
      isWatched: (channel) => channels.isWatched(channel),
      isHeard: (channel) => channels.isHeard(channel),
    })
    const nodes = new Nodes(shared)
    const asks = new Asks({ ...shared, nodes, timeoutMs: settings.timeoutMs, isCluster })
    return { events, link, channels, rooms, nodes, asks, sessions: createSharedSessions(shared) }
  }

  const prepare = async (session: RedisSession): Promise<void> => {
    const { nodes, channels } = parts
    await nodes.prepare(session)
    await session.subscribe([keys.all, keys.inbox(nodes.own)])
    await channels.prepare(session)
  }

  const message = (name: string, body: Buffer): void => {
    const { channels, rooms, asks, nodes } = parts
    try {
      const channel = keys.channelOf(name)
      if (name === keys.all) return asks.asked(body)
      if (name === keys.inbox(nodes.own)) return asks.answered(body)
      const heard = channel === undefined ? undefined : parseHeard(body)
      if (channel === undefined || !heard) return
      if (heard.kind === 'message' || heard.kind === 'moved') channels.hear(channel, heard)
      else rooms.hear(channel, heard)
    } catch (error) {
      crash(error, `what came from Redis at ${name}`)
    }
  }

  let before = ''
  const up = (session: RedisSession): void => {
    const { channels, rooms, nodes } = parts
    const former = before
    before = nodes.own
    channels.up(session)
    nodes.up()
    rooms
      .up(nodes.own)
      .then(() => (former ? nodes.reap(former) : undefined))
      // Then the others find it dead.
      .catch(() => {})
    keeping.begin()
    if (isCluster) looking.begin()
  }

  const changed = (state: StoreState): void => {
    const { channels, rooms, nodes, asks, events } = parts
    if (state.isAway) {
      nodes.stop()
      channels.away()
      rooms.away()
      asks.away(state.reason)
    }
    events.store(state)
  }

  return {
    open(events) {
      parts = createParts(events)
    },
    start: () => parts.link.start(),
    get isAway() {
      return !parts.link.session
    },
    append: (channel, sent) => parts.channels.append(channel, sent),
    tell: (channel, sent) => parts.channels.tell(channel, sent),
    read: (channel, after) => parts.channels.read(channel, after),
    watch: (channel) => parts.channels.watch(channel),
    unwatch(channel) {
      parts.channels.unwatch(channel)
      parts.rooms.unwatch(channel)
    },
    heard: (channel) => parts.channels.isHeard(channel).catch(() => {}),
    enter: (channel, holder, member, most) => parts.rooms.enter(channel, holder, member, most),
    leave: (channel, holder, member) => parts.rooms.leave(channel, holder, member),
    last: (channel) => parts.channels.last(channel),
    value: (channel, key) => parts.channels.value(channel, key),
    values: (channel) => parts.channels.values(channel),
    members: (channel) => parts.rooms.members(channel),
    direct: (client, sent) => parts.asks.direct(client, sent),
    ask: (topic, question) => parts.asks.ask(topic, question),
    get sessions() {
      return parts.sessions
    },
    evict: (channel) => parts.channels.evict(channel),
    restart: (channel) => parts.channels.restart(channel),
    async close() {
      const { link, nodes } = parts
      keeping.stop()
      looking.stop()
      nodes.stop()
      parts.rooms.away()
      // What cannot be taken back now is when the lease is over.
      if (link.session) await nodes.reap(nodes.own).catch(() => {})
      link.close()
    },
  }
}

/** Does it again and again, each time so long after the one before was over, until it fails. */
function createRepeat(clock: Clock, everyMs: () => number, run: () => Promise<void>) {
  let stop = (): void => {}
  const begin = (): void => {
    stop()
    // The next session begins again.
    stop = clock.after(everyMs(), () => void run().then(begin, () => {}))
  }
  return { begin, stop: () => stop() }
}
