/**
 * Our broker beside aedes, over TCP with MQTT 3.1.1: `node bench/server-mqtt/run.mjs`. Each broker is a process of its
 * own, the clients are another; rounds take turns. CPU of the broker per message that is delivered, and messages per
 * second. Ratios never fail the process.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { bundle } from '../bundle.mjs'
import { printTable } from '../table.mjs'

const ROUNDS = 7
const rows = [
  { name: 'QoS 0, 1 to 50', kind: 'qos0', subscribers: 50, publishers: 1, count: 4000 },
  { name: 'QoS 0, 1 to 1', kind: 'qos0', subscribers: 1, publishers: 1, count: 100_000 },
  { name: 'QoS 1, 10 to 1', kind: 'qos1', subscribers: 1, publishers: 10, count: 30_000 },
  { name: 'QoS 1, 1 to 10', kind: 'qos1', subscribers: 10, publishers: 1, count: 5000 },
]

const file = await bundle('server-mqtt/broker.ts')
const load = await bundle('server-mqtt/load.ts')
const brokers = { ours: await start('ours'), aedes: await start('aedes') }
const table = []
for (const row of rows) table.push({ 'ours against aedes': `${row.name}, 100 B`, ...(await compare(row)) })
for (const { stop } of Object.values(brokers)) stop()
printTable(table)

/** @param {typeof rows[number]} row */
async function compare(row) {
  const rounds = []
  // The first one warms up.
  for (let round = -1; round < ROUNDS; round++) {
    /** @type {readonly ('ours' | 'aedes')[]} */
    const order = round % 2 ? ['ours', 'aedes'] : ['aedes', 'ours']
    /** @type {Record<string, { us: number, perSecond: number }>} */
    const results = {}
    for (const name of order) results[name] = await measure(name, row)
    const [ours, theirs] = [results['ours'], results['aedes']]
    if (round >= 0 && ours && theirs) rounds.push({ ours, theirs })
  }
  const ratios = rounds.map(({ ours, theirs }) => theirs.us / ours.us).sort((a, b) => a - b)
  const ratio = median(ratios)
  const speed = median(rounds.map(({ ours, theirs }) => ours.perSecond / theirs.perSecond))
  return {
    'ours us': median(rounds.map(({ ours }) => ours.us)).toFixed(2),
    'theirs us': median(rounds.map(({ theirs }) => theirs.us)).toFixed(2),
    ratio: ratio.toFixed(2),
    spread: `${Math.round((((ratios.at(-1) ?? 0) - (ratios[0] ?? 0)) / ratio) * 100)} %`,
    'messages/s, ratio': speed.toFixed(2),
    budget: `>= 1 ${ratio >= 1 && speed >= 1 ? 'met' : 'NOT met'}`,
  }
}

/** @param {'ours' | 'aedes'} name @param {typeof rows[number]} row */
async function measure(name, { kind, subscribers, publishers, count }) {
  const broker = brokers[name]
  const before = await broker.cpuMs()
  const clients = fork(load, [`${broker.port}`, kind, `${subscribers}`, `${publishers}`, `${count}`, '100'])
  const [{ messages, ms }] = await once(clients, 'message')
  const after = await broker.cpuMs()
  return { us: ((after - before) * 1000) / messages, perSecond: (messages / ms) * 1000 }
}

/** @param {string} name */
async function start(name) {
  const child = fork(file, [name])
  const [{ port }] = await once(child, 'message')
  return {
    port,
    async cpuMs() {
      child.send({})
      const [{ cpuMs }] = await once(child, 'message')
      return cpuMs
    },
    stop: () => child.kill(),
  }
}

/** @param {readonly number[]} values @returns {number} */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
