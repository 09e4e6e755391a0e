/** How many share each filter on which node. All nodes read the same of it at the same place of what is published. */
export class ShareTable {
  readonly #table = new Map<string, Map<string, number>>()

  set(filter: string, node: string, count: number): void {
    const nodes = this.#table.get(filter) ?? new Map<string, number>()
    if (count) this.#table.set(filter, nodes.set(node, count))
    else if (nodes.delete(node) && !nodes.size) this.#table.delete(filter)
  }

  count(filter: string, node: string): number {
    return this.#table.get(filter)?.get(node) ?? 0
  }

  /** The node whose turn it is for the message at an offset: by chance, each as often as it has members. */
  pick(filter: string, off: number): string | undefined {
    const nodes = [...(this.#table.get(filter) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    const total = nodes.reduce((sum, [, count]) => sum + count, 0)
    let left = total && scatter(off) % total
    for (const [node, count] of nodes) {
      if (left < count) return node
      left -= count
    }
    return undefined
  }

  /** The filters that are shared on a node. */
  of(node: string): readonly string[] {
    return [...this.#table].flatMap(([filter, nodes]) => (nodes.has(node) ? [filter] : []))
  }

  get nodes(): ReadonlySet<string> {
    return new Set([...this.#table.values()].flatMap((nodes) => [...nodes.keys()]))
  }

  clear(): void {
    this.#table.clear()
  }
}

/** Offsets of one topic may all be even: what is made of them is not. */
function scatter(off: number): number {
  let mixed = Math.imul(off ^ (off >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
