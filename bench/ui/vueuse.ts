import { useWebSocket } from '@vueuse/core'
import { defineComponent, h, shallowReactive, watch } from 'vue'
import { FakeSocket, withFakeSocket } from './fake-socket.ts'
import { floorVue } from './floor-vue.ts'
import { renders, type Strategy } from './strategy.ts'
import { mountRows } from './vue-rows.ts'

/** As its documentation has it: one socket in the parent, whose `data` is watched into a state that rows read. */
export const vueUse: Strategy = {
  name: 'VueUse useWebSocket 14.4.0',
  floor: floorVue.name,
  mount: (root, rows) =>
    withFakeSocket(async () => {
      const values = shallowReactive(new Array<number>(rows).fill(0))
      const Row = defineComponent(
        ({ row }: { readonly row: number }) =>
          () => {
            renders.count++
            return h('i', values[row])
          },
        { props: ['row'] },
      )
      const mounted = await mountRows(root, rows, Row, () => {
        const { data } = useWebSocket<string>('wss://example.org')
        watch(data, (text) => {
          const [row = 0, value = 0] = `${text}`.split(':').map(Number)
          values[row] = value
        })
      })
      return { ...mounted, send: ({ row, value }) => FakeSocket.last?.receive(`${row}:${value}`) }
    }),
}
