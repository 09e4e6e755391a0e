/**
 * What stays behind of 10,000 channels that were joined and let go of, twice: `node bench/heap/run.mjs`.
 * Fails when the second time left more than 1 MB behind that the first had not.
 */
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { printTable } from '../table.mjs'

const BUDGET_BYTES = 1_000_000

const file = await bundle('heap/cycles.ts')
const rows = []
for (const leaving of ['linger', 'now']) {
  const { before, cycles, channels } = await child(file, [leaving], ['--expose-gc'])
  const [first, second] = cycles
  const growth = second.released - first.released
  const isMet = growth <= BUDGET_BYTES
  if (!isMet) process.exitCode = 1
  rows.push({
    'let go': leaving === 'now' ? 'at once' : 'after lingering',
    'bytes per channel': Math.round((first.joined - before) / channels),
    'before kB': kB(before),
    'after cycle 1 kB': kB(first.released),
    'after cycle 2 kB': kB(second.released),
    'growth kB': kB(growth),
    budget: `<= ${kB(BUDGET_BYTES)} kB ${isMet ? 'met' : 'NOT met'}`,
  })
}
printTable(rows)

/** @param {number} bytes */
function kB(bytes) {
  return (bytes / 1000).toFixed(0)
}
