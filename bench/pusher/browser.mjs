/** CPU of the main thread per received message in Chromium: ours beside pusher-js, in one page, in turns. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../../scripts/bootstrap.mjs'
import { launchChromium } from '../../scripts/launch-chromium.mjs'
import { openUnwatched } from '../../scripts/open-unwatched.mjs'
import { bundle } from '../bundle.mjs'
import { printTable } from '../table.mjs'

const ROUNDS = 7
const COUNT = 10_000
const names = ['bare', 'ours', 'pusherjs', 'compat']

/** @param {number} bytes */
export async function printBrowser(bytes) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'bench/pusher/page.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@org/source', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  })
  const peer = fork(await bundle('pusher/peer.ts'))
  const [{ port }] = await once(peer, 'message')
  const browser = await launchChromium()
  try {
    const page = await openUnwatched(browser)
    await page.send('Runtime.evaluate', { expression: outputFiles[0]?.text })
    await page.send('Performance.enable', { timeDomain: 'threadTicks' })
    for (const name of names)
      await page.evaluate(
        ([client, at]) => globalThis.bench.open(client, at),
        /** @type {const} */ ([name, port]),
      )

    const taskSeconds = async () => {
      const { metrics } = await page.send('Performance.getMetrics')
      return (
        metrics.find((/** @type {{ name: string }} */ { name }) => name === 'TaskDuration')?.value ??
        Number.NaN
      )
    }
    /** @param {string} name nanoseconds per message */
    const flood = async (name) => {
      await page.evaluate((client) => globalThis.bench.clients[client]?.again(), name)
      const before = await taskSeconds()
      peer.send({ client: name, count: COUNT, bytes })
      await page.evaluate((client) => globalThis.bench.clients[client]?.ended, name)
      const spent = (await taskSeconds()) - before
      const heard = await page.evaluate((client) => globalThis.bench.clients[client]?.heard, name)
      if (heard !== COUNT) throw new Error(`${name} heard ${heard}`)
      return (spent * 1e9) / COUNT
    }

    for (const name of names) await flood(name)
    /** @type {Map<string, number[]>} */
    const costs = new Map(names.map((name) => [name, []]))
    for (let round = 0; round < ROUNDS; round++)
      for (const name of round % 2 ? [...names].reverse() : names) costs.get(name)?.push(await flood(name))

    printTable(
      ['ours', 'compat', 'bare'].map((name) =>
        toCells(name, costs.get(name) ?? [], costs.get('pusherjs') ?? []),
      ),
    )
  } finally {
    await browser.close()
    peer.kill()
  }

  /** @param {string} name @param {number[]} mine @param {number[]} theirs */
  function toCells(name, mine, theirs) {
    const ratios = mine.map((cost, round) => cost / (theirs[round] ?? Number.NaN)).sort((a, b) => a - b)
    const ratio = median(ratios)
    return {
      [`${bytes} B in Chromium, against pusher-js`]: name,
      'ours ns': median(mine).toFixed(0),
      'theirs ns': median(theirs).toFixed(0),
      ratio: ratio.toFixed(2),
      spread: `${Math.round((((ratios.at(-1) ?? 0) - (ratios[0] ?? 0)) / ratio) * 100)} %`,
      budget: name === 'ours' ? `<= 0.6 ${ratio <= 0.6 ? 'met' : 'NOT met'}` : '',
    }
  }
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
