import type { Clock, Frame } from '@org/realtime-core/kit'
import type { MemoryPeer } from './memory-peer.ts'
import type { MemoryTransport } from './memory-transport.ts'

export interface FaultOptions {
  /** The frames to treat. @default 'to-client' */
  readonly direction?: 'to-client' | 'to-peer'
  /** What `delay` waits on. */
  readonly clock?: Clock
}

/** Faults of a wire. Frames are counted from the call of the verb on: 1 is the next one. */
export interface Faults {
  drop(nth?: number): void
  duplicate(nth?: number): void
  /** Lets one frame arrive late; later ones may overtake it. Needs `clock`. */
  delay(nth: number, ms: number): void
  /** Lets the frame after the nth arrive before it. */
  reorder(nth?: number): void
  /** Loses all frames from here on. */
  mute(): void
  unmute(): void
  /** Takes all faults away; what was muted or dropped stays lost. */
  stop(): void
}

type Fault = (frame: Frame, pass: (frame: Frame) => void) => void

/** Puts faults into one session, or into all sessions of a transport, counted together. */
export function injectFaults(
  target: MemoryPeer | MemoryTransport,
  { direction = 'to-client', clock }: FaultOptions = {},
): Faults {
  const planned = new Map<number, Fault>()
  const stops: (() => void)[] = []
  let count = 0
  let isMuted = false

  const plan = (nth: number, fault: Fault): void => {
    if (!(nth >= 1)) throw new RangeError('Frames are counted from 1')
    if (planned.has(count + nth)) throw new Error(`Frame ${nth} has a fault already`)
    planned.set(count + nth, fault)
  }

  const intercept: Fault = (frame, pass) => {
    const fault = planned.get(++count)
    planned.delete(count)
    if (isMuted) return
    if (fault) fault(frame, pass)
    else pass(frame)
  }

  const watch = (peer: MemoryPeer): void => void stops.push(peer.intercept(direction, intercept))
  if (isTransport(target)) {
    for (const peer of target.open) watch(peer)
    stops.push(target.onDial(watch))
  } else watch(target)

  return {
    drop: (nth = 1) => plan(nth, () => {}),
    duplicate: (nth = 1) =>
      plan(nth, (frame, pass) => {
        pass(frame)
        pass(frame)
      }),
    delay(nth, ms) {
      if (!clock) throw new Error('delay() needs the option `clock`')
      plan(nth, (frame, pass) => void clock.after(ms, () => pass(frame), true))
    },
    reorder(nth = 1) {
      let passFirst = (): void => {}
      plan(nth, (frame, pass) => {
        passFirst = () => pass(frame)
      })
      plan(nth + 1, (frame, pass) => {
        pass(frame)
        passFirst()
      })
    },
    mute() {
      isMuted = true
    },
    unmute() {
      isMuted = false
    },
    stop() {
      planned.clear()
      isMuted = false
      for (const stop of stops.splice(0)) stop()
    },
  }
}

export const isTransport = (target: MemoryPeer | MemoryTransport): target is MemoryTransport =>
  typeof target === 'function'
