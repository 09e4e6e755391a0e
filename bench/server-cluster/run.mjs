/**
 * Two nodes and one Redis on loopback beside one server alone: `node bench/server-cluster/run.mjs`. Needs
 * redis-server, and `ulimit -n` of 11,000 or more. Fails when an event is lost, doubled or out of order, or when
 * the other node hears a message later than the ratio allows.
 */
import { loadavg } from 'node:os'
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { gather, median, start, verdict, wantFiles } from '../server/processes.mjs'
import { printTable } from '../table.mjs'
import { startRedis } from './redis.mjs'

const SOCKETS = 10_000
const CHANNELS = 100
const MESSAGES = 2000
const MOST_RATIO = 3
/** Messages to every channel in one round. */
const BURST = 4
const ROUNDS = 5

wantFiles(SOCKETS + 1000)
const loadBefore = loadavg()[0]?.toFixed(1)
const node = await bundle('server-cluster/node.ts')
const redis = await startRedis()
try {
  await measureLatency()
  await checkOrder()
  await measureSockets()
} finally {
  await redis.stop()
}
console.log(`\nLoad of the machine: ${loadBefore} before, ${loadavg()[0]?.toFixed(1)} after`)

async function measureLatency() {
  const nodes = await startAll(redis.port, redis.port, '')
  const file = await bundle('server-cluster/latency.ts')
  const times = await child(file, [...nodes.map(({ port }) => `${port}`), `${MESSAGES}`])
  for (const each of nodes) each.stop()
  const names = { same: 'the same of two nodes', cross: 'the other of two nodes', alone: 'one server alone' }
  const same = median(times.same)
  printTable(
    Object.entries(names).map(([name, title]) => ({
      'published and heard at': title,
      'median us': micros(median(times[name])),
      'p99 us': micros(percentile(times[name], 0.99)),
      'median x same': (median(times[name]) / same).toFixed(2),
    })),
  )
  const ratio = median(times.cross) / same
  console.log(
    `\nThe other node against the same: ${ratio.toFixed(2)} x (<= ${MOST_RATIO} ${verdict(ratio <= MOST_RATIO)})\n`,
  )
  if (ratio > MOST_RATIO) process.exitCode = 1
}

async function checkOrder() {
  const nodes = await startAll(redis.port, redis.port)
  const { clients, events, faults } = await child(
    await bundle('server-cluster/order.ts'),
    nodes.map(({ port }) => `${port}`),
  )
  for (const each of nodes) each.stop()
  const isGood = Object.values(faults).every((count) => count === 0)
  console.log(
    `${events} events to ${clients} clients: ${isGood ? 'each once and in order' : JSON.stringify(faults)}\n`,
  )
  if (!isGood) process.exitCode = 1
}

async function measureSockets() {
  const crowds = [
    await gatherAll('one server alone', ['']),
    await gatherAll('two nodes', [redis.port, redis.port]),
  ]
  /** @type {{ cpuUs: number, redisUs: number }[][]} */
  const rounds = crowds.map(() => [])
  for (let round = -1; round < ROUNDS; round++)
    for (const [index, crowd] of crowds.entries()) {
      const cost = await crowd.burst()
      // The first one warms up.
      if (round >= 0) rounds[index]?.push(cost)
    }
  for (const crowd of crowds) crowd.stop()
  const costs = rounds.map((all) => ({
    cpuUs: median(all.map(({ cpuUs }) => cpuUs)),
    redisUs: median(all.map(({ redisUs }) => redisUs)),
  }))
  printTable(
    crowds.map(({ title, hasRedis, rss, heap }, index) => ({
      [`${SOCKETS} sockets, ${CHANNELS} presence channels`]: title,
      'RSS B per socket': Math.round(rss),
      'heap B per socket': Math.round(heap),
      'CPU us per delivery': costs[index]?.cpuUs.toFixed(2) ?? '',
      'Redis CPU us': hasRedis ? (costs[index]?.redisUs.toFixed(2) ?? '') : '',
    })),
  )
}

/** @param {string} title @param {readonly (number | '')[]} redisPorts */
async function gatherAll(title, redisPorts) {
  const nodes = await startAll(...redisPorts)
  const before = await ask(nodes, { do: 'memory' })
  /** @type {Awaited<ReturnType<typeof gather>>[]} */
  const crowds = []
  for (const { port } of nodes) crowds.push(await gather(port, 'presence', SOCKETS / nodes.length))
  const after = await ask(nodes, { do: 'memory' })
  const perSocket = (/** @type {'rss' | 'heap'} */ key) =>
    (sum(after.map((memory) => memory[key])) - sum(before.map((memory) => memory[key]))) / SOCKETS
  const cpuMs = async () => sum((await ask(nodes, { do: 'cpu' })).map((answer) => answer.cpuMs))
  let told = 0
  return {
    title,
    hasRedis: redisPorts.some(Boolean),
    rss: perSocket('rss'),
    heap: perSocket('heap'),
    /** Each node publishes to its share of the channels, one message a turn, until everybody has all of them. */
    async burst() {
      const [before, redisBefore] = [await cpuMs(), await redis.cpuMs()]
      await ask(nodes, { do: 'burst', count: (BURST * CHANNELS) / nodes.length })
      told += BURST * SOCKETS
      for (const listeners of crowds) await listeners.hasReceived(told / nodes.length)
      const perDelivery = (/** @type {number} */ ms) => (ms * 1000) / (BURST * SOCKETS)
      return {
        cpuUs: perDelivery((await cpuMs()) - before),
        redisUs: perDelivery((await redis.cpuMs()) - redisBefore),
      }
    },
    stop() {
      for (const each of [...crowds, ...nodes]) each.stop()
    },
  }
}

/** @param {readonly (number | '')[]} redisPorts the Redis of each, none for one alone */
async function startAll(...redisPorts) {
  const nodes = []
  for (const port of redisPorts) nodes.push(await start(node, [`${port}`, `${CHANNELS}`]))
  return nodes
}

/** @param {Awaited<ReturnType<typeof startAll>>} nodes @param {object} order */
function ask(nodes, order) {
  return Promise.all(nodes.map((each) => each.ask(order)))
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0)
}

/** @param {number} ms */
function micros(ms) {
  return Math.round(ms * 1000)
}

/** @param {readonly number[]} numbers @param {number} share */
function percentile(numbers, share) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)] ?? Number.NaN
}
