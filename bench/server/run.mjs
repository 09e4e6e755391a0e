/**
 * Memory of idle sockets, and the cost of a fan-out, beside a bare `ws` server: `node bench/server/run.mjs`.
 * Every server and every crowd of clients is a process of its own, on loopback; each holds at most 10,000
 * sockets, so `ulimit -n` must be 11,000 or more. Ratios never fail the process.
 */
import { bundle } from '../bundle.mjs'
import { printTable } from '../table.mjs'
import { gather, median, start, verdict, wantFiles } from './processes.mjs'

const IDLE = 10_000
/** To many sockets one after the other, and to few of them many at once. */
const fanOuts = [
  { subscribers: 5000, count: 20, together: 1 },
  { subscribers: 100, count: 4000, together: 50 },
]
const ROUNDS = 7
const PAYLOAD_BYTES = 100
const MOST_SPREAD = 0.2

wantFiles(IDLE + 1000)

const servers = { ours: await bundle('server/ours.ts'), bare: await bundle('server/bare.ts') }

await measureMemory()
const rows = []
for (const fanOut of fanOuts) {
  const result = await measureFanOut(fanOut)
  rows.push(toRow(fanOut, result.spread > MOST_SPREAD ? await measureFanOut(fanOut) : result))
}
printTable(rows)

async function measureMemory() {
  const rows = []
  for (let round = 0; round < 3; round++) {
    const bare = await perSocket('bare', 'bare')
    const ours = await perSocket('ours', 'idle')
    rows.push({ bare, ours, rss: ours.rss / bare.rss, heap: ours.heap / bare.heap })
  }
  const ratio = median(rows.map(({ rss }) => rss))
  printTable(
    rows.map(({ bare, ours, rss, heap }, index) => ({
      [`${IDLE} idle sockets`]: `round ${index + 1}`,
      'bare RSS B': Math.round(bare.rss),
      'ours RSS B': Math.round(ours.rss),
      'ratio RSS': rss.toFixed(2),
      'bare heap B': Math.round(bare.heap),
      'ours heap B': Math.round(ours.heap),
      'ratio heap': heap.toFixed(2),
    })),
  )
  console.log(
    `\nRSS per idle socket, median: ${ratio.toFixed(2)} x bare ws (<= 1.6 ${verdict(ratio <= 1.6)})\n`,
  )
}

/** @param {'ours' | 'bare'} name @param {string} kind */
async function perSocket(name, kind) {
  const server = await start(servers[name], [])
  const before = await server.ask({ do: 'memory' })
  const crowd = await gather(server.port, kind, IDLE)
  const after = await server.ask({ do: 'memory' })
  crowd.stop()
  server.stop()
  return { rss: (after.rss - before.rss) / IDLE, heap: (after.heap - before.heap) / IDLE }
}

/** @param {typeof fanOuts[number]} fanOut */
async function measureFanOut({ subscribers, count, together }) {
  const payload = 'x'.repeat(PAYLOAD_BYTES)
  // As long as the frame that ours makes of it.
  const frame = JSON.stringify({ t: 'msg', ch: 'all', off: 1000, ev: 'message', data: payload })
  const bare = await start(servers.bare, [frame])
  const ours = await start(servers.ours, [payload])
  const crowds = [
    await gather(bare.port, 'bare', subscribers),
    await gather(ours.port, 'joined', subscribers),
  ]
  /** @param {{ cpuMs: number }} burst */
  const perSecond = ({ cpuMs }) => (subscribers * count * 1000) / cpuMs
  const rows = []
  for (let round = -1; round < ROUNDS; round++) {
    const theirs = await bare.ask({ do: 'burst', count, together })
    const mine = await ours.ask({ do: 'burst', count, together })
    // The first one warms up.
    if (round >= 0) rows.push({ theirs: perSecond(theirs), mine: perSecond(mine) })
  }
  for (const crowd of crowds) await crowd.hasReceived(subscribers * count * (ROUNDS + 1))
  for (const each of [...crowds, bare, ours]) each.stop()
  const ratios = rows.map(({ theirs, mine }) => mine / theirs)
  const ratio = median(ratios)
  return {
    theirs: median(rows.map(({ theirs }) => theirs)),
    mine: median(rows.map(({ mine }) => mine)),
    ratio,
    spread: (Math.max(...ratios) - Math.min(...ratios)) / ratio,
  }
}

/** @param {typeof fanOuts[number]} fanOut @param {Awaited<ReturnType<typeof measureFanOut>>} result */
function toRow({ subscribers, together }, { theirs, mine, ratio, spread }) {
  return {
    [`${PAYLOAD_BYTES} B to`]: `${subscribers} sockets, ${together} at once`,
    'bare, per CPU s': Math.round(theirs),
    'ours, per CPU s': Math.round(mine),
    ratio: ratio.toFixed(2),
    spread: `${Math.round(spread * 100)} %`,
    budget: `>= 0.8 ${verdict(ratio >= 0.8)}`,
  }
}
