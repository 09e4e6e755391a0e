import { type Dials, END_MS, type Random, SERVER_BACK_MS } from './outage.ts'

/** The delay before each try of one client, the first after the drop being number 0; none when it gives up. */
export type Delay = (attempt: number) => number | undefined

/** Makes the delays of one client. */
export type Formula = (random: Random) => Delay

/** Looks a delay up; past the end of the table its last entry holds. */
const table =
  (...delaysMs: readonly number[]): Formula =>
  () =>
  (attempt) =>
    delaysMs[Math.min(attempt, delaysMs.length - 1)]

/**
 * What ten other clients wait, as their sources say (versions in reference/connection.md). Their own words for
 * the constants are kept in the comments.
 */
export const formulas: Readonly<Record<string, Formula>> = {
  phoenix: table(10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000),
  supabase: table(1000, 2000, 5000, 10_000),
  // minReconnectionDelay 3 s, reconnectionDelayGrowFactor 1.3, maxReconnectionDelay 10 s.
  partysocket: () => (attempt) => Math.min(3000 * 1.3 ** attempt, 10_000),
  // 1 s after a drop; failed dials then double from 15 s.
  pusher: table(1000, 15_000, 30_000, 60_000),
  // backo2: the jitter of half the step comes before the cap, so late tries are all alike.
  'socket.io': (random) => (attempt) => {
    const step = 1000 * 2 ** attempt
    const share = random()
    const deviation = Math.floor(share * 0.5 * step)
    return Math.min(Math.floor(share * 10) & 1 ? step + deviation : step - deviation, 5000)
  },
  // At once after a drop, which already counts as the first retry of 15 s * (count + 2) / 3, at most doubled.
  ably: (random) => (attempt) => attempt && 15_000 * Math.min((attempt + 3) / 3, 2) * (1 - random() * 0.2),
  // staleThreshold 6 s, reconnectionBackoffRate 0.15; a poll whose jitter is 100 % before the first attempt.
  actioncable: (random) => (attempt) =>
    6000 * 1.15 ** Math.min(attempt, 10) * (1 + (attempt ? 0.15 : 1) * random()),
  // As partysocket, but minReconnectionDelay is 1 s + up to 4 s, drawn once per page.
  RWS: (random) => {
    const leastMs = 1000 + random() * 4000
    return (attempt) => Math.min(leastMs * 1.3 ** attempt, 10_000)
  },
  // Full jitter on top of minReconnectDelay 500 ms, cut at maxReconnectDelay 20 s.
  centrifuge: (random) => (attempt) =>
    Math.min(20_000, 500 + random() * Math.min(20_000, 500 * 2 ** Math.min(attempt, 31))),
  // A point of the step from 3 s to 6 s, doubled without a cap, then 50 % more or less.
  anycable: (random) => (attempt) => 3000 * 2 ** attempt * (1 + random()) * (1 + (random() - 0.5)),
  // retryAttempts 5.
  'graphql-ws': (random) => (attempt) =>
    attempt < 5 ? 1000 * 2 ** attempt + 300 + random() * 2700 : undefined,
}

/** The dials of clients that do nothing but wait as the formula says. */
export function dialsOf(formula: Formula, clients: number, random: Random): Dials {
  return Array.from({ length: clients }, () => {
    const delay = formula(random)
    const dials: number[] = []
    for (let at = 0; at < SERVER_BACK_MS; ) {
      const ms = delay(dials.length)
      if (ms === undefined || at + ms > END_MS) break
      at += ms
      dials.push(at)
    }
    return dials
  })
}
