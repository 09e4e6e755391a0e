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
 * The first refusal shows how many the server took at once; how long it then wants to be left alone is
 * found by doubling. A join that waits too long for that is asked for again by the client.
 */
export function createPace(clock: Clock, transmit: (channel: string, frame: string) => void): Pace {
  const again = new Map<string, string>()
  const queue = new Map<string, string>()
  let count = Infinity
  let everyMs = FIRST_MS / 2
  let sent = 0
  let accepted = 0
  let cancel: Cancel | undefined
  let isShut = false

  const open = (): void => {
    cancel = undefined
    isShut = false
    sent = accepted = 0
    pump()
    if (sent) cancel = clock.after(everyMs, open)
  }

  const pump = (): void => {
    for (const waiting of [again, queue])
      for (const [channel, frame] of waiting) {
        if (isShut || sent >= count) return
        waiting.delete(channel)
        sent++
        transmit(channel, frame)
      }
  }

  return {
    send(channel, frame) {
      queue.set(channel, frame)
      pump()
      if (count < Infinity) cancel ??= clock.after(everyMs, open)
    },
    taken() {
      accepted++
    },
    refused(channel, frame) {
      again.set(channel, frame)
      if (isShut) return
      isShut = true
      count = Math.max(1, accepted, count < Infinity ? count : 0)
      everyMs = Math.min(everyMs * 2, LONGEST_MS)
      cancel?.()
      cancel = clock.after(everyMs, open)
    },
    remove(channel) {
      again.delete(channel)
      queue.delete(channel)
    },
    stop: () => cancel?.(),
  }
}
