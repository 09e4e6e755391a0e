import type { Clock, Frame } from '@org/realtime-core/kit'
import { type Faults, injectFaults, isTransport } from './faults.ts'
import type { MemoryPeer } from './memory-peer.ts'
import type { MemoryTransport } from './memory-transport.ts'

/** Which frames of the client are meant: this one, text that fits, or those a function picks. */
export type FramePattern = string | RegExp | ((frame: Frame) => boolean)

export interface ReplyRule {
  readonly when: FramePattern
  /** What goes back, except the empty text. A function may use the peer itself and return nothing. */
  readonly reply:
    | Frame
    | readonly Frame[]
    | ((frame: Frame, peer: MemoryPeer) => Frame | readonly Frame[] | undefined)
    | ((frame: Frame, peer: MemoryPeer) => void)
  /** How often the rule holds, over all sessions. @default Infinity */
  readonly times?: number
  /** How long the reply takes. Needs `clock`. @default 0 */
  readonly afterMs?: number
}

export interface ScriptOptions {
  /** What each session of a transport is sent as soon as it is open. */
  readonly greeting?: Frame | readonly Frame[]
  readonly clock?: Clock
}

/** A far end that follows rules. The faults are those of the frames it sends. */
export interface ScriptedPeer extends Faults {
  /** Leaves such frames unanswered from here on: probes, for example. */
  ignore(when: FramePattern): void
}

/**
 * Plays the far end by rules; the first one that fits a frame answers it. Given a transport, it accepts every
 * dial.
 */
export function scriptPeer(
  target: MemoryPeer | MemoryTransport,
  rules: readonly ReplyRule[],
  { greeting = [], clock }: ScriptOptions = {},
): ScriptedPeer {
  const left = new Map(rules.map((rule) => [rule, rule.times ?? Infinity]))
  const ignored: FramePattern[] = []
  const stops: (() => void)[] = []

  const answer = (rule: ReplyRule, frame: Frame, peer: MemoryPeer): void => {
    const reply = typeof rule.reply === 'function' ? rule.reply(frame, peer) : rule.reply
    if (reply) peer.send(...toFrames(reply))
  }

  const heard = (frame: Frame, peer: MemoryPeer): void => {
    if (ignored.some((pattern) => fits(pattern, frame))) return
    for (const [rule, count] of left) {
      if (!count || !fits(rule.when, frame)) continue
      left.set(rule, count - 1)
      if (!rule.afterMs) return answer(rule, frame, peer)
      if (!clock) throw new Error('A rule with `afterMs` needs the option `clock`')
      clock.after(rule.afterMs, () => answer(rule, frame, peer), true)
      return
    }
  }

  const play = (peer: MemoryPeer): void => void stops.push(peer.onFrame((frame) => heard(frame, peer)))
  const faults = injectFaults(target, clock ? { clock } : {})
  if (isTransport(target))
    stops.push(
      target.onDial((peer) => {
        play(peer)
        if (peer.state === 'dialing') peer.accept()
        peer.send(...toFrames(greeting))
      }),
    )
  else play(target)

  return {
    ...faults,
    ignore: (when) => void ignored.push(when),
    stop() {
      faults.stop()
      for (const stop of stops.splice(0)) stop()
    },
  }
}

const toFrames = (reply: Frame | readonly Frame[]): readonly Frame[] =>
  typeof reply === 'string' || reply instanceof Uint8Array ? [reply] : reply

function fits(pattern: FramePattern, frame: Frame): boolean {
  if (typeof pattern === 'function') return pattern(frame)
  if (typeof frame !== 'string') return false
  return typeof pattern === 'string' ? pattern === frame : pattern.test(frame)
}
