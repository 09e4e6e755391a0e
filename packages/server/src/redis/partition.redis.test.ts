import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../clock.ts'
import { until } from '../until-test-setup.ts'
import { type Node, startNode } from './adapter-test-setup.ts'
import { startRedis, startWire } from './redis-test-setup.ts'

const HOUR_MS = 3_600_000

/** What a node has heard, but for where it is now. */
const toldTo = ({ heard }: Node) =>
  (heard as readonly (readonly unknown[])[]).filter(([kind]) => kind !== 'moved')

it('a node whose network stands still is taken for dead, and neither loses nor doubles anything when it flows again', async () => {
  const redis = await startRedis()
  const wire = await startWire(redis.port)
  const at = { leaseMs: 3000, timeoutMs: 300 }
  const [near, far] = [
    await startNode({ ...at, port: redis.port }),
    await startNode({ ...at, port: wire.port }),
  ]
  for (const node of [near, far]) await node.follow('x')
  await far.adapter.enter('x', 's', { id: 'ann' })
  await far.append('x', 'before', 'id0')
  await until(() => expect([near.heard.length, far.heard.length]).toEqual([2, 2]))
  wire.stall()
  await expect(far.append('x', 'stuck', 'id1')).rejects.toMatchObject({ code: 'store.away' })
  expect(far.states.at(-1)).toMatchObject({ isAway: true })
  await near.append('x', 'meanwhile', 'id2')
  await until(() => expect(near.heard).toContainEqual(['left', 'x', 'ann']))
  wire.flow()
  await until(() => expect(near.heard.at(-1)).toEqual(['joined', 'x', 'ann']))
  // Its client sends again what was not acknowledged, which may have arrived late.
  await far.append('x', 'stuck', 'id1')
  await near.append('x', 'after', 'id3')
  for (const node of [near, far])
    await until(() => expect(node.heard.at(-1)).toEqual(['message', 'x', 4, 'after']))
  const texts = (node: Node) => toldTo(node).flatMap(([kind, , , text]) => (kind === 'message' ? [text] : []))
  expect(texts(near).sort()).toEqual(['after', 'before', 'meanwhile', 'stuck'])
  expect(texts(far)).toEqual(texts(near))
  expect(toldTo(far).filter(([kind]) => kind !== 'message')).toEqual([['joined', 'x', 'ann']])
  expect([near.crashes, far.crashes]).toEqual([[], []])
})

it('nodes whose clocks are hours apart agree about leases, members, order and ids', async () => {
  const redis = await startRedis()
  const wire = await startWire(redis.port)
  const shifted = (ms: number): Clock => ({
    ...systemClock,
    date: () => systemClock.date() + ms,
    now: () => systemClock.now() + ms,
  })
  const at = { port: redis.port, leaseMs: 3000 }
  const [early, late, dead] = [
    await startNode(at, {}, shifted(-HOUR_MS)),
    await startNode(at, {}, shifted(HOUR_MS)),
    await startNode({ ...at, port: wire.port }),
  ]
  for (const node of [early, late]) {
    await node.follow('x')
    await node.adapter.members('x')
  }
  await early.adapter.enter('x', 's1', { id: 'ann' })
  await late.adapter.enter('x', 's2', { id: 'ben' })
  await dead.adapter.enter('x', 's3', { id: 'cid' })
  const { epoch } = await early.append('x', 'one', 'id')
  expect((await late.append('x', 'one', 'id')).isRepeat).toBe(true)
  await late.append('x', 'two')
  await early.append('x', 'three')
  const { missed } = await late.adapter.read('x', { epoch, off: 0 })
  expect(missed?.map(({ payload }) => payload)).toEqual(['one', 'two', 'three'])
  wire.cut()
  // By then each of the others has been looked at as often as the one that is gone.
  for (const node of [early, late]) {
    await until(() => expect(node.heard.at(-1)).toEqual(['left', 'x', 'cid']))
    expect(toldTo(node)).toEqual([
      ['joined', 'x', 'ann'],
      ['joined', 'x', 'ben'],
      ['joined', 'x', 'cid'],
      ['message', 'x', 1, 'one'],
      ['message', 'x', 2, 'two'],
      ['message', 'x', 3, 'three'],
      ['left', 'x', 'cid'],
    ])
    expect(node.states).toMatchObject([{ isAway: false }])
  }
})

it('hears once what Redis tells twice', async () => {
  const redis = await startRedis()
  const [a, b] = [await startNode({ port: redis.port }), await startNode({ port: redis.port })]
  const [ear, mouth] = [new Redis({ port: redis.port }), new Redis({ port: redis.port })]
  onTestFinished(() => {
    for (const client of [ear, mouth]) client.disconnect()
  })
  const told = new Map<string, Promise<unknown>>()
  ear.on('pmessage', (_, name: string, body: string) => {
    if (!told.has(body)) told.set(body, mouth.publish(name, body))
  })
  const allTold = async (count: number): Promise<void> => {
    await until(() => expect(told.size).toBe(count))
    await Promise.all(told.values())
  }
  await ear.psubscribe('realtime:0:channel:*')
  for (const node of [a, b]) {
    await node.follow('x')
    await node.adapter.members('x')
  }
  for (const text of ['one', 'two', 'three']) await a.append('x', text)
  // A node knows who has entered by it when Redis answers, which may be before it hears what came earlier.
  await until(() => expect(b.heard).toContainEqual(['message', 'x', 3, 'three']))
  await b.adapter.enter('x', 's', { id: 'ann' })
  await b.adapter.leave('x', 's', 'ann')
  await allTold(5)
  // What was told again is heard before this.
  await a.append('x', 'last')
  for (const node of [a, b]) {
    await until(() => expect(node.heard).toContainEqual(['message', 'x', 4, 'last']))
    expect(toldTo(node)).toEqual([
      ['message', 'x', 1, 'one'],
      ['message', 'x', 2, 'two'],
      ['message', 'x', 3, 'three'],
      ['joined', 'x', 'ann'],
      ['left', 'x', 'ann'],
      ['message', 'x', 4, 'last'],
    ])
  }
  await allTold(6)
})
