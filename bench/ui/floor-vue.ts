import { defineComponent, h, shallowRef } from 'vue'
import { renders, type Strategy } from './strategy.ts'
import { mountRows } from './vue-rows.ts'

/** The least that shows a frame's changes: a ref per row, set once per frame. */
export const floorVue: Strategy = {
  name: 'floor: ref per row + rAF (Vue)',
  floor: 'floor: ref per row + rAF (Vue)',
  async mount(root, rows) {
    const values = Array.from({ length: rows }, () => shallowRef(0))
    const changed = new Map<number, number>()
    const show = (): void => {
      for (const [row, value] of changed) (values[row] as { value: number }).value = value
      changed.clear()
    }
    const Row = defineComponent(
      ({ row }: { readonly row: number }) =>
        () => {
          renders.count++
          return h('i', values[row]?.value)
        },
      { props: ['row'] },
    )
    const mounted = await mountRows(root, rows, Row)
    return {
      ...mounted,
      send({ row, value }) {
        if (!changed.size) requestAnimationFrame(show)
        changed.set(row, value)
      },
    }
  },
}
