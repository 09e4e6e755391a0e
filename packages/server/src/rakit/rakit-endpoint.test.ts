import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startServer } from '../socket-test-setup.ts'

async function dial(port: number, protocols: string[] = []): Promise<{ socket: WebSocket; texts: string[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rakit`, protocols)
  const texts: string[] = []
  socket.on('message', (text) => texts.push(`${text}`))
  socket.on('error', () => {})
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return { socket, texts }
}

const codeOf = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0]

describe('/rakit', () => {
  it('never sends a close frame, whoever ends it', async () => {
    const { server, port } = await startServer()
    const [own, putOut, forbidden, rest] = [
      await dial(port),
      await dial(port),
      await dial(port),
      await dial(port),
    ]
    const codes = [own, putOut, forbidden, rest].map(({ socket }) => codeOf(socket))
    own.socket.close(1000)
    server.disconnect(server.connections()[1]?.id ?? '')
    forbidden.socket.send('\xff\xfe', { binary: true }, () => {})
    forbidden.socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
    await Promise.all(codes.slice(0, 3))
    await server.close()
    expect(await Promise.all(codes)).toEqual([1006, 1006, 1006, 1006])
  })

  it('answers with no header but those of the upgrade, and no subprotocol', async () => {
    const { port } = await startServer()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rakit`)
    onTestFinished(() => socket.terminate())
    const opened = once(socket, 'open')
    const [{ headers }] = await once(socket, 'upgrade')
    expect(Object.keys(headers)).toEqual(['upgrade', 'connection', 'sec-websocket-accept'])
    await opened
    const offering = new WebSocket(`ws://127.0.0.1:${port}/rakit`, ['chat'])
    await expect(once(offering, 'open')).rejects.toThrow('Server sent no subprotocol')
  })

  it('agrees on the first subprotocol that is offered and known', async () => {
    const { port } = await startServer({ rakit: { subprotocols: ['chat', 'json'] } })
    const { socket } = await dial(port, ['mqtt', 'json', 'chat'])
    expect(socket.protocol).toBe('json')
  })

  it('is served in production only when asked', async () => {
    const { url } = await startServer({ mode: 'production', authenticate: 'anonymous' })
    expect((await fetch(`${url}/rakit`)).status).toBe(404)
  })

  it('tells hooks and server of its clients', async () => {
    const { server, port } = await startServer()
    const { socket, texts } = await dial(port)
    socket.send('{"event":"subscribe","channel":"chat"}')
    socket.send('{"event":"message","channel":"chat","data":1}')
    while (texts.length < 3) await once(socket, 'message')
    const client = /#(\w+)/.exec(texts[0] ?? '')?.[1]
    expect(server.connections()).toMatchObject([{ endpoint: 'rakit', client, channels: ['chat'] }])
  })
})
