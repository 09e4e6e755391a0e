export type Report = (error: unknown) => void

export interface Listeners<A extends unknown[]> {
  add(listener: (...values: A) => void): () => void
  emit(...values: A): void
  readonly size: number
}

/** A list whose emission is a snapshot: late listeners wait, removed ones are skipped, each is isolated. */
export function createListeners<A extends unknown[]>(report: Report): Listeners<A> {
  let entries: readonly { listener: ((...values: A) => void) | undefined }[] = []
  const list = {
    // No getter: each would give its list a hidden class of its own, and there is a list per channel.
    size: 0,
    add(listener: (...values: A) => void) {
      const entry: { listener: typeof listener | undefined } = { listener }
      entries = [...entries, entry]
      list.size++
      return () => {
        if (entry.listener) list.size--
        entry.listener = undefined
        entries = entries.filter((other) => other !== entry)
      }
    },
    emit(...values: A) {
      for (const entry of entries) {
        try {
          entry.listener?.(...values)
        } catch (error) {
          report(error)
        }
      }
    },
  }
  return list
}
