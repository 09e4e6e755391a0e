import { useLatest } from '@org/realtime-react'
import { createRowsClient } from './client.ts'
import { floorReact } from './floor-react.tsx'
import { mountRows } from './react-rows.tsx'
import { type Move, renders, type Strategy } from './strategy.ts'

const byRow = ({ row }: Move): string => `${row}`

/** Rows share the last values, and each selects its own. */
export const oursReact: Strategy = {
  name: '@org/realtime-react',
  floor: floorReact.name,
  async mount(root, rows) {
    const { client, send } = createRowsClient()
    const channel = client.channel('rows')
    function Row({ row }: { readonly row: number }) {
      renders.count++
      const select = (rows: ReadonlyMap<string, Move>): number => rows.get(`${row}`)?.value ?? 0
      return <i>{useLatest(channel, 'Moved', { key: byRow, select })}</i>
    }
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
