/** Receives as many messages as are asked for, by our client and by a bare `ws` in turns, over a socket each. */
import { once } from 'node:events'
import { createRawWs } from '@org/realtime-raw-ws'
import { SUBPROTOCOL } from '@org/realtime-raw-ws/codec'
import { WebSocket } from 'ws'
import { sideBySide, type Work } from '../side-by-side.ts'

const [port = '', bytes = '100'] = process.argv.slice(2)
const url = `ws://127.0.0.1:${port}`

/** What every listener does with a message: the least that needs its payload. */
let sum = 0
const use = (payload: unknown): void => {
  sum += (payload as readonly unknown[]).length
}

/** Resolves `work` once as many messages have come as it has asked for. */
function counter(ask: (count: number) => void): {
  readonly work: Work
  readonly take: (payload: unknown) => void
} {
  let left = 0
  let done = (): void => {}
  return {
    work(count) {
      left = count
      ask(count)
      return new Promise((resolve) => {
        done = resolve
      })
    },
    take(payload) {
      use(payload)
      if (--left === 0) done()
    },
  }
}

const client = createRawWs({ url })
const ours = counter((count) => client.untyped('flood').publish('flood', { count, bytes: Number(bytes) }))
client.untyped('room').on('said', ours.take)
await client.connect()

const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false })
await once(socket, 'open')
const theirs = counter((count) =>
  socket.send(JSON.stringify({ t: 'pub', ch: 'flood', data: { count, bytes: Number(bytes) } })),
)
socket.on('message', (data: Buffer) => theirs.take(JSON.parse(data.toString()).data))

const measured = await sideBySide(ours.work, theirs.work)
console.log(JSON.stringify({ bytes: Number(bytes), ...measured, sum }))
socket.terminate()
await client.close()
