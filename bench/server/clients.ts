/** Opens sockets to a server under test, a few at a time, and counts what they receive. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

const [port = '', kind = '', count = ''] = process.argv.slice(2)
const AT_ONCE = 50
const path = kind === 'bare' ? '' : '/raw'
const frames = {
  bare: [],
  idle: [{ t: 'hello', v: 1 }],
  joined: [
    { t: 'hello', v: 1 },
    { t: 'sub', chs: [{ ch: 'all' }] },
  ],
}[kind] as readonly object[]
let received = 0

async function open(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, kind === 'bare' ? [] : ['realtime.v1'], {
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  for (const frame of frames) {
    socket.send(JSON.stringify(frame))
    await once(socket, 'message')
  }
  socket.on('message', () => received++)
  socket.on('close', (code) => process.send?.({ lost: code }))
}

async function openAll(): Promise<void> {
  for (let left = Number(count); left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, open))
}

process.on('message', () => process.send?.({ received }))
await openAll()
process.send?.({ open: Number(count) })
