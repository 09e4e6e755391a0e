interface NodeProcess {
  getActiveResourcesInfo?(): string[]
}

export interface TrackHandlesOptions {
  /** How long handles may take to go away: sockets close in their own time. @default 1000 */
  readonly withinMs?: number
}

/**
 * Notes what keeps this Node process alive now: sockets, servers, timers. The result throws when there is
 * more of it later. Outside Node it finds nothing.
 * @example
 * const expectNoNewHandles = trackHandles()
 * await client.close()
 * await expectNoNewHandles()
 */
export function trackHandles(): (options?: TrackHandlesOptions) => Promise<void> {
  const before = countHandles()
  return async ({ withinMs = 1000 } = {}) => {
    const giveUpAt = performance.now() + withinMs
    let added = compare(before, countHandles())
    while (added.length && performance.now() < giveUpAt) {
      await turn()
      added = compare(before, countHandles())
    }
    if (added.length) throw new Error(`Still alive: ${added.join(', ')}`)
  }
}

/** A timer would count itself. */
const turn = (): Promise<void> =>
  new Promise((resolve) =>
    (globalThis as unknown as { setImmediate(run: () => void): void }).setImmediate(resolve),
  )

function countHandles(): Map<string, number> {
  const { process } = globalThis as { process?: NodeProcess }
  const counts = new Map<string, number>()
  for (const kind of process?.getActiveResourcesInfo?.() ?? [])
    if (kind !== 'Immediate') counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function compare(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind} (${count - (before.get(kind) ?? 0)})`)
}
