import type { Tallied, Tally } from '../tally.ts'
import type { Broker } from './broker.ts'

/** How much the broker keeps at the moment. */
export interface MqttCounts {
  readonly up: number
  readonly away: number
  readonly queued: number
  readonly retained: number
}

export function readCounts({ sessions, store }: Broker): MqttCounts {
  let [up, queued] = [0, 0]
  for (const session of sessions) {
    if (session.isUp) up++
    queued += session.outgoing.size
  }
  return { up, away: sessions.size - up, queued, retained: store.retained.size }
}

export function countDrop(tally: Tally, reason: Tallied['drops']['reason']): void {
  tally.count('drops', { endpoint: 'mqtt', reason })
}
