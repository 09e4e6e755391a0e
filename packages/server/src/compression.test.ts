import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from './socket-test-setup.ts'
import type { Endpoint } from './wire.ts'

const echo: Endpoint = {
  name: 'echo',
  accept: (wire) => ({ frame: (frame) => wire.send(frame), over() {} }),
}

async function dial(port: number, path = '/echo') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: { threshold: 0 } })
  onTestFinished(() => socket.terminate())
  let bytes = 0
  socket.once('upgrade', ({ socket: tcp }) =>
    tcp.on('data', (part: Buffer) => {
      bytes += part.length
    }),
  )
  await once(socket, 'open')
  return {
    socket,
    async ask(text: string) {
      const before = bytes
      socket.send(text)
      const [answer] = await once(socket, 'message')
      return { answer: `${answer}`, bytes: bytes - before }
    },
  }
}

const long = 'temperature '.repeat(1000)

describe('compression', () => {
  it('is off by default', async () => {
    const { port } = await startServer({ endpoints: { '/echo': echo } })
    const { socket, ask } = await dial(port)
    expect(socket.extensions).toBe('')
    expect((await ask(long)).bytes).toBeGreaterThan(long.length)
  })

  it('makes long messages short, and leaves short ones alone', async () => {
    const { port } = await startServer({
      endpoints: { '/echo': echo },
      compression: { minBytes: 100, windowBits: 10 },
    })
    const { socket, ask } = await dial(port)
    expect(socket.extensions).toBe('permessage-deflate')
    const heard = await ask(long)
    expect(heard.answer).toBe(long)
    expect(heard.bytes).toBeLessThan(1000)
    const short = 'x'.repeat(99)
    expect((await ask(short)).bytes).toBe(short.length + 2)
  })

  it('measures messages by what they become', async () => {
    const { port } = await startServer({
      endpoints: { '/echo': echo },
      compression: true,
      limits: { frameBytes: 4096 },
    })
    const { socket } = await dial(port)
    socket.send('x'.repeat(1_000_000))
    expect((await once(socket, 'close'))[0]).toBe(1009)
  })

  it('is not spoken by protocols that have none', async () => {
    const { port } = await startServer({ compression: true, rakit: true })
    expect((await dial(port, '/rakit')).socket.extensions).toBe('')
  })
})
