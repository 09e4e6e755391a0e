import type { SessionEnd } from '@org/realtime-core/kit'
import type { MemoryPeer, ReceivedPublish, Refusal, TestServer } from '@org/realtime-testing'

/** What a far end keeps of one session. */
export interface FarSession {
  readonly peer: SessionPeer
  readonly number: number
  readonly channels: Set<string>
}

/** The part of a memory peer that the far end uses, so that a real socket can stand for it. */
export type SessionPeer = Pick<
  MemoryPeer,
  'target' | 'accept' | 'refuse' | 'send' | 'end' | 'onFrame' | 'onOver'
>

export interface SessionHandlers<S extends FarSession> {
  open(peer: SessionPeer, number: number): S
  frame(session: S, frame: string): void
  over(session: S): void
}

/** Sessions, refusals, what arrived, and what is withheld: the part of a far end that knows of no protocol. */
export function createSessions<S extends FarSession>(handlers: SessionHandlers<S>) {
  const sessions = new Set<S>()
  const refusals = new Map<string, Refusal>()
  const received: ReceivedPublish[] = []
  let withheld: ReadonlySet<string> | 'all' = new Set()
  let isDown = false
  let count = 0

  const serve = (peer: SessionPeer): void => {
    if (isDown) return peer.refuse()
    peer.accept()
    const session = handlers.open(peer, count++)
    sessions.add(session)
    peer.onFrame((frame) => handlers.frame(session, String(frame)))
    peer.onOver(() => {
      sessions.delete(session)
      handlers.over(session)
    })
  }

  const dropAll = (end: SessionEnd = { code: 1006, reason: '' }): void => {
    for (const { peer } of [...sessions]) peer.end(end)
  }

  const verbs: Omit<TestServer, 'publish' | 'received'> = {
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
  }

  return {
    sessions: sessions as ReadonlySet<S>,
    refusals: refusals as ReadonlyMap<string, Refusal>,
    received,
    verbs,
    serve,
    /** Sends a frame of this type, unless the type is withheld. */
    send({ peer }: S, type: string, frame: string): void {
      if (withheld !== 'all' && !withheld.has(type)) peer.send(frame)
    },
  }
}
