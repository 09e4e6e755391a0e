import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

export interface UsageSource {
  readonly counts: () => { readonly connections: number; readonly channels: number }
  readonly since: () => number
  /** Which node this is. */
  readonly node: string
}

/** What `/usage` answers. */
export interface Usage {
  readonly memory: {
    readonly rssBytes: number
    readonly heapUsedBytes: number
    readonly heapLimitBytes: number
    readonly externalBytes: number
    /** Of what the process may have, the heap or the machine, whichever is closer to its end. */
    readonly percent: number
  }
  readonly connections: number
  readonly channels: number
  readonly uptimeSeconds: number
  /** Which of the nodes behind one address has answered. */
  readonly node: string
}

export function readUsage({ counts, since, node }: UsageSource): Usage {
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    memory: {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      heapLimitBytes: getHeapStatistics().heap_size_limit,
      externalBytes: external,
      percent: usedPercent(),
    },
    ...counts(),
    uptimeSeconds: Math.round(since() / 1000),
    node,
  }
}

export function usedPercent(): number {
  const { rss, heapUsed } = process.memoryUsage()
  const ofHeap = heapUsed / getHeapStatistics().heap_size_limit
  return 100 * Math.max(ofHeap, rss / machineBytes())
}

/** A container may have less than its machine; without a limit the figure is 0, or larger than any memory. */
function machineBytes(): number {
  const limit = process.constrainedMemory?.() || Infinity
  return Math.min(limit, totalmem())
}
