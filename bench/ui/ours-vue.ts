import { useLatest } from '@org/realtime-vue'
import { defineComponent, h } from 'vue'
import { createRowsClient } from './client.ts'
import { floorVue } from './floor-vue.ts'
import { type Move, renders, type Strategy } from './strategy.ts'
import { mountRows } from './vue-rows.ts'

const byRow = ({ row }: Move): string => `${row}`

/** Rows share the last values, and each selects its own. */
export const oursVue: Strategy = {
  name: '@org/realtime-vue',
  floor: floorVue.name,
  async mount(root, rows) {
    const { client, send } = createRowsClient()
    const channel = client.channel('rows')
    const Row = defineComponent(
      ({ row }: { readonly row: number }) => {
        const select = (rows: ReadonlyMap<string, Move>): number => rows.get(`${row}`)?.value ?? 0
        const last = useLatest(channel, 'Moved', { key: byRow, select })
        return () => {
          renders.count++
          return h('i', last.value)
        }
      },
      { props: ['row'] },
    )
    const mounted = await mountRows(root, rows, Row)
    return {
      send,
      async unmount() {
        await mounted.unmount()
        await client.close()
      },
    }
  },
}
