import type { Frame } from '@org/realtime-core/kit'
import type { MemoryPeer, MemoryTransport, ReceivedPublish } from '@org/realtime-testing'
import type { Dialect, Incoming } from './dialect.ts'

/** What both ends of the test dialects say, before it is put into a frame. */
interface Said {
  readonly type: string
  readonly channel?: string
  readonly event?: string
  readonly payload?: unknown
  readonly id?: string
  readonly ack?: boolean
  readonly token?: string | undefined
}

interface Format {
  write(said: Said): Frame
  read(frame: Frame): Said
}

export const json: Format = {
  write: (said) => JSON.stringify(said),
  read: (frame) => JSON.parse(frame as string),
}

const types = [
  'hello',
  'ready',
  'join',
  'joined',
  'leave',
  'publish',
  'message',
  'ack',
  'ping',
  'pong',
  'bye',
]

/** A byte for the type, then JSON in UTF-8. */
export const binary: Format = {
  write({ type, ...rest }) {
    const body = new TextEncoder().encode(JSON.stringify(rest))
    return Uint8Array.of(types.indexOf(type), ...body)
  },
  read(frame) {
    if (typeof frame === 'string') throw new TypeError('Text')
    const type = types[frame[0] ?? -1]
    if (type === undefined) throw new TypeError('Unknown type')
    const body = new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(1))
    return { ...JSON.parse(body), type }
  },
}

/** A dialect that has everything answered. */
export const answered = ({ read, write }: Format) =>
  ({
    name: 'answered',
    answers: ['hello', 'subscribe', 'publish'],
    decode(frame) {
      const { type, ...rest } = read(frame)
      const known = ['ready', 'joined', 'message', 'ack', 'pong'].includes(type)
      const isWhole = ['channel', 'event', 'id'].every((key) => typeof (rest as never)[key] !== 'object')
      if (!known || !isWhole) throw new TypeError(`Unknown type ${type}`)
      return { type, ...rest } as Incoming
    },
    hello: (token) => write({ type: 'hello', token }),
    subscribe: (channel) => write({ type: 'join', channel }),
    unsubscribe: (channel) => write({ type: 'leave', channel }),
    publish: (message) => write({ type: 'publish', ...message }),
    goodbye: () => write({ type: 'bye' }),
    heartbeat: { frame: write({ type: 'ping' }), everyMs: 20_000, answerMs: 5000 },
  }) as const satisfies Dialect

/** The far end of those dialects, and of each that leaves out some of it. */
export function serveDialect({ read, write }: Format) {
  const sessions = new Map<MemoryPeer, { readonly number: number; readonly channels: Set<string> }>()
  const received: ReceivedPublish[] = []
  let isWithheld = false
  let count = 0

  const send = (peer: MemoryPeer, said: Said): void => {
    if (!isWithheld) peer.send(write(said))
  }
  const publish = (channel: string, event: string, payload: unknown, except?: MemoryPeer): void => {
    for (const [peer, { channels }] of sessions)
      if (peer !== except && channels.has(channel)) send(peer, { type: 'message', channel, event, payload })
  }
  const handle = (peer: MemoryPeer, said: Said): void => {
    const { type, channel = '', event = '', payload, id } = said
    const session = sessions.get(peer)
    if (type === 'hello') send(peer, { type: 'ready' })
    else if (type === 'ping') send(peer, { type: 'pong' })
    else if (type === 'leave') session?.channels.delete(channel)
    else if (type === 'join') {
      session?.channels.add(channel)
      send(peer, { type: 'joined', channel })
    } else if (type === 'publish') {
      const duplicate = received.some((other) => other.id === id)
      received.push({
        id,
        channel,
        event,
        payload,
        session: session?.number ?? 0,
        duplicate,
        resent: duplicate,
      })
      if (!duplicate) publish(channel, event, payload, peer)
      if (said.ack && id !== undefined) send(peer, { type: 'ack', id })
    }
  }

  return {
    received,
    publish,
    attach: (transport: MemoryTransport) =>
      transport.onDial((peer) => {
        peer.accept()
        sessions.set(peer, { number: count++, channels: new Set() })
        peer.onFrame((frame) => handle(peer, read(frame)))
        peer.onOver(() => sessions.delete(peer))
      }),
    joined: (channel: string) =>
      [...sessions.values()].filter(({ channels }) => channels.has(channel)).length,
    withhold() {
      isWithheld = true
    },
    release() {
      isWithheld = false
    },
    dropAll() {
      for (const peer of [...sessions.keys()]) peer.end({ code: 1006, reason: '' })
    },
  }
}
