import type { Fold } from './fold.ts'

interface Shared {
  readonly key: unknown
  readonly fold: Fold<unknown>
}

const shared = new WeakMap<object, Map<string, Shared>>()

/** One fold for all who use this channel and event with the same key, as long as any of them listens. */
export function shareFold(
  channel: object,
  event: string,
  key: unknown,
  create: () => Fold<unknown>,
): Fold<unknown> {
  const events = shared.get(channel) ?? new Map<string, Shared>()
  shared.set(channel, events)
  const known = events.get(event)
  if (known && known.key === key) return known.fold
  const own = create()
  let users = 0
  let stop = (): void => {}
  const fold: Fold<unknown> = {
    ...own,
    listen(...given) {
      if (!users++) {
        stop = own.listen(...given)
        if (!events.has(event)) events.set(event, made)
      }
      return () => {
        if (--users) return
        stop()
        // Who comes later starts anew.
        if (events.get(event) === made) events.delete(event)
      }
    },
  }
  const made = { key, fold }
  if (!known) events.set(event, made)
  return fold
}
