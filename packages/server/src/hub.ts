import type { Adapter, Member, Message, Position, Stored, StoreState } from './adapter.ts'
import type { Denial } from './authorize.ts'
import { isOfNodes } from './names.ts'

/** One that hears a channel. */
export interface Subscriber {
  /** The session that it belongs to. */
  readonly holder: string
  readonly user: string
  message(stored: Stored): void
  /** The position is now this; what came before is lost. */
  moved(position: Position): void
  joined(member: Member): void
  left(member: string): void
  /** It is put out of the channel, where it is no longer when this is called. */
  putOut(denial: Denial): void
}

/** Somebody whose join is still being decided: `denial` is what puts others out meanwhile. */
export interface Asking {
  readonly user: string
  denial?: Denial
}

/** Reaches the client of a session; false when it is not here. */
export type Direct = (client: string, message: Message) => boolean

/** Who listens to what on this node. What was published comes to them from the adapter. */
export interface Hub {
  /** False when there is no room for another channel. */
  attach(channel: string, subscriber: Subscriber): boolean
  detach(channel: string, subscriber: Subscriber): void
  /** From now until the result is called, whoever is put out of the channel takes this one along. */
  asks(channel: string, asking: Asking): () => void
  /** Puts out those that `isMeant`, all by default; tells how many were in. */
  putOut(channel: string, denial: Denial, isMeant?: (who: { readonly user: string }) => boolean): number
  /** How many listen to a channel here. */
  count(channel: string): number
  /** Channels that somebody listens to here, with how many do. */
  channels(): ReadonlyMap<string, number>
  /** Answers for single clients; several may, each for its own. */
  onDirect(direct: Direct): () => void
  /** Answers questions about a topic, which any node may ask. */
  onAsked(topic: string, answer: (question: unknown) => unknown): void
}

interface HubNeeds {
  readonly adapter: Adapter
  /** As many channels may be listened to. */
  readonly channels: number
  readonly onStore: (state: StoreState) => void
  readonly crash: (error: unknown, where: string) => void
}

/** A subscriber that throws keeps nobody else from hearing. */
export function createHub({ adapter, channels: limit, onStore, crash }: HubNeeds): Hub {
  const table = new Map<string, Set<Subscriber>>()
  const asked = new Map<string, Set<Asking>>()
  const directs = new Set<Direct>()
  const topics = new Map<string, (question: unknown) => unknown>()

  const each = (channel: string, tell: (subscriber: Subscriber) => void): void => {
    const subscribers = table.get(channel)
    if (!subscribers) return
    for (const subscriber of subscribers) {
      try {
        tell(subscriber)
      } catch (error) {
        crash(error, `a subscriber of ${channel}`)
      }
    }
  }

  adapter.open({
    message: (channel, stored) => each(channel, (subscriber) => subscriber.message(stored)),
    moved: (channel, position) => each(channel, (subscriber) => subscriber.moved(position)),
    joined: (channel, member, holder) =>
      each(channel, (subscriber) => {
        if (subscriber.holder !== holder) subscriber.joined(member)
      }),
    left: (channel, member) => each(channel, (subscriber) => subscriber.left(member)),
    direct: (client, message) => [...directs].some((direct) => direct(client, message)),
    asked: (topic, question) => topics.get(topic)?.(question),
    store: onStore,
  })

  const detach = (channel: string, subscriber: Subscriber): void => {
    const subscribers = table.get(channel)
    if (!subscribers?.delete(subscriber) || subscribers.size) return
    table.delete(channel)
    adapter.unwatch(channel)
  }

  return {
    attach(channel, subscriber) {
      const subscribers = table.get(channel)
      if (subscribers) subscribers.add(subscriber)
      else {
        if (table.size >= limit) return false
        adapter.watch(channel)
        table.set(channel, new Set([subscriber]))
      }
      return true
    },
    detach,
    asks(channel, asking) {
      const askings = asked.get(channel) ?? new Set()
      asked.set(channel, askings.add(asking))
      return () => {
        if (askings.delete(asking) && !askings.size) asked.delete(channel)
      }
    },
    putOut(channel, denial, isMeant = () => true) {
      for (const asking of asked.get(channel) ?? []) if (isMeant(asking)) asking.denial = denial
      const meant = [...(table.get(channel) ?? [])].filter(isMeant)
      for (const subscriber of meant) {
        detach(channel, subscriber)
        subscriber.putOut(denial)
      }
      return meant.length
    },
    count: (channel) => table.get(channel)?.size ?? 0,
    channels: () =>
      new Map([...table].flatMap(([channel, { size }]) => (isOfNodes(channel) ? [] : [[channel, size]]))),
    onDirect(direct) {
      directs.add(direct)
      return () => directs.delete(direct)
    },
    onAsked: (topic, answer) => void topics.set(topic, answer),
  }
}
