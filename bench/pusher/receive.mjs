/** CPU per received message in Node: ours beside bare `ws` and pusher-js, each in its own process, in turns. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { bundle } from '../bundle.mjs'
import { printTable } from '../table.mjs'

const ROUNDS = 7
const MOST_SPREAD = 0.2
const names = ['bare1', 'bare2', 'pusherjs', 'ours', 'latest', 'compat']

/** @type {readonly { what: string, ours: string, theirs: string, most?: number }[]} */
const rows = [
  { what: 'bare ws + two JSON.parse', ours: 'ours', theirs: 'bare2', most: 1.15 },
  { what: 'pusher-js', ours: 'ours', theirs: 'pusherjs', most: 0.4 },
  { what: 'rate latest 100 ms: bare ws + one JSON.parse', ours: 'latest', theirs: 'bare1', most: 1 },
  { what: 'compat: pusher-js', ours: 'compat', theirs: 'pusherjs' },
]

/** @param {number} bytes */
export async function receive(bytes) {
  const first = await measure(bytes)
  return first.some(({ spread, most, ratio }) => most !== undefined && ratio > most && spread > MOST_SPREAD)
    ? measure(bytes)
    : first
}

/** @param {number} bytes */
async function measure(bytes) {
  const peer = fork(await bundle('pusher/peer.ts'))
  const [{ port }] = await once(peer, 'message')
  const file = await bundle('pusher/contender.ts')
  const clients = new Map()
  for (const name of names) {
    const client = fork(file, [name, `${port}`])
    await once(client, 'message')
    clients.set(name, client)
  }
  /** @param {string} name @param {number} count @returns {Promise<number>} nanoseconds per message */
  const flood = async (name, count) => {
    const client = clients.get(name)
    client.send('go')
    await once(client, 'message')
    const done = once(client, 'message')
    peer.send({ client: name, count, bytes })
    const [{ cpuUs, heard }] = await done
    if (!heard) throw new Error(`${name} heard nothing`)
    return (cpuUs * 1000) / count
  }
  const count = bytes > 500 ? 40_000 : 80_000
  for (const name of names) await flood(name, count)
  /** @type {Map<string, number[]>} */
  const costs = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 ? [...names].reverse() : names
    for (const name of order) costs.get(name)?.push(await flood(name, count))
  }
  for (const client of clients.values()) client.kill()
  peer.kill()
  return rows.map(({ what, ours, theirs, most }) => {
    const mine = costs.get(ours) ?? []
    const other = costs.get(theirs) ?? []
    const ratios = mine.map((cost, round) => cost / (other[round] ?? Number.NaN)).sort((a, b) => a - b)
    const ratio = median(ratios)
    const spread = ((ratios.at(-1) ?? 0) - (ratios[0] ?? 0)) / ratio
    return { what, oursNs: median(mine), theirsNs: median(other), ratio, spread, most }
  })
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** @param {number} bytes */
export async function printReceive(bytes) {
  const figures = await receive(bytes)
  printTable(
    figures.map(({ what, oursNs, theirsNs, ratio, spread, most }) => ({
      [`${bytes} B, ours against`]: what,
      'ours ns': oursNs.toFixed(0),
      'theirs ns': theirsNs.toFixed(0),
      ratio: ratio.toFixed(2),
      spread: `${Math.round(spread * 100)} %`,
      budget: most === undefined ? '' : `<= ${most} ${ratio <= most ? 'met' : 'NOT met'}`,
    })),
  )
}
