import { configureEcho, useEchoPublic } from '@laravel/echo-react'
import { useState } from 'react'
import { floorReact } from './floor-react.tsx'
import { mountRows } from './react-rows.tsx'
import { type Move, renders, type Strategy } from './strategy.ts'

/** As its documentation has it: a state that the listener sets. The client below it is ours, without a wire. */
export const echoReact: Strategy = {
  name: '@laravel/echo-react 2.5.0',
  floor: floorReact.name,
  async mount(root, rows) {
    const listeners = new Set<(move: Move) => void>()
    const channel = {
      bind: (name: string, listener: (move: Move) => void) => name === 'Moved' && listeners.add(listener),
      unbind: (_name: string, listener: (move: Move) => void) => listeners.delete(listener),
    }
    const client = { subscribe: () => channel, unsubscribe() {}, disconnect() {}, connection: { bind() {} } }
    configureEcho({ broadcaster: 'pusher', key: 'none', client: client as never })
    function Row({ row }: { readonly row: number }) {
      renders.count++
      const [value, setValue] = useState(0)
      useEchoPublic<Move>('rows', '.Moved', (move) => {
        if (move.row === row) setValue(move.value)
      })
      return <i>{value}</i>
    }
    const mounted = await mountRows(root, rows, Row)
    return {
      ...mounted,
      send(move) {
        for (const listener of [...listeners]) listener(move)
      },
    }
  },
}
