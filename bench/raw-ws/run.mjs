/**
 * What it costs a client to receive a message of the raw-ws envelope, against a bare `ws` that parses the same
 * frames: `node bench/raw-ws/run.mjs`. The server is a process of its own. CPU ratios never fail the process.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { printTable } from '../table.mjs'

const MOST_SPREAD = 0.2
const MOST_RATIO = 1.15

const client = await bundle('raw-ws/receive.ts')
const server = spawn(process.execPath, [await bundle('raw-ws/server.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const [port] = await once(server.stdout, 'data')
  const table = []
  for (const bytes of [100, 1000]) {
    const args = [`${port}`.trim(), `${bytes}`]
    const first = await child(client, args)
    table.push(toCells(first.spread > MOST_SPREAD ? await child(client, args) : first))
  }
  printTable(table)
} finally {
  server.kill()
}

/** @param {{ bytes: number, oursNs: number, theirsNs: number, ratio: number, spread: number }} row */
function toCells({ bytes, oursNs, theirsNs, ratio, spread }) {
  return {
    'CPU per received message': `payload of ${bytes} B`,
    'ours ns': oursNs.toFixed(0),
    'bare ws + JSON.parse ns': theirsNs.toFixed(0),
    'ours / bare': (1 / ratio).toFixed(2),
    spread: `${Math.round(spread * 100)} %`,
    budget: `<= ${MOST_RATIO} ${1 / ratio <= MOST_RATIO ? 'met' : 'NOT met'}`,
  }
}
