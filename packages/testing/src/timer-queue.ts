export interface Timer {
  readonly dueAt: number
  readonly run: () => void
  readonly keepsProcess: boolean
}

export interface TimerQueue {
  readonly size: number
  add(timer: Timer): void
  /** Does nothing for a timer that is no longer in the queue. */
  remove(timer: Timer): void
  peek(): Timer | undefined
  /** All timers in the order in which they are due. */
  list(): Timer[]
}

interface Node {
  readonly timer: Timer
  readonly order: number
  index: number
}

/** A binary heap; timers of the same time leave it in the order in which they came. */
export function createTimerQueue(): TimerQueue {
  const heap: Node[] = []
  const nodes = new Map<Timer, Node>()
  let order = 0

  const compare = (a: Node, b: Node): number => a.timer.dueAt - b.timer.dueAt || a.order - b.order

  const place = (node: Node, index: number): void => {
    heap[index] = node
    node.index = index
  }

  const rise = (node: Node): void => {
    let { index } = node
    while (index > 0) {
      const up = (index - 1) >> 1
      const parent = heap[up] as Node
      if (compare(parent, node) <= 0) break
      place(parent, index)
      index = up
    }
    place(node, index)
  }

  const sink = (node: Node): void => {
    let { index } = node
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const least = right && left && compare(right, left) < 0 ? right : left
      if (!least || compare(node, least) <= 0) break
      const down = least.index
      place(least, index)
      index = down
    }
    place(node, index)
  }

  return {
    get size() {
      return heap.length
    },
    add(timer) {
      const node: Node = { timer, order: order++, index: heap.length }
      nodes.set(timer, node)
      heap.push(node)
      rise(node)
    },
    remove(timer) {
      const node = nodes.get(timer)
      if (!node) return
      nodes.delete(timer)
      const last = heap.pop() as Node
      if (last === node) return
      place(last, node.index)
      rise(last)
      sink(last)
    },
    peek: () => heap[0]?.timer,
    list: () => [...heap].sort(compare).map(({ timer }) => timer),
  }
}
