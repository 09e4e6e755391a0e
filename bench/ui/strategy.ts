/** One message: its row, and the number that the row is to show. */
export interface Move {
  readonly row: number
  readonly value: number
}

/** One way to show rows that change. */
export interface Strategy {
  readonly name: string
  /** What it is measured against. */
  readonly floor: string
  /** Shows that many rows, each with its number as text, and takes messages from then on. */
  mount(root: HTMLElement, rows: number): Promise<Mounted>
}

export interface Mounted {
  send(move: Move): void
  unmount(): Promise<void>
}

/** How often any row was rendered. */
export const renders = { count: 0 }

/** Lets whatever is under way come to rest. */
export const rest = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
