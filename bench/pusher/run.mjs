/** The Pusher client beside pusher-js and bare `ws`: `node bench/pusher/run.mjs`. CPU ratios never fail the process. */
import { printReceive } from './receive.mjs'

for (const bytes of [100, 1000]) {
  await printReceive(bytes)
  console.log()
}
process.exit()
