import { once } from 'node:events'
import { createServer as createTcp } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createServer } from './index.ts'
import { dialRaw, startServer } from './socket-test-setup.ts'

describe('createServer', () => {
  it('carries a message from one client to another', async () => {
    const { port } = await startServer()
    const [one, other] = [await dialRaw(port), await dialRaw(port)]
    await one.hello()
    const { client } = await other.hello()
    one.send({ t: 'sub', chs: [{ ch: 'chat' }] })
    await one.next('subbed')
    other.send({ t: 'pub', id: 'p1', ch: 'chat', ev: 'said', data: { text: 'ä' }, ack: true })
    expect(await other.next('ack')).toEqual({ t: 'ack', id: 'p1', off: 1 })
    const msg = { t: 'msg', ch: 'chat', off: 1, ev: 'said', id: 'p1', from: client, data: { text: 'ä' } }
    expect(await one.next('msg')).toEqual(msg)
  })

  it('answers liveness, readiness, usage and what is an endpoint in plain HTTP', async () => {
    const { url } = await startServer()
    const statusOf = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status
    const paths = ['/', '/up', '/health', '/ready', '/accept-traffic', '/usage', '/raw', '/nothing']
    expect(await Promise.all(paths.map((path) => statusOf(path)))).toEqual([
      200, 200, 200, 200, 200, 200, 426, 404,
    ])
    expect([await statusOf('/up', 'POST'), await statusOf('/up', 'HEAD')]).toEqual([405, 200])
  })

  it('names the port that is in use', async () => {
    const other = createTcp().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const listening = createServer({ mode: 'development', port }).listen()
    await expect(listening).rejects.toMatchObject({
      code: 'listen.failed',
      details: { port, reason: 'EADDRINUSE' },
    })
    other.close()
  })

  it('names an option that is out of its range', () => {
    expect(() => createServer({ mode: 'development', port: 70_000 })).toThrow(
      'Option port must be a number from 0 to 65535',
    )
    expect(() => createServer({ mode: 'development', limits: { joins: 0 } })).toThrow(
      'Option limits.joins must be',
    )
    expect(() => createServer()).toThrow('Option authenticate must be')
  })
})
