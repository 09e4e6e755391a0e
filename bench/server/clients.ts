/** Opens sockets to a server under test, a few at a time, and counts what they receive. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

const [port = '', kind = '', count = ''] = process.argv.slice(2)
const AT_ONCE = 50
const PRESENCE_CHANNELS = 100
const path = kind === 'bare' ? '' : '/raw'
const hello = { frame: { t: 'hello', v: 1 }, answer: 'welcome' }
const join = (ch: string) => ({ frame: { t: 'sub', chs: [{ ch }] }, answer: 'subbed' })
const steps = (index: number) =>
  ({
    bare: [],
    idle: [hello],
    joined: [hello, join('all')],
    presence: [hello, join(`presence-${index % PRESENCE_CHANNELS}`)],
  })[kind] ?? []
let received = 0

async function open(_: unknown, index: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, kind === 'bare' ? [] : ['realtime.v1'], {
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  for (const { frame, answer } of steps(index)) {
    socket.send(JSON.stringify(frame))
    await first(socket, answer)
  }
  // Members who come later are not counted.
  socket.on('message', (bytes: Buffer) => {
    if (kind !== 'presence' || bytes.includes('"t":"msg"')) received++
  })
  socket.on('close', (code) => process.send?.({ lost: code }))
}

async function first(socket: WebSocket, type: string): Promise<void> {
  for (;;) {
    const [bytes] = (await once(socket, 'message')) as [Buffer]
    if (bytes.includes(`"t":"${type}"`)) return
  }
}

async function openAll(): Promise<void> {
  for (let left = Number(count); left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, (_, nth) => open(_, left - nth)))
}

process.on('message', () => process.send?.({ received }))
await openAll()
process.send?.({ open: Number(count) })
