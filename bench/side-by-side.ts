import { setImmediate as turn } from 'node:timers/promises'

/** Does its work `count` times. Whatever is not part of the work is made before. What it waits for costs nothing. */
export type Work = (count: number) => void | Promise<void>

export interface SideBySide {
  /** Nanoseconds of CPU for one time, the median of the rounds. */
  readonly oursNs: number
  readonly theirsNs: number
  /** Their cost in ours: above 1 we are faster. The median of the rounds' own ratios. */
  readonly ratio: number
  /** How far the rounds' ratios lie apart, as a share of the median. */
  readonly spread: number
}

const ROUNDS = 7
const WARM_UP_MS = 300
const ROUND_MS = 150

/** So many at once before timers and promises have their turn; more often, and the turn would be measured. */
const CHUNK = 10_000

/** Measures two ways to do the same in turns, so that whatever else the machine does meets both. */
export async function sideBySide(ours: Work, theirs: Work): Promise<SideBySide> {
  const count = await warmUp(ours, theirs)
  const rounds: { readonly ours: number; readonly theirs: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % 2 ? theirs : ours
    const firstNs = await cpuNs(first, count)
    const secondNs = await cpuNs(first === ours ? theirs : ours, count)
    rounds.push(first === ours ? { ours: firstNs, theirs: secondNs } : { ours: secondNs, theirs: firstNs })
  }
  const ratios = rounds.map((round) => round.theirs / round.ours).sort((a, b) => a - b)
  const ratio = median(ratios)
  return {
    oursNs: median(rounds.map((round) => round.ours)),
    theirsNs: median(rounds.map((round) => round.theirs)),
    ratio,
    spread: ((ratios.at(-1) as number) - (ratios[0] as number)) / ratio,
  }
}

/** Lets both be optimised, and finds how often the slower one can be done in a round. */
async function warmUp(ours: Work, theirs: Work): Promise<number> {
  let count = CHUNK
  for (const until = performance.now() + 2 * WARM_UP_MS; performance.now() < until; ) {
    await cpuNs(ours, CHUNK)
    await cpuNs(theirs, CHUNK)
  }
  for (;;) {
    const ns = Math.max(await cpuNs(ours, count), await cpuNs(theirs, count))
    if (ns * count > ROUND_MS * 1e6) return count
    count *= 2
  }
}

/** Nanoseconds of CPU of this process per time. */
async function cpuNs(work: Work, count: number): Promise<number> {
  const before = process.cpuUsage()
  for (let done = 0; done < count; done += CHUNK) {
    await work(CHUNK)
    await turn()
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / count
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}
