import { describe, expect, it } from 'vitest'
import type { ServerOptions } from '../index.ts'
import { startRedis, startWire } from '../redis/redis-test-setup.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { until } from '../until-test-setup.ts'

const ROOM = 'presence-room'

async function startNodes(options: ServerOptions = {}) {
  const redis = await startRedis()
  const wire = await startWire(redis.port)
  const start = (port: number) =>
    startServer({ ...options, adapter: 'redis', redis: { port, leaseMs: 3000 } })
  return { wire, a: await start(wire.port), b: await start(redis.port) }
}

/** A client of one node, in the room. */
async function enter(port: number, hello: object = {}) {
  const guest = await dialRaw(port)
  const welcome = await guest.hello(hello)
  guest.send({ t: 'sub', chs: [{ ch: ROOM }] })
  await guest.next('subbed')
  return { ...guest, welcome, named: { session: welcome.session } }
}

describe('a session of another node', () => {
  it('goes on where its client comes to: with its id, its place, and what is sent to it alone', async () => {
    const { a, b } = await startNodes()
    const watcher = await enter(b.port)
    const before = await enter(a.port)
    await watcher.next('join')
    before.socket.terminate()
    const after = await enter(b.port, before.named)
    expect(after.welcome).toMatchObject({ client: before.welcome.client, resumed: true, ...before.named })
    await until(async () => expect(await a.server.send(after.welcome.client, 'said', 1)).toBe(true))
    expect(await after.next('direct')).toMatchObject({ ev: 'said', data: 1 })
    await a.server.publish(ROOM, 'last', 1)
    await watcher.next('msg')
    expect(watcher.frames.filter(({ t }) => t === 'join' || t === 'leave')).toHaveLength(1)
    expect([a.crashes, b.crashes]).toEqual([[], []])
  })

  it('goes on while the old connection lives, whose clean end then ends nothing', async () => {
    const { a, b } = await startNodes()
    const watcher = await enter(b.port)
    const old = await enter(a.port)
    await watcher.next('join')
    const next = await enter(b.port, old.named)
    old.send({ t: 'bye' })
    await old.ended
    await b.server.send(next.welcome.client, 'said', 1)
    await next.next('direct')
    next.socket.terminate()
    expect((await enter(a.port, old.named)).welcome).toMatchObject({
      client: old.welcome.client,
      resumed: true,
    })
    expect(watcher.frames.filter(({ t }) => t === 'join' || t === 'leave')).toHaveLength(1)
  })

  it('goes on when that node has died, or ends without a word to its clients', async () => {
    const { wire, a, b } = await startNodes()
    const [one, two] = [await enter(a.port), await enter(a.port)]
    wire.cut()
    one.socket.terminate()
    expect((await enter(b.port, one.named)).welcome).toMatchObject({
      client: one.welcome.client,
      resumed: true,
    })
    wire.join()
    await until(async () => expect((await fetch(`${a.url}/ready`)).status).toBe(200))
    await a.server.close()
    expect((await enter(b.port, two.named)).welcome).toMatchObject({
      client: two.welcome.client,
      resumed: true,
    })
  })

  it("is nobody else's, and over after a clean end", async () => {
    const authenticate = (token: string | undefined) => (token ? { id: token } : undefined)
    const { a, b } = await startNodes({ authenticate })
    const ann = await enter(a.port, { token: 'ann' })
    const ben = await enter(b.port, { token: 'ben', ...ann.named })
    expect(ben.welcome.resumed).toBe(false)
    expect((await enter(b.port, { token: 'ann', ...ann.named })).welcome.resumed).toBe(true)
    const cid = await enter(a.port, { token: 'cid' })
    cid.send({ t: 'bye' })
    await cid.ended
    // Redis answers when it has heard of the end.
    await a.server.publish(ROOM, 'after', 1)
    expect((await enter(b.port, { token: 'cid', ...cid.named })).welcome.resumed).toBe(false)
  })

  it('is over when its client was away for too long', async () => {
    const { a, b } = await startNodes({ times: { sessionMs: 300 } })
    const guest = await enter(a.port)
    guest.socket.terminate()
    await until(async () => expect(a.server.connections()).toEqual([]))
    await until(
      async () => {
        const other = await dialRaw(b.port)
        const { resumed } = await other.hello(guest.named)
        if (resumed) other.socket.terminate()
        expect(resumed).toBe(false)
      },
      { interval: 700 },
    )
  })

  it('begins anew while Redis is away', async () => {
    const { wire, a, b } = await startNodes()
    const guest = await enter(b.port)
    wire.cut()
    await until(async () => expect((await fetch(`${a.url}/ready`)).status).toBe(503))
    const other = await dialRaw(a.port)
    expect((await other.hello(guest.named)).resumed).toBe(false)
    expect(a.crashes).toEqual([])
  })
})
