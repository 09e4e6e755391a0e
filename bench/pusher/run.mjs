/**
 * The Pusher client beside pusher-js and bare `ws`: `node bench/pusher/run.mjs`. Fails when a budget is missed that
 * does not depend on the machine; CPU ratios only say so.
 */
import { bundle } from '../bundle.mjs'
import { child } from '../child.mjs'
import { printTable } from '../table.mjs'
import { printBrowser } from './browser.mjs'
import { printReceive } from './receive.mjs'

for (const bytes of [100, 1000]) {
  await printReceive(bytes)
  console.log()
}
for (const bytes of [100, 1000]) {
  await printBrowser(bytes)
  console.log()
}

const storm = await child(await bundle('pusher/storm.ts'))
const restart = await child(await bundle('pusher/restart.ts'))
const rejoin = await child(await bundle('pusher/rejoin.ts'), [await bundle('pusher/peer.ts')])
printTable([
  row('dials in 3 s of a 4200 storm', storm.ours, storm.theirs, storm.ours <= 10),
  row(
    `ms back after a 4 s outage, median of ${restart.seeds}`,
    restart.medianMs,
    storm.officialRestartMs,
    restart.medianMs <= 3000,
  ),
  row(
    'the same, the worst; never beyond the cap of the backoff',
    restart.worstMs,
    storm.officialRestartMs,
    restart.worstMs <= 20_000,
  ),
  row('ms until 500 private channels are joined again, batched', rejoin.batch, rejoin.theirs),
  row('the same, one request per channel', rejoin.single, rejoin.theirs),
])
process.exit(process.exitCode)

/** @param {string} what @param {number} ours @param {number} theirs @param {boolean} [isMet] */
function row(what, ours, theirs, isMet) {
  if (isMet === false) process.exitCode = 1
  return {
    what,
    ours: Math.round(ours),
    'pusher-js': Math.round(theirs),
    budget: isMet === undefined ? '' : isMet ? 'met' : 'NOT met',
  }
}
