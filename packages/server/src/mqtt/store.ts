import type { Message } from './message.ts'
import type { Session } from './session.ts'
import { isTooDeep, TopicTree } from './topic-tree.ts'

/** At once, or later. */
export type Later<T> = T | Promise<T>

/** The last message of each topic, for who subscribes later. */
export interface RetainedStore {
  /** Whether there is room for it, if it is to be retained. */
  fits(message: Message): boolean
  /** Keeps it instead of the one before; one without a payload is only removed. */
  put(message: Message): void
  /** Of all topics that a filter matches, without those that are over. */
  under(filter: string): readonly Message[]
  /** Every message, also those that are over. */
  all(): readonly Message[]
  readonly size: number
}

/** Sessions whose client is away. */
export interface SessionStore {
  park(session: Session): void
  has(client: string): boolean
  /** Takes it out. */
  take(client: string): Session | undefined
  /** Takes all out, at the end. */
  clear(): readonly Session[]
  readonly size: number
}

/** What outlives connections. */
export interface MqttStore {
  readonly sessions: SessionStore
  readonly retained: RetainedStore
}

interface MemoryStoreNeeds {
  readonly now: () => number
  readonly retained: number
  readonly retainedBytes: number
}

/** Answers at once, and forgets all with the process. */
export function createMemoryStore(needs: MemoryStoreNeeds): MqttStore {
  return { sessions: createSessions(), retained: createRetained(needs) }
}

function createSessions(): SessionStore {
  const parked = new Map<string, Session>()
  return {
    park: (session) => void parked.set(session.client, session),
    has: (client) => parked.has(client),
    take(client) {
      const session = parked.get(client)
      parked.delete(client)
      return session
    },
    clear() {
      const all = [...parked.values()]
      parked.clear()
      return all
    },
    get size() {
      return parked.size
    },
  }
}

function createRetained({ now, retained: most, retainedBytes }: MemoryStoreNeeds): RetainedStore {
  const tree = new TopicTree<Message>()
  let size = 0
  let bytes = 0

  const remove = (message: Message | undefined): void => {
    if (!message) return
    tree.set(message.topic, undefined)
    size--
    bytes -= message.bytes
  }

  return {
    fits(message) {
      if (!message.retain || !message.payload.length) return true
      // Whatever it replaces, there is room.
      if (size < most && bytes + message.bytes <= retainedBytes) return true
      const before = tree.get(message.topic)
      return size - (before ? 1 : 0) < most && bytes - (before?.bytes ?? 0) + message.bytes <= retainedBytes
    },
    put(message) {
      remove(tree.get(message.topic))
      if (!message.payload.length) return
      tree.set(message.topic, message)
      size++
      bytes += message.bytes
    },
    all: () => tree.all(),
    under(filter) {
      if (isTooDeep(filter)) return []
      return tree.under(filter).filter((message) => {
        if (!message.isOver(now())) return true
        remove(message)
        return false
      })
    },
    get size() {
      return size
    },
  }
}
