import type { Cancel, Clock } from '@org/realtime-core/kit'

const FIRST_MS = 1000
const LONGEST_MS = 8000

/** Sends joins as fast as the server takes them. Refusals for their number teach it how fast that is. */
export interface Pace {
  send(channel: string, frame: string): void
  /** One was taken. */
  taken(): void
  /** This one was refused because there were too many: it is sent again, before those that wait. */
  refused(channel: string, frame: string): void
  remove(channel: string): void
  stop(): void
}

/**
 * The first refusal shows how many the server takes at once. After how long it takes as many again is found by
 * single tries, each half as long again after the last burst. A join that waits too long for that is
 * asked for again by the client.
 */
export function createPace(clock: Clock, transmit: (channel: string, frame: string) => void): Pace {
  const again = new Map<string, string>()
  const queue = new Map<string, string>()
  let count = Infinity
  let everyMs = FIRST_MS
  let burstAt = clock.now()
  let sent = 0
  let accepted = 0
  let state: 'open' | 'trying' | 'shut' = 'open'
  let cancel: Cancel | undefined

  const pump = (): void => {
    for (const waiting of [again, queue])
      for (const [channel, frame] of waiting) {
        if (state === 'shut' || sent >= (state === 'trying' ? 1 : count)) return
        waiting.delete(channel)
        sent++
        transmit(channel, frame)
      }
  }

  const wait = (ms: number, next: 'open' | 'trying'): void => {
    cancel?.()
    cancel = clock.after(ms, () => {
      state = next
      sent = accepted = 0
      pump()
    })
  }

  return {
    send(channel, frame) {
      queue.set(channel, frame)
      pump()
    },
    taken() {
      if (!accepted++) {
        burstAt = clock.now()
        if (count < Infinity) wait(everyMs, 'open')
      }
      if (state !== 'trying') return
      state = 'open'
      pump()
    },
    refused(channel, frame) {
      again.set(channel, frame)
      if (state === 'shut') return
      state = 'shut'
      count = Math.max(1, accepted, count < Infinity ? count : 0)
      const passedMs = clock.now() - burstAt
      everyMs = Math.min(Math.max(FIRST_MS, passedMs * 1.5), LONGEST_MS)
      wait(Math.max(everyMs - passedMs, FIRST_MS / 2), 'trying')
    },
    remove(channel) {
      again.delete(channel)
      queue.delete(channel)
    },
    stop: () => cancel?.(),
  }
}
