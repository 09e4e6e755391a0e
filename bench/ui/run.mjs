/**
 * 200 mounted rows and 2,000 messages in Chromium, against the least that works and against other libraries, all
 * in one run; and 1,000 components that share 10 channels: `node bench/ui/run.mjs`. Fails when a count is not as
 * promised; wall time only says so.
 */
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../../scripts/bootstrap.mjs'
import { launchChromium } from '../../scripts/launch-chromium.mjs'
import { printTable } from '../table.mjs'

/** @typedef {import('./page.ts').Sample & { frameMs: number }} Sample */

const ROUNDS = 7
const FRAMES = 25
const MOST = 1.2
const SUBSCRIBES = 10

const { outputFiles } = await build({
  entryPoints: [join(root, 'bench/ui/page.ts')],
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  target: 'es2022',
  platform: 'browser',
  jsx: 'automatic',
  conditions: ['@org/source', 'browser'],
  define: {
    'process.env.NODE_ENV': '"production"',
    'import.meta.env': '{}',
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  logLevel: 'warning',
})

const browser = await launchChromium()
try {
  const page = await browser.newPage()
  page.on('pageerror', (error) => console.error(error))
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  const devtools = await page.context().newCDPSession(page)
  // CPU of the main thread, so that what else the machine does counts for nothing.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const names = await page.evaluate(() => globalThis.names)
  /** @type {Sample[][]} */
  const samples = names.map(() => [])
  // The first round compiles; it is not counted.
  for (let round = 0; round <= ROUNDS; round++)
    for (const index of names.keys()) {
      const sample = await measure(page, devtools, index)
      if (round > 0) samples[index]?.push(sample)
    }
  printTable(names.map(([name, floor], index) => toCells(name, samples[index] ?? [], samplesOf(floor))))

  console.log()
  const shared = await page.evaluate(() => globalThis.share())
  printTable(
    shared.map(({ name, subscribes, unsubscribes, left }) => ({
      '1,000 components, 10 channels': name,
      'subscribe frames': subscribes,
      'unsubscribe frames': unsubscribes,
      'left after the linger': left.join(', ') || 'nothing',
    })),
  )
  const isMet = shared.every(
    ({ subscribes, unsubscribes, left }) =>
      subscribes === SUBSCRIBES && unsubscribes === SUBSCRIBES && left.length === 0,
  )
  process.exitCode = isMet ? 0 : 1

  /** @param {string} name */
  function samplesOf(name) {
    return samples[names.findIndex(([other]) => other === name)] ?? []
  }
} finally {
  await browser.close()
}

/**
 * @param {import('playwright').Page} page @param {import('playwright').CDPSession} devtools @param {number} index
 * @returns {Promise<Sample>}
 */
async function measure(page, devtools, index) {
  await page.evaluate((at) => globalThis.mount(at), index)
  const sample = await page.evaluate(() => globalThis.run())
  const before = await cpuMs(devtools)
  await page.evaluate((count) => globalThis.drawFrames(count), FRAMES)
  const after = await cpuMs(devtools)
  await page.evaluate(() => globalThis.unmount())
  return { ...sample, frameMs: (after - before) / FRAMES }
}

/** @param {import('playwright').CDPSession} devtools */
async function cpuMs(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
}

/** @param {string} name @param {readonly Sample[]} samples @param {readonly Sample[]} floor */
function toCells(name, samples, floor) {
  const frame = compare(samples, floor, 'frameMs')
  const wall = compare(samples, floor, 'wallMs')
  const drawn = compare(samples, floor, 'renders')
  const isMet = wall.ratio <= MOST && drawn.ratio <= MOST
  return {
    '200 rows, 2,000 messages': name,
    renders: drawn.middle,
    'x floor ': drawn.ratio.toFixed(2),
    'wall ms': wall.middle.toFixed(0),
    'x floor': wall.ratio.toFixed(2),
    spread: wall.spread,
    budget: name.startsWith('@org/') ? `<= ${MOST} ${isMet ? 'met' : 'NOT met'}` : '',
    'CPU ms, all rows in a frame': frame.middle.toFixed(2),
    'x floor  ': frame.ratio.toFixed(2),
    'spread ': frame.spread,
  }
}

/**
 * The median, and that of the rounds' own ratios.
 * @param {readonly Sample[]} samples @param {readonly Sample[]} floor @param {keyof Sample} of
 */
function compare(samples, floor, of) {
  const ratios = samples.map((sample, round) => sample[of] / (floor[round]?.[of] ?? 1)).sort((a, b) => a - b)
  const ratio = middle(ratios)
  const spread = `${Math.round((((ratios.at(-1) ?? 0) - (ratios[0] ?? 0)) / ratio) * 100)} %`
  return { middle: middle(samples.map((sample) => sample[of])), ratio, spread }
}

/** @param {readonly number[]} values */
function middle(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}
