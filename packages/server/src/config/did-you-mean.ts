/** The known name that an unknown one was probably meant to be. */
export function didYouMean(unknown: string, known: readonly string[]): string | undefined {
  const wanted = normalise(unknown)
  const scored = known.map((name) => {
    const own = normalise(name)
    // A name whose group was forgotten is as good as a whole one.
    const last = normalise(name.slice(name.lastIndexOf('.') + 1))
    return {
      name,
      distance: Math.min(distance(wanted, own), distance(wanted, last) + (own === last ? 0 : 0.5)),
    }
  })
  const [best] = scored.sort((a, b) => a.distance - b.distance)
  return best && best.distance <= Math.max(2, wanted.length / 4) ? best.name : undefined
}

const normalise = (name: string): string => name.replace(/[._-]/g, '').toLowerCase()

/** How many letters have to be added, taken away, replaced or swapped. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[line - 1] === to[column - 1]
      const isSwapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
      const steps = [
        (row[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (row[column - 1] ?? 0) + Number(!isSame),
        isSwapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
      ]
      next.push(Math.min(...steps))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
