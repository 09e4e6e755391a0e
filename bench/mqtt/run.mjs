/**
 * MQTT beside mqtt-packet and MQTT.js: `node bench/mqtt/run.mjs`. CPU ratios never fail the process.
 */
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { printTable } from '../table.mjs'
import { compareClients } from './clients.mjs'

const MOST_SPREAD = 0.2

const file = await bundle('mqtt/codec-row.ts')
const { rows } = await child(file)
const table = []
for (let index = 0; index < rows; index++) {
  const first = await child(file, [`${index}`])
  table.push(toCells(first.spread > MOST_SPREAD ? await child(file, [`${index}`]) : first))
}
printTable(table)

printTable(await compareClients())

const { oursMs, theirsMs } = await child(await bundle('mqtt/resume.ts'))
const share = theirsMs / oursMs
printTable([
  {
    'resume with 200 in flight': 'each acknowledged after 10 ms',
    'ours ms': oursMs.toFixed(0),
    'MQTT.js ms': theirsMs.toFixed(0),
    ratio: share.toFixed(1),
    budget: `>= 20 ${share >= 20 ? 'met' : 'NOT met'}`,
  },
])

/** @param {{ name: string, budget?: number, oursNs: number, theirsNs: number, ratio: number, spread: number }} row */
function toCells({ name, budget, oursNs, theirsNs, ratio, spread }) {
  return {
    'ours against mqtt-packet': name,
    'ours ns': oursNs.toFixed(0),
    'theirs ns': theirsNs.toFixed(0),
    ratio: ratio.toFixed(2),
    spread: `${Math.round(spread * 100)} %`,
    budget: budget === undefined ? '' : `>= ${budget} ${ratio >= budget ? 'met' : 'NOT met'}`,
  }
}
