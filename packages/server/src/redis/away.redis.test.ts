import { describe, expect, it } from 'vitest'
import { until } from '../until-test-setup.ts'
import { startNode } from './adapter-test-setup.ts'
import { DURABLE, startRedis } from './redis-test-setup.ts'

async function startOne() {
  const redis = await startRedis()
  return { redis, a: await startNode({ port: redis.port }) }
}

describe('without Redis', () => {
  it('says so once, and goes on with what nobody waits for', async () => {
    const { redis, a } = await startOne()
    await a.follow('x')
    await a.append('x', 'before')
    await until(() => expect(a.heard).toHaveLength(1))
    await redis.kill()
    await until(() => expect(a.adapter.isAway).toBe(true))
    await expect(a.append('x', 'lost')).rejects.toMatchObject({ code: 'store.away' })
    await a.adapter.tell('x', { event: 'e', payload: 'alone' })
    expect(a.heard.at(-1)).toEqual(['message', 'x', 1, 'alone'])
    await redis.start()
    await until(() => expect(a.adapter.isAway).toBe(false))
    await a.append('x', 'after')
    await until(() => expect(a.heard.at(-1)).toEqual(['message', 'x', 1, 'after']))
    expect(a.states.map(({ isAway }) => isAway)).toEqual([false, true, false])
    expect(a.crashes).toEqual([])
  })

  it('is up when Redis is, after a start without', async () => {
    const redis = await startRedis()
    await redis.kill()
    const node = await startNode({ port: redis.port })
    expect(node.states).toMatchObject([{ isAway: true, store: `127.0.0.1:${redis.port}` }])
    await redis.start()
    await until(() => expect(node.adapter.isAway).toBe(false))
    expect((await node.append('x')).off).toBe(1)
  })

  it('finds one that stands still', async () => {
    const redis = await startRedis()
    const node = await startNode({ port: redis.port, timeoutMs: 300 })
    redis.freeze()
    await until(() => expect(node.adapter.isAway).toBe(true))
    redis.thaw()
    await until(() => expect(node.adapter.isAway).toBe(false))
  })

  it('has members of this node, and all of them once it is back', async () => {
    const redis = await startRedis()
    const at = { port: redis.port, leaseMs: 3000 }
    const [a, b] = [await startNode(at), await startNode(at)]
    for (const node of [a, b]) await node.follow('x')
    await a.adapter.enter('x', 's1', { id: 'ann' })
    await b.adapter.enter('x', 's2', { id: 'ben' })
    await until(() => expect([a.heard.length, b.heard.length]).toEqual([2, 2]))
    await redis.kill()
    await until(() => expect([a.adapter.isAway, b.adapter.isAway]).toEqual([true, true]))
    expect(await a.adapter.enter('x', 's3', { id: 'cid' })).toMatchObject({ isNew: true })
    expect(await b.adapter.leave('x', 's2', 'ben')).toBe(true)
    await redis.start()
    const ids = async (node: typeof a) => (await node.adapter.members('x')).map(({ id }) => id).sort()
    await until(async () =>
      expect([await ids(a), await ids(b)]).toEqual([
        ['ann', 'cid'],
        ['ann', 'cid'],
      ]),
    )
    const changes = (node: typeof a) =>
      node.heard.slice(2).filter((change) => (change as readonly string[])[0] !== 'moved')
    await until(() => expect(changes(b)).toContainEqual(['joined', 'x', 'cid']))
    // Not before all nodes have had the time to come back.
    await until(() => expect(changes(a)).toHaveLength(2))
    expect(changes(a)).toEqual([
      ['joined', 'x', 'cid'],
      ['left', 'x', 'ben'],
    ])
  })
})

describe('a Redis that starts again', () => {
  it('counts channels anew, which whoever listens is told, because what came last may be lost', async () => {
    const { redis, a } = await startOne()
    const { epoch } = await a.append('x')
    await a.follow('x')
    await redis.kill()
    await redis.start()
    await until(() => expect(a.heard).toEqual([['moved', 'x', 0]]))
    expect((await a.append('x')).epoch).not.toBe(epoch)
  })

  it('goes on where it was when everything was on its disk first', async () => {
    const redis = await startRedis(DURABLE)
    const [a, b] = await Promise.all([startNode({ port: redis.port }), startNode({ port: redis.port })])
    await b?.follow('x')
    const first = await a?.append('x', 'one', 'id')
    await redis.kill()
    const areAway = () => [a?.adapter.isAway, b?.adapter.isAway]
    await until(() => expect(areAway()).toEqual([true, true]))
    await redis.start()
    await until(() => expect(areAway()).toEqual([false, false]))
    expect(await a?.append('x', 'one', 'id')).toEqual({ ...first, isRepeat: true })
    expect(await a?.append('x', 'two')).toMatchObject({ epoch: first?.epoch, off: 2 })
    await until(() => expect(b?.heard).toHaveLength(2))
    expect(b?.heard).toEqual([
      ['message', 'x', 1, 'one'],
      ['message', 'x', 2, 'two'],
    ])
  })
})
