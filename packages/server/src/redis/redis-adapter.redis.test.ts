import { describe, expect, it } from 'vitest'
import type { Position } from '../adapter.ts'
import { numbers } from '../ranges.ts'
import { until } from '../until-test-setup.ts'
import { startNode } from './adapter-test-setup.ts'
import { startRedis } from './redis-test-setup.ts'

async function startNodes(count: number, limits: Parameters<typeof startNode>[1] = {}) {
  const redis = await startRedis()
  const nodes = await Promise.all(
    Array.from({ length: count }, () => startNode({ port: redis.port }, limits)),
  )
  return { redis, nodes, a: nodes[0] as (typeof nodes)[0], b: nodes[1] ?? (nodes[0] as (typeof nodes)[0]) }
}

const missed = async (
  node: Awaited<ReturnType<typeof startNode>>,
  channel: string,
  epoch: string,
  off: number,
) => (await node.adapter.read(channel, { epoch, off })).missed?.map(({ off: own }) => own)

describe('a channel that nodes share', () => {
  it('has one order, which all nodes hear', async () => {
    const { a, b } = await startNodes(2)
    await Promise.all([a.follow('x'), b.follow('x')])
    const texts = Array.from({ length: 100 }, (_, n) => `${n}`)
    await Promise.all(texts.map((text, n) => (n % 2 ? a : b).append('x', text)))
    await until(() => expect([a.heard.length, b.heard.length]).toEqual([100, 100]))
    expect(a.heard).toEqual(b.heard)
    const heard = a.heard as readonly (readonly [string, string, number, string])[]
    expect(heard.map(([, , off]) => off)).toEqual(texts.map((_, n) => n + 1))
    expect(heard.map(([, , , text]) => text).sort()).toEqual([...texts].sort())
    // In order per publisher.
    const even = heard.map(([, , , text]) => Number(text)).filter((n) => n % 2 === 0)
    expect(even).toEqual([...even].sort((one, two) => one - two))
  })

  it('keeps text, bytes and nothing as they are, with all that belongs to a message', async () => {
    const { a, b } = await startNodes(2)
    const { epoch } = await a.append('x')
    const all = [
      { event: 'e ä\n', payload: '{"a":"\n"}', id: 'i', from: 'c', member: 'm' },
      { event: 'bytes', payload: Uint8Array.from([0, 10, 255]) },
      { event: 'none', payload: undefined },
    ]
    for (const message of all) await a.adapter.append('x', message)
    const { missed: found = [] } = await b.adapter.read('x', { epoch, off: 1 })
    expect(found.map(({ off, epoch: _, payload, ...rest }) => [off, rest, payload && [...payload]])).toEqual(
      all.map(({ payload, ...rest }, index) => [index + 2, rest, payload && [...payload]]),
    )
  })

  it('has the newest message of each key, also after it has begun anew', async () => {
    const { a, b } = await startNodes(2)
    const put = (key: string, payload: string, more: object = {}) =>
      a.adapter.append('x', { event: 'e', payload, key, ...more })
    const values = async () => {
      const found = (await b.adapter.values?.('x')) ?? []
      return found.map(({ key, payload }) => `${key} ${payload}`).sort()
    }
    await Promise.all(Array.from({ length: 300 }, (_, n) => put(`k${n}`, 'old')))
    for (let n = 2; n < 300; n++) await put(`k${n}`, '', { isRemoval: true })
    await put('k1', 'new')
    expect(await values()).toEqual(['k0 old', 'k1 new'])
    await a.adapter.restart('x')
    expect(await values()).toEqual(['k0 old', 'k1 new'])
    expect(await b.adapter.value?.('x', 'k1')).toMatchObject({ payload: 'new' })
    expect(await b.adapter.value?.('x', 'k2')).toBeUndefined()
  })

  it('takes a message instead of another one only while that is the newest of its key', async () => {
    const { a, b } = await startNodes(2)
    await a.follow('x')
    const put = (node: typeof a, payload: string, instead: Position | 'nothing') =>
      node.adapter.append('x', { event: 'e', payload, key: 'k', instead })
    const first = await put(a, '1', 'nothing')
    expect(await put(b, 'late', 'nothing')).toMatchObject({ isRepeat: true })
    expect(await put(b, '2', first)).toMatchObject({ isRepeat: false })
    expect(await put(a, 'late', first)).toMatchObject({ isRepeat: true })
    await a.append('x', 'end')
    await until(() => expect(a.heard.map((heard) => (heard as unknown[])[3])).toEqual(['1', '2', 'end']))
  })

  it('takes an id once, whichever node is asked', async () => {
    const { a, b } = await startNodes(2)
    await b.follow('x')
    const first = await a.append('x', 'one', 'id')
    expect(await b.append('x', 'one', 'id')).toEqual({ ...first, isRepeat: true })
    await a.append('x', 'two')
    await until(() => expect(b.heard).toHaveLength(2))
    expect(b.heard).toEqual([
      ['message', 'x', 1, 'one'],
      ['message', 'x', 2, 'two'],
    ])
  })

  it('keeps as many messages, bytes and ids as the limits say', async () => {
    const history = numbers('history', { messages: 2 })
    const { a } = await startNodes(1, { history, dedupe: numbers('dedupe', { ids: 2 }) })
    const { epoch } = await a.append('x', '1', 'one')
    for (const n of [2, 3, 4]) await a.append('x', `${n}`, `${n}`)
    expect([await missed(a, 'x', epoch, 2), await missed(a, 'x', epoch, 1)]).toEqual([[3, 4], undefined])
    expect([(await a.append('x', '4', '4')).isRepeat, (await a.append('x', '1', 'one')).isRepeat]).toEqual([
      true,
      false,
    ])
    const large = await startNodes(1, { history: numbers('history', { bytes: 1000 }) })
    const { epoch: other } = await large.a.append('x', 'y'.repeat(300))
    await large.a.append('x', 'y'.repeat(2000))
    expect([await missed(large.a, 'x', other, 2), await missed(large.a, 'x', other, 1)]).toEqual([
      [],
      undefined,
    ])
  })

  it('forgets messages of a certain age, and what came before one that is not kept', async () => {
    const { a } = await startNodes(1, { history: numbers('history', { ageMs: 1000 }) })
    const { epoch } = await a.append('x')
    await until(async () => expect(await missed(a, 'x', epoch, 0)).toBeUndefined())
    expect(await missed(a, 'x', epoch, 1)).toEqual([])
    await a.append('y')
    const { epoch: other, off } = await a.adapter.append('y', { event: 'e', payload: '', isKept: false })
    expect([off, await missed(a, 'y', other, 1), await missed(a, 'y', other, 2)]).toEqual([2, undefined, []])
  })

  it('starts anew and is evicted for all nodes', async () => {
    const { a, b } = await startNodes(2)
    await b.follow('x')
    const { epoch } = await a.append('x', 'one', 'id')
    await a.adapter.evict('x')
    expect(await missed(a, 'x', epoch, 0)).toBeUndefined()
    await a.adapter.restart('x')
    const again = await a.append('x', 'two', 'id')
    expect([again.off, again.isRepeat, again.epoch === epoch]).toEqual([1, false, false])
    await until(() => expect(b.heard).toHaveLength(3))
    expect(b.heard.slice(1)).toEqual([
      ['moved', 'x', 0],
      ['message', 'x', 1, 'two'],
    ])
  })

  it("is nobody else's: another prefix or database is another server", async () => {
    const redis = await startRedis()
    const [own, prefixed, other] = await Promise.all([
      startNode({ port: redis.port }),
      startNode({ port: redis.port, keyPrefix: 'staging' }),
      startNode({ url: `redis://127.0.0.1:${redis.port}/1` }),
    ])
    for (const node of [own, prefixed, other]) await node?.follow('x')
    for (const node of [own, prefixed, other]) expect((await node?.append('x'))?.off).toBe(1)
    for (const node of [own, prefixed, other]) await until(() => expect(node?.heard).toHaveLength(1))
  })
})

describe('members that nodes share', () => {
  it('are there once, however many hold them, on whichever node', async () => {
    const { a, b } = await startNodes(2)
    for (const node of [a, b]) await node.follow('x')
    const first = await a.adapter.enter('x', 's1', { id: 'ann', info: { n: 1 } })
    const second = await b.adapter.enter('x', 's2', { id: 'ann', info: { n: 1 } })
    expect([first?.isNew, second?.isNew, second?.members]).toEqual([
      true,
      false,
      [{ id: 'ann', info: { n: 1 } }],
    ])
    expect([await a.adapter.leave('x', 's1', 'ann'), await b.adapter.leave('x', 's2', 'ann')]).toEqual([
      false,
      true,
    ])
    await until(() => expect([a.heard.length, b.heard.length]).toEqual([2, 2]))
    expect([a.heard, b.heard]).toEqual(
      Array.from({ length: 2 }, () => [
        ['joined', 'x', 'ann'],
        ['left', 'x', 'ann'],
      ]),
    )
    expect(await a.adapter.members('x')).toEqual([])
  })

  it('have room for so many, and for so many bytes, on all nodes together', async () => {
    const { a, b } = await startNodes(2, { members: 3, membersBytes: 60 })
    const enter = async (node: typeof a, id: string, most?: number) =>
      (await node.adapter.enter('x', id, { id }, most))?.members.map(({ id: own }) => own)
    expect(await enter(a, 'a')).toEqual(['a'])
    expect(await enter(b, 'b')).toEqual(['a', 'b'])
    expect(await enter(b, 'c', 2)).toBeUndefined()
    expect(await enter(a, 'c'.repeat(40))).toBeUndefined()
    expect(await enter(a, 'c')).toEqual(['a', 'b', 'c'])
    expect(await enter(b, 'd')).toBeUndefined()
    await a.adapter.leave('x', 'a', 'a')
    expect(await enter(b, 'd')).toEqual(['b', 'c', 'd'])
  })

  it('are gone when their node has ended, and within its lease when it has died', async () => {
    const redis = await startRedis()
    const options = { port: redis.port, leaseMs: 3000 }
    const [stays, ends] = await Promise.all([startNode(options), startNode(options)])
    await stays?.follow('x')
    await ends?.adapter.enter('x', 's1', { id: 'ann' })
    await ends?.adapter.close()
    await until(() =>
      expect(stays?.heard).toEqual([
        ['joined', 'x', 'ann'],
        ['left', 'x', 'ann'],
      ]),
    )
  })
})

describe('another node', () => {
  it('is reached by the client that is there', async () => {
    const { a, b } = await startNodes(2)
    b.clients.set('there', [])
    const message = { event: 'e', payload: Uint8Array.from([1, 10, 2]), id: 'i' }
    expect([await a.adapter.direct('there', message), await a.adapter.direct('gone', message)]).toEqual([
      true,
      false,
    ])
    expect(b.clients.get('there')).toEqual([{ ...message, payload: Buffer.from([1, 10, 2]) }])
  })

  it('answers questions, after the one that asks', async () => {
    const { a, b } = await startNodes(3)
    b.clients.set('one', [])
    const [own, ...others] = await a.adapter.ask('echo', { n: 1 })
    expect(own).toEqual([0, { n: 1 }])
    expect(others).toHaveLength(2)
    expect(others).toContainEqual([1, { n: 1 }])
  })
})
