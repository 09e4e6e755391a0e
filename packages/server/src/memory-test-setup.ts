import {
  createFakeClock,
  type MemoryPeer,
  type MemoryTransport,
  type ReceivedPublish,
} from '@org/realtime-testing'
import type { Carrier } from './carrier.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Core, createCore } from './core.ts'
import type { Recording } from './faults/recording.ts'
import { resolveOptions, type ServerOptions } from './options.ts'
import { createVerbs } from './verbs.ts'
import type { WireRequest } from './wire.ts'

/** The server without its sockets, on a clock of the test. */
export function createMemoryCore(options: ServerOptions = {}, clock: Clock = createFakeClock()): Core {
  return createCore(resolveOptions({ mode: 'development', clock, ...options }))
}

/** Lets a client in, over memory. */
export function admit(core: Core, peer: MemoryPeer, path = '/raw'): void {
  const { value: endpoint, params } = core.endpoints.find(path) ?? {}
  const subprotocol = endpoint?.subprotocol?.(peer.target.subprotocols)
  if (!endpoint || !params || subprotocol === false) return peer.refuse()
  peer.accept(subprotocol ?? '')
  const request = toRequest({ path, params, subprotocol: subprotocol ?? '' })
  const connection = core.serve(endpoint, toCarrier(peer), request)
  peer.onFrame((frame) => connection.frame(frame, frame.length))
  peer.onOver(() => connection.ended(1006, ''))
}

export const toRequest = (more: Partial<WireRequest> = {}): WireRequest => ({
  path: '/raw',
  params: {},
  query: new URLSearchParams(),
  headers: {},
  address: '::1',
  subprotocol: '',
  ...more,
})

const toCarrier = (peer: MemoryPeer): Carrier => ({
  bufferedBytes: 0,
  send(frame) {
    if (peer.state === 'open') peer.send(frame)
    return frame.length
  },
  close: (code, reason) => peer.end({ code, reason }),
  cut: () => peer.drop(),
  pause() {},
  resume() {},
})

/** The far end that the suite of protocols wants. */
export function createFarEnd(options: ServerOptions = {}) {
  let core: Core
  let recording: Recording
  const withheld: (() => void)[] = []
  const verbs = () => createVerbs(core)
  return {
    attach(transport: MemoryTransport, clock: Clock = systemClock) {
      core = createMemoryCore(options, clock)
      recording = core.faults.record()
      return transport.onDial((peer) => admit(core, peer))
    },
    publish: (channel: string, event: string, payload: unknown) =>
      void verbs().publish(channel, event, payload),
    refuse: (channel: string) => void core.faults.add({ at: 'join', do: 'refuse', channel }),
    get received(): readonly ReceivedPublish[] {
      return recording.received.map(({ isRepeat, payload, ...rest }) => ({
        ...rest,
        payload: typeof payload === 'string' ? JSON.parse(payload) : payload,
        session: 0,
        duplicate: isRepeat,
        resent: false,
      }))
    },
    joined: (channel: string) => core.hub.channels().get(channel) ?? 0,
    withhold(...types: string[]) {
      const rule = { at: 'frame', direction: 'out', do: 'drop' } as const
      const rules = types.length ? types.map((type) => ({ ...rule, type })) : [rule]
      withheld.push(...rules.map((each) => core.faults.add(each)))
    },
    release() {
      for (const remove of withheld.splice(0)) remove()
    },
    dropAll() {
      for (const connection of core.connections) connection.close()
    },
    stop: () => core.stop(),
    drain(windowMs: number) {
      for (const connection of core.connections) connection.drain(windowMs)
    },
  }
}
