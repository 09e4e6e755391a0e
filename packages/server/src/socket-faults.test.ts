import { once } from 'node:events'
import { encode } from '@org/realtime-mqtt/codec'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { dialTcp, upgradeRequest } from './tcp-test-setup.ts'

describe('faults of the upgrade', () => {
  it('stalls it until the rule ends, and refuses it with any status', async () => {
    const { port, server } = await startServer()
    const remove = server.faults.add({ at: 'upgrade', endpoint: 'raw', times: 1, do: 'stall' })
    const stalled = await dialTcp(port)
    stalled.write(upgradeRequest())
    const other = await dialRaw(port)
    await other.hello()
    expect(stalled.text).toBe('')
    remove()
    await stalled.until('101 Switching Protocols')
    server.faults.add({ at: 'upgrade', do: 'refuse', status: 429 })
    const refused = await dialTcp(port)
    refused.write(upgradeRequest())
    await refused.closed
    expect(refused.text).toMatch(/^HTTP\/1\.1 429 Too Many Requests/)
  })

  it('lets a stalled upgrade go on after its time', async () => {
    const { port, server } = await startServer()
    server.faults.add({ at: 'upgrade', do: 'stall', forMs: 50 })
    await (await dialRaw(port)).hello()
  })
})

describe('a socket that is treated badly', () => {
  const join = async (port: number) => {
    const guest = await dialRaw(port)
    await guest.hello()
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await guest.next('subbed')
    return guest
  }

  it('stays open while nothing is written to it, and gets everything afterwards', async () => {
    const { port, server } = await startServer()
    const [frozen, other] = [await join(port), await join(port)]
    const [{ id = '' } = {}] = server.connections()
    const remove = server.faults.add({ at: 'now', connection: id, do: 'freeze' })
    for (const n of [1, 2]) await server.publish('a', 'x', n)
    await other.next('msg')
    frozen.send({ t: 'ping' })
    other.send({ t: 'ping' })
    await other.next('pong')
    expect([frozen.frames.length, frozen.socket.readyState]).toEqual([2, WebSocket.OPEN])
    remove()
    await frozen.next('pong')
    expect(frozen.frames.map(({ t }) => t)).toEqual(['welcome', 'subbed', 'msg', 'msg', 'pong'])
  })

  it('is cut without a close frame', async () => {
    const { port, server } = await startServer()
    const guest = await join(port)
    server.faults.add({ at: 'now', do: 'cut' })
    expect(await guest.ended).toMatchObject({ code: 1006 })
  })

  it('is closed as soon as it answers, also while it is not read from', async () => {
    const { server, port } = await startServer({
      authenticate: async () => undefined,
      times: { closeMs: 60_000 },
    })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, ['mqtt'])
    onTestFinished(() => socket.terminate())
    await once(socket, 'open')
    const connect = { type: 'connect', level: 5, clientId: 'c', clean: true, keepAlive: 0 } as const
    socket.send(encode({ ...connect, username: 'wrong' }, 5))
    const [code] = await once(socket, 'close')
    expect([code, server.connections()]).toEqual([1008, []])
  })

  it('is ended when it reads nothing, and keeps nobody else waiting', async () => {
    const { port, server } = await startServer({ limits: { bufferBytes: 65_536 }, times: { closeMs: 100 } })
    const [slow, other] = [await join(port), await join(port)]
    slow.socket.pause()
    const rounds = 200
    for (let n = 0; n < rounds; n++) {
      await server.publish('a', 'x', 'y'.repeat(100_000))
      await other.next('msg')
    }
    expect(server.connections()).toHaveLength(1)
    expect(other.frames.filter(({ t }) => t === 'msg')).toHaveLength(rounds)
    slow.socket.resume()
    expect([4005, 1006]).toContain((await slow.ended).code)
  })
})
