import type { Row } from './ingest-options.ts'

/** What the numbers of one member come to. */
export interface Sum {
  readonly average: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** What the rows of one key come to. Times are milliseconds since 1970. */
export interface Aggregate {
  readonly key: string
  readonly from: number
  readonly to: number
  /** Rows. */
  readonly count: number
  readonly values: Readonly<Record<string, Sum>>
}

interface Group {
  count: number
  readonly values: Map<string, { sum: number; min: number; max: number; count: number }>
}

/** Members of one key, whatever rows hold. */
const MOST_VALUES = 100

/** Takes rows together, by key. What is no number is left out. */
export class Aggregator {
  readonly #members: readonly string[] | undefined
  #groups = new Map<string, Group>()

  /** @param members those to look at; without them every one that is a number */
  constructor(members?: readonly string[]) {
    this.#members = members
  }

  get size(): number {
    return this.#groups.size
  }

  has(key: string): boolean {
    return this.#groups.has(key)
  }

  add(key: string, row: Row): void {
    const group = this.#groups.get(key) ?? { count: 0, values: new Map() }
    this.#groups.set(key, group)
    group.count++
    for (const member of this.#members ?? Object.keys(row)) {
      const value = Object.hasOwn(row, member) ? row[member] : undefined
      if (typeof value === 'number' && Number.isFinite(value)) put(group, member, value)
    }
  }

  /** All that has been added since the last time. */
  take(from: number, to: number): readonly Aggregate[] {
    const groups = this.#groups
    this.#groups = new Map()
    return [...groups].map(([key, { count, values }]) => ({
      key,
      from,
      to,
      count,
      values: Object.fromEntries(
        [...values].map(([member, { sum, min, max, count: of }]) => [
          member,
          { average: sum / of, min, max, count: of },
        ]),
      ),
    }))
  }
}

function put({ values }: Group, member: string, value: number): void {
  const known = values.get(member)
  if (known) {
    known.sum += value
    known.min = Math.min(known.min, value)
    known.max = Math.max(known.max, value)
    known.count++
  } else if (values.size < MOST_VALUES) values.set(member, { sum: value, min: value, max: value, count: 1 })
}
