/** One, several or no channels. */
type Some<C> = C | readonly C[] | null | undefined | false

/** What is given for one, several or no channels, as a list. */
export const toList = <C extends object>(target: Some<C>): readonly C[] =>
  target ? ([target].flat() as C[]) : []

/** Starts something for every channel that is new in the list, and stops it for those that are not in it any more. */
export function follow<C>(
  active: Map<C, () => void>,
  wanted: readonly C[],
  start: (channel: C) => () => void,
): void {
  // First the new ones: what both need is never let go of.
  for (const channel of wanted) if (!active.has(channel)) active.set(channel, start(channel))
  const kept = new Set(wanted)
  for (const [channel, stop] of active) {
    if (kept.has(channel)) continue
    active.delete(channel)
    stop()
  }
}
