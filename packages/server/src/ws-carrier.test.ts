import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ServerOptions } from './options.ts'
import type { Server } from './server.ts'
import { dialRaw, type RawSocket, startServer } from './socket-test-setup.ts'
import { OwnedSocket, WsCarrier } from './ws-carrier.ts'

/** A guest of the channel `a`, and how often the server has written while `send` ran and its turn ended. */
async function writesOf(
  send: (server: Server) => void,
  options?: ServerOptions,
): Promise<{ guest: RawSocket; writes: number }> {
  const { server, port } = await startServer(options)
  const guest = await dialRaw(port)
  await guest.hello()
  guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
  await guest.next('subbed')
  // What Node's sockets do is written by one of these two.
  const whole = vi.spyOn(Socket.prototype, '_writev' as 'write')
  const single = vi.spyOn(Socket.prototype, '_write' as 'write')
  onTestFinished(() => {
    whole.mockRestore()
    single.mockRestore()
  })
  send(server)
  await new Promise(setImmediate)
  return { guest, writes: whole.mock.calls.length + single.mock.calls.length }
}

const publish =
  (count: number, bytes: number) =>
  (server: Server): void => {
    for (let n = 0; n < count; n++) void server.publish('a', 'x', `${n} `.padEnd(bytes, '.'))
  }

/** Waits until all have come, in order. */
const heard = (guest: RawSocket, count: number): Promise<void> =>
  vi.waitFor(() => {
    const all = guest.frames.flatMap((frame) =>
      frame.t === 'msg' ? [Number.parseInt(`${frame.data}`, 10)] : [],
    )
    expect(all).toEqual(Array.from({ length: count }, (_, n) => n))
  }, 25_000)

describe('what is sent to one socket in one turn', () => {
  it('is written by two calls of the system, in order', async () => {
    const { guest, writes } = await writesOf(publish(50, 100))
    expect(writes).toBe(2)
    await heard(guest, 50)
  })

  it('is written by more when it is much', async () => {
    const { guest, writes } = await writesOf(publish(400, 1000))
    expect(writes).toBeGreaterThanOrEqual(6)
    expect(writes).toBeLessThan(20)
    await heard(guest, 400)
  })

  it.each([
    ['close', { limits: { bufferBytes: 16_384 } }],
    ['drop', { limits: { bufferBytes: 100_000 }, slowConsumer: 'drop' as const }],
  ])('makes nobody slow who reads, whom the server would %s', async (_, options) => {
    const { guest } = await writesOf(publish(100, 1000), options)
    await heard(guest, 100)
  })

  it('has left when its endpoint ends the socket without a word', async () => {
    const http = createServer()
    const sockets = new WebSocketServer({ noServer: true, WebSocket: OwnedSocket })
    http.on('upgrade', (request, stream, head) =>
      sockets.handleUpgrade(request, stream, head, (opened) => {
        const carrier = new WsCarrier(opened, stream, 'cut')
        for (const text of ['a', 'b', 'c']) carrier.send(text)
        carrier.close(1000, '')
      }),
    )
    onTestFinished(() => void http.close())
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
    const got: string[] = []
    client.on('message', (data) => got.push(`${data}`))
    await once(client, 'close')
    expect(got).toEqual(['a', 'b', 'c'])
  })

  it('has left when the socket is cut in that turn', async () => {
    const { guest } = await writesOf((server) => {
      publish(3, 10)(server)
      server.faults.add({ at: 'now', do: 'cut' })
    })
    await guest.ended
    await heard(guest, 3)
  })
})
