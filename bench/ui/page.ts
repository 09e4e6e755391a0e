import { echoReact } from './echo-react.tsx'
import { filterReact } from './filter-react.tsx'
import { floorReact } from './floor-react.tsx'
import { floorVue } from './floor-vue.ts'
import { oursReact } from './ours-react.tsx'
import { oursVue } from './ours-vue.ts'
import { type Sharing, sharing } from './sharing.tsx'
import { type Mounted, type Move, renders, rest, type Strategy } from './strategy.ts'
import { reactUseWebSocket } from './use-websocket.tsx'
import { vueUse } from './vueuse.ts'

export interface Sample {
  readonly renders: number
  readonly wallMs: number
}

const ROWS = 200
const MESSAGES = 2000
const strategies = [
  floorReact,
  oursReact,
  filterReact,
  echoReact,
  reactUseWebSocket,
  floorVue,
  oursVue,
  vueUse,
]

const moves: readonly Move[] = Array.from({ length: MESSAGES }, (_, index) => ({
  row: (index * 7919) % ROWS,
  value: index + 1,
}))

/** What the page is to show in the end. */
const expected = Array.from({ length: ROWS }, (_, row) =>
  moves.reduce((last, move) => (move.row === row ? move.value : last), 0),
).join()

/** How far apart messages come, as long as the page keeps up: 12,500 a second. */
const GAP_MS = 0.08

/** Each message in a task of its own, as a socket would bring them; late ones come one after the other. */
function sendAll(send: (move: Move) => void): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const startedAt = performance.now()
  let next = 0
  return new Promise((resolve) => {
    port1.onmessage = () => {
      if (performance.now() - startedAt >= next * GAP_MS) send(moves[next++] as Move)
      if (next === MESSAGES) resolve()
      else port2.postMessage(undefined)
    }
    port2.postMessage(undefined)
  })
}

const shown = (root: HTMLElement): string =>
  [...root.querySelectorAll('i')].map(({ textContent }) => textContent).join()

let root: HTMLElement
let mounted: Mounted

declare global {
  var names: readonly (readonly [name: string, floor: string])[]
  var mount: (index: number) => Promise<void>
  var run: () => Promise<Sample>
  var drawFrames: (count: number) => Promise<void>
  var unmount: () => Promise<void>
  var share: () => Promise<readonly Sharing[]>
}

globalThis.names = strategies.map(({ name, floor }) => [name, floor])

globalThis.mount = async (index) => {
  root = document.body.appendChild(document.createElement('div'))
  mounted = await (strategies[index] as Strategy).mount(root, ROWS)
  await rest()
  renders.count = 0
}

globalThis.run = async () => {
  const startedAt = performance.now()
  await sendAll(mounted.send)
  while (shown(root) !== expected) {
    if (performance.now() - startedAt > 60_000) throw new Error('The last values are not shown')
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  return { renders: renders.count, wallMs: performance.now() - startedAt }
}

/** That many frames, each with a change of every row. */
globalThis.drawFrames = async (count) => {
  for (let frame = 1; frame <= count; frame++) {
    for (let row = 0; row < ROWS; row++) mounted.send({ row, value: MESSAGES * frame + row })
    await rest()
  }
}

globalThis.unmount = async () => {
  await mounted.unmount()
  root.remove()
  await rest()
}

globalThis.share = sharing
