import type { Msg, Position, WireMember } from '@org/realtime-raw-ws/codec'

interface RawChannel {
  epoch: string
  off: number
  history: Msg[]
  /** Members that the test has put in. */
  readonly guests: Map<string, WireMember>
}

/** The channels of the simulated server. */
export interface RawChannels {
  guests(name: string): Map<string, WireMember>
  position(name: string): Position
  /** Gives a message its place. */
  store(message: Omit<Msg, 't' | 'off'>): Msg
  /** The place of the message with this id. */
  placeOf(id: string): number
  /** What follows a position; nothing when that is not known. */
  after(name: string, epoch: string | undefined, off: number | undefined): readonly Msg[] | undefined
  /** Forgets the history of a channel. */
  evict(name: string): void
  /** Counts a channel anew. */
  renew(name: string): void
}

export function createRawChannels(historyLimit: number): RawChannels {
  const channels = new Map<string, RawChannel>()
  const places = new Map<string, number>()
  let epochs = 0

  const of = (name: string): RawChannel => {
    const known = channels.get(name)
    if (known) return known
    const channel: RawChannel = { epoch: `epoch-${++epochs}`, off: 0, history: [], guests: new Map() }
    channels.set(name, channel)
    return channel
  }

  return {
    guests: (name) => of(name).guests,
    position(name) {
      const { epoch, off } = of(name)
      return { epoch, off }
    },
    store(message) {
      const channel = of(message.ch)
      const stored: Msg = { t: 'msg', ...message, off: ++channel.off }
      channel.history.push(stored)
      if (channel.history.length > historyLimit) channel.history.shift()
      if (stored.id !== undefined) places.set(stored.id, stored.off)
      return stored
    },
    placeOf: (id) => places.get(id) ?? 0,
    after(name, epoch, off) {
      const channel = of(name)
      if (epoch !== channel.epoch || off === undefined) return undefined
      const missed = channel.history.filter((message) => message.off > off)
      return missed.length === channel.off - off ? missed : undefined
    },
    evict(name) {
      of(name).history = []
    },
    renew(name) {
      Object.assign(of(name), { epoch: `epoch-${++epochs}`, off: 0, history: [] })
    },
  }
}
