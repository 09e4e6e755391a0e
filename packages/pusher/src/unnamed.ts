/** Finds out what refusals are about that name no channel, as those of Reverb. */
export interface Unnamed {
  /** The server was asked for a private channel, which it answers even when that is left meanwhile. */
  asked(channel: string): void
  answered(channel: string): void
  /** It is asked again, as if it had not been. */
  forget(channel: string): void
  /** False when nothing was asked that it could be about. */
  refused(reason: string): boolean
}

/** As many refusals without a name as there are channels without an answer: it is those. */
export function createUnnamed(reject: (channel: string, reason: string) => void): Unnamed {
  const open = new Set<string>()
  let count = 0
  let last = ''

  const deduce = (): void => {
    if (count < open.size) return
    const refused = count ? [...open] : []
    count = 0
    open.clear()
    for (const channel of refused) reject(channel, last)
  }

  return {
    asked: (channel) => void open.add(channel),
    answered(channel) {
      if (open.delete(channel)) deduce()
    },
    forget: (channel) => void open.delete(channel),
    refused(reason) {
      if (!open.size) return false
      count++
      last = reason
      deduce()
      return true
    },
  }
}
