/**
 * One cycle through each edge that closes one, found depth first; every node is walked once.
 * @template Node
 * @param {ReadonlyMap<Node, readonly Node[]>} graph
 */
export function findCycles(graph) {
  /** @type {Node[][]} */
  const cycles = []
  const done = new Set()
  /** @type {Node[]} */
  const path = []

  /** @param {Node} node */
  const walk = (node) => {
    const at = path.indexOf(node)
    if (at >= 0) return void cycles.push(path.slice(at))
    if (done.has(node)) return
    path.push(node)
    for (const next of new Set(graph.get(node))) walk(next)
    path.pop()
    done.add(node)
  }
  for (const node of graph.keys()) walk(node)
  return cycles
}
