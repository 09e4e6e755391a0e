/**
 * 10,000 clients lose their connection together, the server refuses for 60 s and then accepts, with 20 seeds:
 * `node bench/herd/run.mjs`. Ours are whole clients on a fake clock, the others what their sources wait.
 * Fails when ours miss a budget.
 */
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { printTable } from '../table.mjs'

/** @typedef {Record<'meanPeak' | 'worstPeak' | 'onsetPeak' | 'p50Ms' | 'p99Ms' | 'dialsPerClient' | 'gaveUp', number>} Figures */

/** @type {readonly { figure: keyof Figures, most: number, print: (value: number) => string }[]} */
const budgets = [
  { figure: 'meanPeak', most: 0.014, print: percent },
  { figure: 'worstPeak', most: 0.016, print: percent },
  { figure: 'p50Ms', most: 6500, print: seconds },
  { figure: 'gaveUp', most: 0, print: percent },
  { figure: 'onsetPeak', most: 0.12, print: percent },
]

// Two million errors are made on the way, and nobody looks at their stacks.
const nodeFlags = ['--stack-trace-limit=0', '--max-semi-space-size=64']

const { rows } = await child(await bundle('herd/seeds.ts'), [], nodeFlags)
printTable(rows.map(toCells))
const [ours] = rows
for (const { figure, most, print } of budgets) {
  const isMet = ours[figure] <= most
  if (!isMet) process.exitCode = 1
  console.log(
    `${figure} of ours: ${print(ours[figure])}, budget <= ${print(most)}: ${isMet ? 'met' : 'NOT met'}`,
  )
}

/** @param {Figures & { name: string }} row */
function toCells(row) {
  return {
    client: row.name,
    'peak mean': percent(row.meanPeak),
    'peak worst': percent(row.worstPeak),
    p50: seconds(row.p50Ms),
    p99: seconds(row.p99Ms),
    'dials per client': row.dialsPerClient.toFixed(1),
    'gave up': percent(row.gaveUp),
    'peak at onset': percent(row.onsetPeak),
  }
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(2)} %`
}

/** @param {number | null} ms */
function seconds(ms) {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`
}
