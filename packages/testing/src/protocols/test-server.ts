import type { SessionEnd } from '@org/realtime-core/kit'
import type { MemoryPeer } from '../memory-peer.ts'
import type { MemoryTransport } from '../memory-transport.ts'

/** One publish as it arrived at the far end. */
export interface ReceivedPublish {
  /** What the client named it, where the protocol carries that. */
  readonly id: string | undefined
  readonly channel: string
  readonly event: string
  readonly payload: unknown
  /** The session it came over, counted from 0. */
  readonly session: number
  /** The far end had it already, by its id. */
  readonly duplicate: boolean
  /** The client said that it sends it again. */
  readonly resent: boolean
}

export interface Refusal {
  readonly code?: string
  /** Worth another try after this long. Without it the refusal is final. */
  readonly retryMs?: number
}

/** What every simulated far end can do. It lives on when sessions end. */
export interface TestServer {
  /** Serves every session dialled over this transport from now on. */
  attach(transport: MemoryTransport): () => void
  /** Sends one message to everybody in the channel. */
  publish(channel: string, event: string, payload: unknown): void
  /** Refuses to let anybody join this channel from now on. */
  refuse(channel: string, refusal?: Refusal): void
  allow(channel: string): void
  /** Every publish of clients, in the order of arrival, duplicates included. */
  readonly received: readonly ReceivedPublish[]
  /** How many sessions are in the channel. */
  joined(channel: string): number
  /** Stops sending frames of these types, or of all. What was not sent is lost. */
  withhold(...types: string[]): void
  /** Sends all types again. */
  release(): void
  /** Ends every session. @default code 1006, a lost network */
  dropAll(end?: SessionEnd): void
  /** Ends every session and refuses dials until `restore`. */
  outage(end?: SessionEnd): void
  restore(): void
}

/** What the far end keeps of one session. */
export interface ServerSession {
  readonly peer: MemoryPeer
  readonly number: number
  readonly channels: Set<string>
}

type Common = Pick<
  TestServer,
  'attach' | 'refuse' | 'allow' | 'joined' | 'withhold' | 'release' | 'dropAll' | 'outage' | 'restore'
>

export interface SessionTable<S extends ServerSession> {
  readonly sessions: ReadonlySet<S>
  readonly refusals: ReadonlyMap<string, Refusal>
  readonly received: readonly ReceivedPublish[]
  /** Sends a frame of this type, unless the type is withheld. */
  send(session: S, type: string, frame: Parameters<MemoryPeer['send']>[0]): void
  /** Notes a publish; returns it with `duplicate` told, by its id unless something else tells repeats. */
  record(publish: Omit<ReceivedPublish, 'duplicate'>, key?: string): ReceivedPublish
  readonly verbs: Common
}

export interface SessionHandlers<S extends ServerSession> {
  open(peer: MemoryPeer, number: number): S
  frame(session: S, frame: string | Uint8Array): void
  over?(session: S): void
}

/** The part that the far ends of all protocols share: sessions, refusals, what arrived, what is withheld. */
export function createSessionTable<S extends ServerSession>(handlers: SessionHandlers<S>): SessionTable<S> {
  const sessions = new Set<S>()
  const refusals = new Map<string, Refusal>()
  const received: ReceivedPublish[] = []
  const ids = new Set<string>()
  let withheld: ReadonlySet<string> | 'all' = new Set()
  let isDown = false
  let count = 0

  const serve = (peer: MemoryPeer): void => {
    if (isDown) return peer.refuse()
    peer.accept()
    const session = handlers.open(peer, count++)
    sessions.add(session)
    peer.onFrame((frame) => handlers.frame(session, frame))
    peer.onOver(() => {
      sessions.delete(session)
      handlers.over?.(session)
    })
  }

  const dropAll = (end: SessionEnd = { code: 1006, reason: '' }): void => {
    for (const { peer } of [...sessions]) peer.end(end)
  }

  return {
    sessions,
    refusals,
    received,
    send({ peer }, type, frame) {
      if (withheld !== 'all' && !withheld.has(type)) peer.send(frame)
    },
    record(publish, key = publish.id) {
      const entry = { ...publish, duplicate: key !== undefined && ids.has(key) }
      if (key !== undefined) ids.add(key)
      received.push(entry)
      return entry
    },
    verbs: {
      attach: (transport) => transport.onDial(serve),
      refuse: (channel, refusal = {}) => void refusals.set(channel, refusal),
      allow: (channel) => void refusals.delete(channel),
      joined: (channel) => [...sessions].filter(({ channels }) => channels.has(channel)).length,
      withhold(...types) {
        if (!types.length) withheld = 'all'
        else if (withheld !== 'all') withheld = new Set([...withheld, ...types])
      },
      release() {
        withheld = new Set()
      },
      dropAll,
      outage(end) {
        isDown = true
        dropAll(end)
      },
      restore() {
        isDown = false
      },
    },
  }
}
