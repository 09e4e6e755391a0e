import { type Clock, RealtimeError, type Transport } from '@org/realtime-core/kit'
import { type MemoryPeer, Peer } from './memory-peer.ts'

export interface MemoryTransportOptions {
  /** Accepts every dial, with the client's first subprotocol. @default false */
  readonly autoAccept?: boolean
  /** How long anything takes from one end to the other. Needs `clock`. @default 0 */
  readonly latencyMs?: number
  readonly clock?: Clock
  /**
   * Overwrites the bytes of a frame once the client has received it, as a transport may: whoever wants
   * to keep them must copy them.
   * @default true
   */
  readonly reuseBuffers?: boolean
  /** Keeps sessions and sent frames. Off, a simulation of thousands of clients needs less memory. @default true */
  readonly record?: boolean
}

/** A transport without a network. Every dial makes a `MemoryPeer`: the far end, for the test to play. */
export interface MemoryTransport extends Transport {
  /** Every session ever dialled, the oldest first. */
  readonly sessions: readonly MemoryPeer[]
  /** Those that neither end has ended, accepted or not. */
  readonly open: readonly MemoryPeer[]
  /** The newest session. Throws when nothing was dialled. */
  readonly last: MemoryPeer
  /** The oldest session that this has not returned yet; waits for it when there is none. */
  nextSession(): Promise<MemoryPeer>
  /** Hears of every dial as it arrives at the far end. */
  onDial(listener: (peer: MemoryPeer) => void): () => void
  /** Makes the next dial throw, as for an address that can never work. */
  failDial(error: unknown): void
  latencyMs: number
}

/**
 * Delivers in order and never from inside a call, as every transport must. Addresses are checked like those
 * of a real one.
 */
export function createMemoryTransport(options: MemoryTransportOptions = {}): MemoryTransport {
  const { autoAccept = false, clock, reuseBuffers = true, record = true } = options
  const sessions: Peer[] = []
  const listeners = new Set<(peer: MemoryPeer) => void>()
  const untaken: MemoryPeer[] = []
  const takers: ((peer: MemoryPeer) => void)[] = []
  let failure: { readonly error: unknown } | undefined
  let { latencyMs = 0 } = options
  if (latencyMs && !clock) throw invalid('clock', 'given when latencyMs is')

  const transport: Transport = (target, events) => {
    if (failure) {
      const { error } = failure
      failure = undefined
      throw error
    }
    if (!URL.canParse(target.url)) throw invalid('url', 'an absolute address')
    const peer = new Peer(target, events, { clock, latencyMs: () => latencyMs, reuseBuffers, record })
    if (record) sessions.push(peer)
    const taker = takers.shift()
    if (taker) taker(peer)
    else if (record) untaken.push(peer)
    peer.arrive(() => {
      for (const listener of [...listeners]) listener(peer)
      if (autoAccept && peer.state === 'dialing') peer.accept()
    })
    return {
      send: (frame) => peer.clientSend(frame),
      close: (code, reason) => peer.clientClose(code, reason),
      get bufferedBytes() {
        return peer.bufferedBytes
      },
    }
  }

  return Object.defineProperties(transport, {
    sessions: { get: () => [...sessions] },
    open: { get: () => sessions.filter((peer) => peer.state !== 'over' && !peer.closedBy) },
    last: {
      get() {
        const peer = sessions.at(-1)
        if (!peer) throw new Error('Nothing was dialled')
        return peer
      },
    },
    latencyMs: {
      get: () => latencyMs,
      set(next: number) {
        if (next && !clock) throw invalid('clock', 'given when latencyMs is')
        latencyMs = next
      },
    },
    nextSession: {
      value: () => {
        const peer = untaken.shift()
        return peer ? Promise.resolve(peer) : new Promise<MemoryPeer>((resolve) => takers.push(resolve))
      },
    },
    onDial: {
      value: (listener: (peer: MemoryPeer) => void) => {
        const own = (peer: MemoryPeer): void => listener(peer)
        listeners.add(own)
        return () => listeners.delete(own)
      },
    },
    failDial: {
      value: (error: unknown) => {
        failure = { error }
      },
    },
  }) as MemoryTransport
}

const invalid = (option: string, expected: string): RealtimeError =>
  new RealtimeError('option.invalid', `Option \`${option}\` must be ${expected}`, { option, expected })
