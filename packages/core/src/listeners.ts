export type Report = (error: unknown) => void

export interface Listeners<A extends unknown[]> {
  add(listener: (...values: A) => void): () => void
  emit(...values: A): void
  readonly size: number
}

/** A list whose emission is a snapshot: late listeners wait, removed ones are skipped, each is isolated. */
export function createListeners<A extends unknown[]>(report: Report): Listeners<A> {
  let entries: readonly { listener: ((...values: A) => void) | undefined }[] = []
  return {
    add(listener) {
      const entry: { listener: typeof listener | undefined } = { listener }
      entries = [...entries, entry]
      return () => {
        entry.listener = undefined
        entries = entries.filter((other) => other !== entry)
      }
    },
    emit(...values) {
      for (const entry of entries) {
        try {
          entry.listener?.(...values)
        } catch (error) {
          report(error)
        }
      }
    },
    get size() {
      return entries.length
    },
  }
}
