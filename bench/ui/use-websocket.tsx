import { useWebSocket } from 'react-use-websocket/dist/lib/use-websocket.js'
import { FakeSocket, withFakeSocket } from './fake-socket.ts'
import { floorReact } from './floor-react.tsx'
import { mountRows } from './react-rows.tsx'
import { renders, type Strategy } from './strategy.ts'

/** As its documentation has it: one shared socket, and a filter per row. Payloads are of the cheapest kind. */
export const reactUseWebSocket: Strategy = {
  name: 'react-use-websocket 4.13.0',
  floor: floorReact.name,
  mount: (root, rows) =>
    withFakeSocket(async () => {
      function Row({ row }: { readonly row: number }) {
        renders.count++
        const { lastMessage } = useWebSocket('wss://example.org', {
          share: true,
          filter: ({ data }) => data.startsWith(`${row}:`),
        })
        return <i>{lastMessage ? lastMessage.data.split(':')[1] : 0}</i>
      }
      const mounted = await mountRows(root, rows, Row)
      // It takes a while until all rows are subscribed.
      await new Promise((resolve) => setTimeout(resolve, 200))
      return { ...mounted, send: ({ row, value }) => FakeSocket.last?.receive(`${row}:${value}`) }
    }),
}
