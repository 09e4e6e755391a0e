import type { Clock } from './clock.ts'
import { ranges } from './options.ts'
import type { Heartbeat, Link } from './protocol.ts'

export interface HeartbeatEvents {
  /** `suspect`: the peer was asked for a sign of life and is taking long; `ok`: it has given one after all. */
  show(change: { readonly health: 'ok' | 'suspect' } | { readonly rttMs: number }): void
  dead(): void
}

export interface Heart {
  /** A frame came in: any frame is a sign of life. */
  heard(): void
  sent(): void
  pong(): void
  /** Asks now, and gives the peer this long. */
  probe(answerMs: number): void
  leave(): void
}

/** A timer that fires this late tells of a suspended process, not of a silent peer. */
const LATE_MS = 1000

/**
 * Watches one link with one lazy timer: frames only note the time, and the timer works out what
 * is due. A peer is dead only after a question went unanswered while this process was running.
 */
export function createHeartbeat(
  clock: Clock,
  link: Link,
  heartbeat: Heartbeat,
  events: HeartbeatEvents,
): Heart {
  const receiveIdleMs = positive(heartbeat.receiveIdleMs, Infinity)
  const sendIdleMs = positive(heartbeat.sendIdleMs, Infinity)
  const answerMs = positive(heartbeat.answerMs, ranges.heartbeat.answerMs[0])
  let heardAt = clock.now()
  let sentAt = heardAt
  let asked: { readonly at: number; answerBy: number; suspect: boolean; graced: boolean } | undefined
  let pings: number[] = []
  let left = false
  let cancel = (): void => {}

  const dueAt = (): number =>
    asked
      ? asked.suspect
        ? asked.answerBy
        : (asked.at + asked.answerBy) / 2
      : Math.min(link.ping ? heardAt + receiveIdleMs : Infinity, sentAt + sendIdleMs)

  const arm = (): void => {
    cancel()
    const due = dueAt()
    if (due < Infinity && !left) cancel = clock.after(Math.max(0, due - clock.now()), () => tick(due))
  }

  const suspect = (): void => {
    if (!asked || asked.suspect) return
    asked.suspect = true
    events.show({ health: 'suspect' })
  }

  const ask = (withinMs: number): void => {
    const now = clock.now()
    asked = { at: now, answerBy: now + withinMs, suspect: false, graced: false }
    pings = [...pings.slice(-7), now]
    link.ping?.()
  }

  const tick = (due: number): void => {
    const now = clock.now()
    if (asked) {
      if (now < asked.answerBy) suspect()
      else if (now - due < LATE_MS || asked.graced) {
        left = true
        return events.dead()
      } else {
        suspect()
        asked.graced = true
        asked.answerBy = now + LATE_MS
      }
    } else if (link.ping && now >= heardAt + receiveIdleMs) ask(answerMs)
    else if (now >= sentAt + sendIdleMs) {
      sentAt = now
      if (link.beat) link.beat()
      else if (link.ping) ask(answerMs)
    }
    arm()
  }

  arm()
  return {
    heard() {
      heardAt = clock.now()
      if (!asked) return
      const wasSuspect = asked.suspect
      asked = undefined
      if (wasSuspect) events.show({ health: 'ok' })
    },
    sent() {
      sentAt = clock.now()
    },
    pong() {
      const at = pings.shift()
      if (at !== undefined) events.show({ rttMs: clock.now() - at })
    },
    probe(withinMs) {
      if (!link.ping || left) return
      if (!asked) ask(withinMs)
      else asked.answerBy = Math.min(asked.answerBy, clock.now() + withinMs)
      suspect()
      arm()
    },
    leave() {
      left = true
      cancel()
    },
  }
}

/** Numbers of a server are not to be trusted: 0 and nonsense mean that it does not say. */
const positive = (ms: number | undefined, otherwise: number): number => (ms && ms > 0 ? ms : otherwise)
