/** Filters by their levels; `+` and `#` are levels like others, because no topic holds them. */
interface Branch {
  readonly next: Map<string, Branch>
  keys: readonly string[]
}

export interface TopicTrie {
  add(filter: string, key: string): void
  remove(filter: string, key: string): void
  /** The keys of all filters that match. The same array while nothing is added or removed. */
  match(topic: string): readonly string[]
}

/** Topics come from outside: what was found for them must not pile up. */
const MOST_FOUND = 1000

const newBranch = (): Branch => ({ next: new Map(), keys: [] })

export function createTopicTrie(): TopicTrie {
  const root = newBranch()
  const found = new Map<string, readonly string[]>()

  /** Follows a filter and tidies up behind it. */
  const follow = (
    branch: Branch,
    levels: readonly string[],
    depth: number,
    change: (end: Branch) => void,
  ): void => {
    const level = levels[depth]
    if (level === undefined) return change(branch)
    const next = branch.next.get(level) ?? newBranch()
    branch.next.set(level, next)
    follow(next, levels, depth + 1, change)
    if (!next.keys.length && !next.next.size) branch.next.delete(level)
  }

  const change = (filter: string, changed: (keys: readonly string[]) => readonly string[]): void => {
    found.clear()
    follow(root, filter.split('/'), 0, (end) => {
      end.keys = changed(end.keys)
    })
  }

  const collect = (
    branch: Branch | undefined,
    levels: readonly string[],
    depth: number,
    into: string[],
  ): void => {
    if (!branch) return
    const { next } = branch
    // [MQTT-4.7.2-1]
    const isOwn = !depth && levels[0]?.startsWith('$')
    if (!isOwn) into.push(...(next.get('#')?.keys ?? []))
    const level = levels[depth]
    if (level === undefined) {
      into.push(...branch.keys)
      return
    }
    if (!isOwn) collect(next.get('+'), levels, depth + 1, into)
    collect(next.get(level), levels, depth + 1, into)
  }

  return {
    add: (filter, key) => change(filter, (keys) => [...keys, key]),
    remove: (filter, key) => change(filter, (keys) => keys.filter((other) => other !== key)),
    match(topic) {
      let keys = found.get(topic)
      if (!keys) {
        const all: string[] = []
        collect(root, topic.split('/'), 0, all)
        keys = all
        if (found.size === MOST_FOUND) found.clear()
        found.set(topic, keys)
      }
      return keys
    },
  }
}
