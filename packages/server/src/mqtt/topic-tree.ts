/** One level of a tree of topics, or of filters: there `+` and `#` are levels like others. */
interface Branch<T> {
  readonly next: Map<string, Branch<T>>
  value: T | undefined
}

/** A topic or filter with more levels is refused, so that following it needs neither time nor stack. */
const MOST_LEVELS = 200

const create = <T>(): Branch<T> => ({ next: new Map(), value: undefined })

export const isTooDeep = (name: string): boolean => {
  let levels = 1
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) levels++
  return levels > MOST_LEVELS
}

/** Whether a client may publish to it as far as the broker itself is concerned. */
export const isPublic = (topic: string): boolean => !isTooDeep(topic) && !/^\$(SYS|share)(\/|$)/.test(topic)

/** Values by topic, or by filter. */
export class TopicTree<T> {
  readonly #root = create<T>()

  get(name: string): T | undefined {
    let branch: Branch<T> | undefined = this.#root
    for (const level of name.split('/')) branch = branch?.next.get(level)
    return branch?.value
  }

  /** Without a value the place is given up. */
  set(name: string, value: T | undefined): void {
    const path = [this.#root]
    const levels = name.split('/')
    for (const level of levels) {
      const branch = path.at(-1) as Branch<T>
      const next = branch.next.get(level) ?? create<T>()
      branch.next.set(level, next)
      path.push(next)
    }
    ;(path.at(-1) as Branch<T>).value = value
    for (let at = levels.length; at > 0; at--) {
      const { next, value: kept } = path[at] as Branch<T>
      if (kept !== undefined || next.size) return
      path[at - 1]?.next.delete(levels[at - 1] as string)
    }
  }

  /** Every value, also under topics that no wildcard matches. */
  all(): T[] {
    const found: T[] = []
    collect(this.#root, false, found)
    return found
  }

  /** The values of all filters that match a topic. */
  matching(topic: string): T[] {
    const found: T[] = []
    matchTopic(this.#root, topic.split('/'), 0, found)
    return found
  }

  /** The values of all topics that a filter matches. */
  under(filter: string): T[] {
    const found: T[] = []
    matchFilter(this.#root, filter.split('/'), 0, found)
    return found
  }
}

/** Wildcards at the first level match nothing that begins with `$` [MQTT-4.7.2-1]. */
const isHidden = (isRoot: boolean, level: string): boolean => isRoot && level.startsWith('$')

function matchTopic<T>(
  { next, value }: Branch<T>,
  levels: readonly string[],
  depth: number,
  into: T[],
): void {
  const level = levels[depth]
  const hides = level !== undefined && isHidden(depth === 0, level)
  const rest = hides ? undefined : next.get('#')?.value
  if (rest !== undefined) into.push(rest)
  if (level === undefined) {
    if (value !== undefined) into.push(value)
    return
  }
  const any = hides ? undefined : next.get('+')
  if (any) matchTopic(any, levels, depth + 1, into)
  const same = next.get(level)
  if (same) matchTopic(same, levels, depth + 1, into)
}

function matchFilter<T>(branch: Branch<T>, levels: readonly string[], depth: number, into: T[]): void {
  const level = levels[depth]
  if (level === '#') return collect(branch, depth === 0, into)
  if (level === undefined) {
    if (branch.value !== undefined) into.push(branch.value)
    return
  }
  const same = level === '+' ? undefined : branch.next.get(level)
  if (same) matchFilter(same, levels, depth + 1, into)
  if (level !== '+') return
  for (const [name, next] of branch.next)
    if (!isHidden(depth === 0, name)) matchFilter(next, levels, depth + 1, into)
}

/** Everything from here on down: `a/#` matches `a` too. */
function collect<T>({ value, next }: Branch<T>, isRoot: boolean, into: T[]): void {
  if (value !== undefined) into.push(value)
  for (const [name, branch] of next) if (!isHidden(isRoot, name)) collect(branch, false, into)
}
