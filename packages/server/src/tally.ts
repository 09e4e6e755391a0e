export type Labels = Readonly<Record<string, string>>

/** What is counted besides connections and their traffic, with the labels of each. */
export interface Tallied {
  readonly joins: { readonly endpoint: string }
  readonly refusals: {
    readonly endpoint: string
    readonly what: 'connection' | 'join' | 'publish'
    readonly reason: string
  }
  readonly drops: { readonly endpoint: string; readonly reason: 'slow' | 'queue-full' | 'too-large' | 'gap' }
  readonly requests: { readonly route: string; readonly status: string }
  readonly crashes: Readonly<Record<never, string>>
}

export type TallyKind = keyof Tallied

/** Counts what happens, for `/metrics`. Labels come from tables of this server, never from clients. */
export interface Tally {
  count<K extends TallyKind>(kind: K, labels: Tallied[K]): void
  read(kind: TallyKind): Iterable<readonly [labels: Labels, count: number]>
}

/** Beyond it everything is counted as one, whatever an endpoint of somebody gives as a reason. */
const MOST_SERIES = 500
const OTHER = 'other'

export function createTally(): Tally {
  const table = new Map<TallyKind, Map<string, [labels: Labels, count: number]>>()

  const find = (kind: TallyKind, labels: Labels): [labels: Labels, count: number] => {
    const series = table.get(kind) ?? new Map<string, [Labels, number]>()
    table.set(kind, series)
    const key = Object.values(labels).join(' ')
    const found = series.get(key)
    if (found) return found
    if (series.size >= MOST_SERIES) {
      const names = Object.keys(labels)
      const other = series.get(OTHER) ?? [Object.fromEntries(names.map((name) => [name, OTHER])), 0]
      series.set(OTHER, other)
      return other
    }
    const made: [Labels, number] = [labels, 0]
    series.set(key, made)
    return made
  }

  return {
    count(kind, labels) {
      find(kind, labels)[1]++
    },
    read: (kind) => table.get(kind)?.values() ?? [],
  }
}
