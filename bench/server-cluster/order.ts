/** 1,000 events of several publishers to 200 clients, all split over two nodes: what is wrong with what they hear. */
import { dial } from './socket.ts'

const ports = process.argv.slice(2).map(Number)
const CLIENTS = 200
const PUBLISHERS = 4
const EVENTS = 1000
/** Nothing more comes after so long. */
const LONGEST_MS = 30_000

const portOf = (index: number): number => ports[index % ports.length] as number
const listeners = await Promise.all(
  Array.from({ length: CLIENTS }, async (_, index) => {
    const socket = await dial(portOf(index), 'all')
    const heard: string[] = []
    socket.onMessage = ({ data }) => void heard.push(`${data}`)
    return heard
  }),
)
const publishers = await Promise.all(Array.from({ length: PUBLISHERS }, (_, index) => dial(portOf(index))))
for (let n = 0; n < EVENTS; n++) {
  const publisher = n % PUBLISHERS
  publishers[publisher]?.send({ t: 'pub', ch: 'all', id: `${n}`, ev: 'said', data: `${publisher} ${n}` })
  if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
}
const until = Date.now() + LONGEST_MS
while (listeners.some(({ length }) => length < EVENTS) && Date.now() < until)
  await new Promise((resolve) => setTimeout(resolve, 20))

const isInOrder = (heard: readonly string[]): boolean =>
  Array.from({ length: PUBLISHERS }, (_, publisher) =>
    heard.filter((text) => text.startsWith(`${publisher} `)),
  )
    .map((own) => own.map((text) => Number(text.split(' ')[1])))
    .every((own) => own.every((n, index) => n > (own[index - 1] ?? -1)))
const faults = {
  missed: listeners.filter((heard) => new Set(heard).size < EVENTS).length,
  twice: listeners.filter((heard) => new Set(heard).size < heard.length).length,
  disordered: listeners.filter((heard) => !isInOrder(heard)).length,
}
process.stdout.write(JSON.stringify({ clients: CLIENTS, events: EVENTS, faults }))
process.exit()
