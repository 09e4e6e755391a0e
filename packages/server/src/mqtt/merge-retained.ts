import type { Position, Message as Told } from '../adapter.ts'
import type { Message } from './message.ts'

/** What Redis is to have instead of what it has. */
export interface Correction {
  readonly message: Message
  readonly isRemoval: boolean
  readonly instead: NonNullable<Told['instead']>
}

interface Sides {
  /** What this node has. */
  readonly own: readonly Message[]
  /** What Redis has. */
  readonly kept: readonly Message[]
  /** Where what this node has was complete; undefined where it never was. */
  readonly complete: Position | undefined
  /** By which Redis counts now. */
  readonly epoch: string
}

/**
 * What is retained, of what this node has and Redis has. Redis is right, unless it counts anew: then it may have
 * lost what came last, which this node knows.
 */
export function mergeRetained({ own, kept, complete, epoch }: Sides): {
  readonly retained: readonly Message[]
  readonly corrections: readonly Correction[]
} {
  if (!complete || complete.epoch === epoch) return { retained: kept, corrections: [] }
  const isNewer = ({ place }: Message): boolean =>
    place?.epoch === epoch || (place?.epoch === complete.epoch && place.off > complete.off)
  const ofRedis = new Map(kept.map((message) => [message.topic, message]))
  const ofNode = new Map(own.map((message) => [message.topic, message]))
  const restored = own.flatMap((message): readonly Correction[] => {
    const { place } = ofRedis.get(message.topic) ?? {}
    const isSame = place?.epoch === message.place?.epoch && place?.off === message.place?.off
    return isSame ? [] : [{ message, isRemoval: false, instead: place ?? 'nothing' }]
  })
  const removed = kept.flatMap((message): readonly Correction[] =>
    message.place && !ofNode.has(message.topic) ? [{ message, isRemoval: true, instead: message.place }] : [],
  )
  const newer = new Map(kept.filter(isNewer).map((message) => [message.topic, message]))
  return {
    retained: [...own.filter(({ topic }) => !newer.has(topic)), ...newer.values()],
    corrections: [...restored, ...removed].filter(({ message }) => !newer.has(message.topic)),
  }
}
