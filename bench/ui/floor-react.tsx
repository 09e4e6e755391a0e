import { useSyncExternalStore } from 'react'
import { mountRows } from './react-rows.tsx'
import { renders, type Strategy } from './strategy.ts'

/** The least that shows a frame's changes: one store, a selector per row, listeners told once per frame. */
export const floorReact: Strategy = {
  name: 'floor: selector + rAF (React)',
  floor: 'floor: selector + rAF (React)',
  async mount(root, rows) {
    const values = new Array<number>(rows).fill(0)
    const listeners = new Set<() => void>()
    let isDue = false
    const subscribe = (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
    const show = (): void => {
      isDue = false
      for (const listener of listeners) listener()
    }
    function Row({ row }: { readonly row: number }) {
      renders.count++
      return <i>{useSyncExternalStore(subscribe, () => values[row])}</i>
    }
    const mounted = await mountRows(root, rows, Row)
    return {
      ...mounted,
      send({ row, value }) {
        values[row] = value
        if (!isDue) requestAnimationFrame(show)
        isDue = true
      },
    }
  },
}
