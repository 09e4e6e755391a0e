import { expect, it } from 'vitest'
import { until } from '../until-test-setup.ts'
import { startNode } from './adapter-test-setup.ts'
import { createKeys } from './keys.ts'
import { type Admin, startCluster } from './masters-test-setup.ts'

const MOST_WAITING = 50
const CHANNELS = ['a', 'b', 'c', 'd', 'e', 'x{}%']

/** Which of the masters has the keys of a channel. */
async function ownerOf(admins: readonly Admin[], channel: string) {
  const slot = await (admins[0] as Admin).cluster('KEYSLOT', createKeys('realtime', 0).at(channel))
  const found = await Promise.all(admins.map((admin) => admin.cluster('COUNTKEYSINSLOT', slot)))
  return { slot, index: found.findIndex((count) => count > 0) }
}

/** Moves a slot as `redis-cli --cluster reshard` does, and stays in the middle of it for a while. */
async function moveSlot(admins: readonly Admin[], slot: number, from: number, to: number): Promise<void> {
  const [source, target] = [admins[from] as Admin, admins[to] as Admin]
  const [sourceId, targetId] = [await source.cluster('MYID'), await target.cluster('MYID')]
  await target.cluster('SETSLOT', slot, 'IMPORTING', `${sourceId}`)
  await source.cluster('SETSLOT', slot, 'MIGRATING', `${targetId}`)
  const keys = await source.cluster('GETKEYSINSLOT', slot, 100)
  for (const key of keys) await source.migrate('127.0.0.1', target.options.port as number, key, 0, 5000)
  for (const admin of admins) await admin.cluster('SETSLOT', slot, 'NODE', `${targetId}`)
}

it('keeps channels, members and nodes apart on three masters of a Redis Cluster, in order, and finds what is lost between them', async () => {
  const { admins, at } = await startCluster()
  const [a, b] = [await startNode(at), await startNode(at)]
  for (const channel of CHANNELS) for (const node of [a, b]) await node.follow(channel)
  for (let n = 1; n <= 20; n++)
    await Promise.all(CHANNELS.map((channel) => (n % 2 ? a : b).append(channel, `${n}`)))
  const numbers = Array.from({ length: 20 }, (_, n) => n + 1)
  for (const node of [a, b]) {
    await until(() => expect(node.heard).toHaveLength(20 * CHANNELS.length))
    for (const channel of CHANNELS) {
      const own = node.heard.filter((each) => (each as readonly string[])[1] === channel)
      expect(own).toEqual(numbers.map((n) => ['message', channel, n, `${n}`]))
    }
  }
  const owners = await Promise.all(CHANNELS.map(async (channel) => (await ownerOf(admins, channel)).index))
  expect(new Set(owners).size).toBe(3)
  const first = await a.append('a', 'once', 'id')
  expect(await b.append('a', 'once', 'id')).toEqual({ ...first, isRepeat: true })
  for (const channel of CHANNELS) await a.adapter.enter(channel, 's', { id: 'ann' })
  for (const channel of CHANNELS) expect(await b.adapter.members(channel)).toEqual([{ id: 'ann' }])
  await until(async () => expect(await a.adapter.ask('echo', 1)).toHaveLength(2))
  b.clients.set('there', [])
  expect(await a.adapter.direct('there', { event: 'e', payload: '1' })).toBe(true)
  // A message that is in its place, and was lost between the nodes of the cluster.
  const owner = admins[(await ownerOf(admins, 'b')).index] as Admin
  const [at20, log20] = createKeys('realtime', 0).log('b') as [string, string]
  const [[, fields]] = (await owner.xrevrange(log20, '+', '-', 'COUNT', 1)) as [[string, string[]]]
  await owner.hincrby(at20, 'off', 1)
  await owner.xadd(log20, '21-0', ...fields)
  await until(() => expect(b.heard.at(-1)).toEqual(['message', 'b', 21, '20']))
  await a.adapter.close()
  for (const channel of CHANNELS)
    await until(async () => expect(await b.adapter.members(channel)).toEqual([]))
  expect([a.crashes, b.crashes]).toEqual([[], []])
})

it('tells of a gap when a slot moves to another master, and loses no order and no member', async () => {
  const { admins, at } = await startCluster()
  const [a, b] = [await startNode(at), await startNode(at)]
  await b.follow('a')
  await b.adapter.enter('a', 's', { id: 'ben' })
  const { epoch } = await a.append('a', '1')
  const { slot, index } = await ownerOf(admins, 'a')
  let n = 1
  let isMoved = false
  const moving = moveSlot(admins, slot, index, (index + 1) % 3).then(() => {
    isMoved = true
  })
  const sending: Promise<unknown>[] = []
  while (!isMoved || n < 200) {
    sending.push(a.append('a', `${++n}`))
    await new Promise((resolve) => setImmediate(resolve))
    // They are sent one after the other: no more wait than there is time for.
    if (n % MOST_WAITING === 0) await sending.at(-MOST_WAITING)
  }
  await moving
  const results = await Promise.allSettled(sending)
  expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
  const last = await a.append('a', 'last')
  await until(() => expect(b.heard.at(-1)).toEqual(['message', 'a', last.off, 'last']))
  const heard = (b.heard as readonly [string, string, number, string][])
    .filter(([kind, , , text]) => kind === 'message' && text !== 'last')
    .map(([, , , text]) => Number(text))
  expect(last.epoch).not.toBe(epoch)
  expect(heard).toEqual([...heard].sort((one, two) => one - two))
  expect(heard).toEqual(Array.from({ length: n }, (_, index) => index + 1))
  expect(await a.adapter.members('a')).toEqual([{ id: 'ben' }])
  expect([a.crashes, b.crashes]).toEqual([[], []])
}, 60_000)

it('is back when a master is, whose channels begin anew, and tells what others have', async () => {
  const { members, admins, at, isWhole } = await startCluster()
  const [a, b] = [await startNode(at), await startNode(at)]
  for (const channel of CHANNELS) await b.follow(channel)
  const before = new Map<string, string>()
  for (const channel of CHANNELS) before.set(channel, (await a.append(channel, 'before')).epoch)
  const owners = new Map<string, number>()
  for (const channel of CHANNELS) owners.set(channel, (await ownerOf(admins, channel)).index)
  await until(() => expect(b.heard).toHaveLength(CHANNELS.length))
  const dead = owners.get('a') as number
  await members[dead]?.kill()
  await until(() => expect([a.adapter.isAway, b.adapter.isAway]).toEqual([true, true]))
  await members[dead]?.start()
  await isWhole()
  await until(() => expect([a.adapter.isAway, b.adapter.isAway]).toEqual([false, false]))
  for (const channel of CHANNELS) {
    const { epoch } = await until(() => a.append(channel, 'after'))
    expect([channel, epoch === before.get(channel)]).toEqual([channel, owners.get(channel) !== dead])
  }
  const heardOf = (channel: string) => b.heard.filter((each) => (each as readonly string[])[1] === channel)
  for (const channel of CHANNELS.filter((each) => owners.get(each) !== dead))
    await until(() =>
      expect(heardOf(channel)).toEqual([
        ['message', channel, 1, 'before'],
        ['message', channel, 2, 'after'],
      ]),
    )
  // What came first there may be known before its channel is listened to again; then it is part of the gap.
  for (const channel of CHANNELS.filter((each) => owners.get(each) === dead))
    await until(() => expect(heardOf(channel)[1]).toEqual(['moved', channel, expect.any(Number)]))
  for (const channel of CHANNELS) {
    const { off } = await a.append(channel, 'last')
    await until(() => expect(heardOf(channel).at(-1)).toEqual(['message', channel, off, 'last']))
  }
  expect([a.crashes, b.crashes]).toEqual([[], []])
}, 60_000)

it('goes on with a replica when its master is killed, in order, with another epoch', async () => {
  const { members, admins, at } = await startCluster({ replicas: 1 })
  const [a, b] = [await startNode(at), await startNode(at)]
  await b.follow('a')
  await b.adapter.enter('a', 's', { id: 'ben' })
  const before = await a.append('a', 'before')
  await until(() => expect(b.heard).toHaveLength(2))
  const { index } = await ownerOf(admins, 'a')
  await (admins[index] as Admin).wait(1, 0)
  await members[index]?.kill()
  await until(async () => expect((await a.append('a', 'after')).epoch).not.toBe(before.epoch))
  await until(async () => expect(await a.adapter.members('a')).toEqual([{ id: 'ben' }]))
  // One that comes before the node has found the new epoch is part of what is lost.
  await until(async () => {
    const last = await a.append('a', 'last')
    const isHeard = () => expect(b.heard.at(-1)).toEqual(['message', 'a', last.off, 'last'])
    await until(isHeard, { timeout: 3000 })
  })
  const [first, ...rest] = (b.heard as readonly unknown[][]).filter(
    ([kind]) => kind === 'message' || kind === 'moved',
  )
  expect(first).toEqual(['message', 'a', 1, 'before'])
  const offs = rest.map(([, , off]) => off as number)
  expect(offs).toEqual([...new Set(offs)].sort((one, two) => one - two))
  expect([a.crashes, b.crashes]).toEqual([[], []])
}, 60_000)
