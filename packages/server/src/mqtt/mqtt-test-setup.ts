import {
  type Connack,
  type Connect,
  createDecoder,
  encode,
  type Level,
  type Packet,
  type Publish,
} from '@org/realtime-mqtt/codec'
import { createFakeClock, type FakeClock, settled } from '@org/realtime-testing'
import { expect, onTestFinished } from 'vitest'
import type { Carrier } from '../carrier.ts'
import type { Core } from '../core.ts'
import { createMemoryCore, toRequest } from '../memory-test-setup.ts'
import type { ServerOptions } from '../options.ts'
import { endConnections } from '../shutdown.ts'
import { createVerbs, type Verbs } from '../verbs.ts'
import type { WireRequest } from '../wire.ts'

/** A client by packets. */
export interface Guest {
  readonly id: string
  /** Sends, and waits for what comes of it. */
  say(...packets: readonly (Packet | Uint8Array | string)[]): Promise<readonly Packet[]>
  /** Everything received since the last look. */
  take(): readonly Packet[]
  /** The network is lost. */
  drop(): Promise<void>
  /** How the server ended it: `cut` without a word. */
  readonly end: number | 'cut' | undefined
  bufferedBytes: number
  readonly isPaused: boolean
}

interface DialNeeds {
  readonly request?: Partial<WireRequest>
  /** Gets what is thrown by the reading of what the server sends, which is a crash otherwise. */
  readonly unreadable?: (error: unknown) => void
}

export interface MqttSetup extends Verbs {
  readonly clock: FakeClock
  readonly core: Core
  readonly crashes: unknown[]
  /** Without a word so far. */
  dial(level?: Level, needs?: DialNeeds): Guest
  /** Connects; the answer is the CONNACK. */
  connect(more?: Partial<Connect>): Promise<Guest & { readonly connack: Connack }>
}

/** The broker on a fake clock and without sockets. The end of the test fails on crashes that it did not take. */
export function setupMqtt(options: ServerOptions = {}): MqttSetup {
  const clock = createFakeClock()
  const core = createMemoryCore(options, clock)
  const crashes: unknown[] = []
  core.hooks.on('crash', (error) => crashes.push(error))
  onTestFinished(async () => {
    endConnections(core)
    await core.stop()
    await settled()
    expect(clock.pending).toEqual([])
    expect(crashes).toEqual([])
  })

  const dial = (level: Level = 5, { request = {}, unreadable }: DialNeeds = {}): Guest => {
    const { value: endpoint } = core.endpoints.find('/mqtt') ?? {}
    if (!endpoint) throw new Error('There is no /mqtt')
    const received: Packet[] = []
    let end: Guest['end']
    let isPaused = false
    const decoder = createDecoder({ role: 'client', level, packet: (packet) => received.push(toOwn(packet)) })
    const carrier: Carrier = {
      get bufferedBytes() {
        return guest.bufferedBytes
      },
      send(frame) {
        try {
          decoder.push(frame as Uint8Array)
        } catch (error) {
          if (!unreadable) throw error
          unreadable(error)
        }
        return frame.length
      },
      close(code) {
        end = code
      },
      cut() {
        end = 'cut'
      },
      pause() {
        isPaused = true
      },
      resume() {
        isPaused = false
      },
    }
    const connection = core.serve(
      endpoint,
      carrier,
      toRequest({ path: '/mqtt', subprotocol: 'mqtt', ...request }),
    )
    const guest: Guest = {
      id: connection.id,
      bufferedBytes: 0,
      async say(...packets) {
        for (const packet of packets) {
          const frame = typeof packet === 'object' && 'type' in packet ? encode(packet, level) : packet
          connection.frame(frame, frame.length)
        }
        await settled()
        return guest.take()
      },
      take: () => received.splice(0),
      async drop() {
        connection.ended(1006, '')
        await settled()
      },
      get end() {
        return end
      },
      get isPaused() {
        return isPaused
      },
    }
    return guest
  }

  return {
    ...createVerbs(core),
    clock,
    core,
    crashes,
    dial,
    async connect(more = {}) {
      const packet = toConnect(more)
      const guest = dial(packet.level)
      const [connack, ...rest] = await guest.say(packet)
      if (connack?.type !== 'connack') throw new Error('There is no CONNACK')
      // Getters stay what they are.
      return Object.assign(Object.create(guest) as Guest, {
        connack,
        take: () => [...rest.splice(0), ...guest.take()],
      })
    },
  }
}

let count = 0

export const toConnect = (more: Partial<Connect> = {}): Connect => ({
  type: 'connect',
  level: 5,
  clientId: `guest-${++count}`,
  clean: true,
  keepAlive: 0,
  ...more,
})

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const toPublish = (topic: string, text: string, more: Partial<Publish> = {}): Publish => ({
  type: 'publish',
  topic,
  payload: bytes(text),
  qos: 0,
  retain: false,
  dup: false,
  id: more.qos ? 1 : 0,
  ...more,
})

export const toSubscribe = (filter: string, qos: 0 | 1 | 2 = 0, more: object = {}): Packet => ({
  type: 'subscribe',
  id: 7,
  filters: [{ filter, qos, ...more }],
})

/** Publishes as `topic text`, other packets by their type. */
export const shown = (packets: readonly Packet[]): readonly string[] =>
  packets.map((packet) =>
    packet.type === 'publish' ? `${packet.topic} ${new TextDecoder().decode(packet.payload)}` : packet.type,
  )

export const publishesOf = (packets: readonly Packet[]): readonly Publish[] =>
  packets.filter((packet): packet is Publish => packet.type === 'publish')

/** What was decoded is a view of bytes that the server may write to again. */
function toOwn(packet: Packet): Packet {
  return packet.type === 'publish' ? { ...packet, payload: packet.payload.slice() } : packet
}
