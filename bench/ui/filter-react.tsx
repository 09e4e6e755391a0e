import { createHooks, useLatest } from '@org/realtime-react'
import { createRowsClient } from './client.ts'
import { floorReact } from './floor-react.tsx'
import { mountRows } from './react-rows.tsx'
import { renders, type Strategy } from './strategy.ts'

/** Every row listens for itself, which costs as many calls per message as there are rows. */
export const filterReact: Strategy = {
  name: 'realtime-react, a filter per row',
  floor: floorReact.name,
  async mount(root, rows) {
    const { client, send } = createRowsClient()
    const { useChannel } = createHooks(client)
    function Row({ row }: { readonly row: number }) {
      renders.count++
      const last = useLatest(useChannel('rows'), 'Moved', { filter: (move) => move.row === row })
      return <i>{last?.value ?? 0}</i>
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
