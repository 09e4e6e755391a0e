import { type Finding, fail, ok, warn } from './finding.ts'

/** Somebody else's clock, and ours before and after it was read. */
export interface Reading {
  readonly whose: string
  readonly theirs: number
  /** It may be later than it says by so much. */
  readonly resolutionMs?: number
  readonly askedAt: number
  readonly answeredAt: number
}

/** Requests of the HTTP API that are older or newer are refused, by every server of Pusher's protocol. */
const TOLERATED_MS = 600_000
const SMALL_MS = 1000
const ASK_MS = 5000
const SECOND_MS = 1000

/** What is certain of the difference, however long the answer was on its way. */
export function compareClocks({ whose, theirs, resolutionMs = 0, askedAt, answeredAt }: Reading): Finding {
  const [least, most] = [theirs - answeredAt, theirs + resolutionMs - askedAt]
  const certain = Math.max(0, least, -most)
  const side = least > 0 ? 'behind' : 'ahead of'
  const message = `the clock of this machine is at least ${toText(certain)} ${side} that of ${whose}`
  const advice =
    'Set both by NTP, such as `timedatectl set-ntp true`: requests of backends and tokens are judged by the time'
  if (certain > TOLERATED_MS) return fail(message, `${advice}; beyond 10 min requests are refused`)
  if (certain > SMALL_MS) return warn(message, advice)
  return ok(`the clock differs from that of ${whose} by ${toText(Math.max(-least, most))} at most`)
}

/** Compares with hosts that are asked for, by what they say in `Date`; one machine alone cannot know whether it is right. */
export async function checkClock(
  hosts: readonly string[],
  hasRedis: boolean,
  now: () => number = Date.now,
): Promise<readonly Finding[]> {
  if (hosts.length > 0) return Promise.all(hosts.map((host) => askHost(host, now)))
  if (hasRedis) return []
  const time = new Date(now()).toISOString()
  return [ok(`the clock says ${time}; --clock=https://example.org compares it with that of a host`)]
}

async function askHost(url: string, now: () => number): Promise<Finding> {
  const advice = 'Give an address that answers over HTTP, such as that of your backend'
  try {
    const askedAt = now()
    const signal = AbortSignal.timeout(ASK_MS)
    const { headers } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal })
    const answeredAt = now()
    const date = Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(date)) return warn(`${url} does not tell the time`, advice)
    // Who answers from a store repeats an old `Date`, and says how old it is.
    const theirs = date + (Number(headers.get('age')) || 0) * SECOND_MS
    return compareClocks({ whose: url, theirs, resolutionMs: SECOND_MS, askedAt, answeredAt })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return warn(
      `${url} cannot be asked for the time: ${cause instanceof Error ? cause.message : cause}`,
      advice,
    )
  }
}

function toText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
