/** Filters about which somebody has called, and is not answered yet. */
export interface Unanswered {
  /** `pass` passes an answer on; `end` is for a call that was none. */
  expect(filters: readonly string[], done: unknown): { pass(...answer: unknown[]): void; end(): void }
  /** Runs it once there is none about this filter; of each `who` the last. */
  after(filter: string, who: object, run: () => void): void
}

/** Until there is an answer MQTT.js may count a filter as subscribed, and not ask the server about it again. */
export function createUnanswered(isUp: () => boolean): Unanswered {
  const open = new Map<string, { count: number; readonly waiting: Map<object, () => void> }>()

  const after: Unanswered['after'] = (filter, who, run) => {
    const entry = open.get(filter)
    if (entry) entry.waiting.set(who, run)
    else run()
  }

  const begin = (filter: string): void => {
    const entry = open.get(filter) ?? { count: 0, waiting: new Map() }
    entry.count++
    open.set(filter, entry)
  }

  const end = (filter: string): void => {
    const entry = open.get(filter)
    if (!entry || --entry.count) return
    open.delete(filter)
    // By then it is known whether this was the end of the line: then the next one asks.
    queueMicrotask(() => {
      if (isUp()) for (const [who, run] of entry.waiting) after(filter, who, run)
    })
  }

  return {
    after,
    expect(filters, done) {
      let isOpen = true
      for (const filter of filters) begin(filter)
      const endOnce = (): void => {
        if (isOpen) for (const filter of filters) end(filter)
        isOpen = false
      }
      return {
        end: endOnce,
        pass(...answer) {
          // MQTT.js answers again when what it calls has thrown.
          endOnce()
          if (typeof done === 'function') done(...answer)
        },
      }
    },
  }
}
