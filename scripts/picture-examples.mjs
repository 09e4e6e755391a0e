/**
 * `npm run pictures`: every example in every state that its users meet, wide and narrow, light and dark, as pictures
 * in `.cache/pictures`, and what anybody could not read there. `npm run pictures -- NAME` for one.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { addFault } from './add-fault.mjs'
import { auditLook, sizes } from './audit-page.mjs'
import { root } from './bootstrap.mjs'
import { startDemo } from './demo-server.mjs'
import { pages } from './example-names.mjs'
import { launchChromium } from './launch-chromium.mjs'

/** @typedef {import('playwright').Page} Page */
/** @typedef {import('../packages/server/src/index.ts').FaultRule} FaultRule */
/**
 * How a state comes about: rules that hold before the page is opened, and what strikes once it is live.
 * @typedef {{ readonly held?: readonly FaultRule[], readonly next?: readonly FaultRule[], readonly isEmpty?: true,
 *   readonly isInspected?: true }} State
 */

/** @type {Readonly<Record<string, State>>} */
const states = {
  connecting: { held: [{ at: 'upgrade', do: 'stall' }] },
  live: { next: [] },
  offline: {
    next: [
      { at: 'upgrade', do: 'refuse', status: 503 },
      { at: 'now', do: 'cut' },
    ],
  },
  refused: { held: [{ at: 'join', do: 'refuse', code: 'forbidden' }], next: [] },
  ended: {
    next: [
      { at: 'now', do: 'close', code: 4001, endpoint: 'pusher' },
      { at: 'now', do: 'close', code: 4002, endpoint: 'raw' },
      { at: 'hello', do: 'deny', code: 'unauthenticated' },
      // Its devices stay.
      { at: 'now', do: 'cut', user: 'dashboard' },
    ],
  },
  empty: {
    held: [
      ...['scada.data.received', 'scada.aggregated.updated', 'scada.batch.processed'].map(
        (type) => /** @type {const} */ ({ at: 'frame', do: 'drop', direction: 'out', type }),
      ),
      { at: 'frame', do: 'drop', direction: 'out', type: 'publish' },
      { at: 'frame', do: 'drop', direction: 'out', type: 'msg' },
    ],
    isEmpty: true,
    next: [],
  },
  inspected: { next: [], isInspected: true },
}

const SETTLE_MS = 1500
const folder = join(root, '.cache/pictures')
const names = process.argv.length > 2 ? process.argv.slice(2) : pages

mkdirSync(folder, { recursive: true })
const browser = await launchChromium()
const demo = await startDemo({ port: 0, serverPort: 0 })
let count = 0
for (const [state, how] of Object.entries(states))
  for (const name of names) count += await picture(name, state, how)
await browser.close()
await demo.close()
console.log(`The pictures are in ${folder}${count > 0 ? `\n${count} breaches` : ''}`)
process.exitCode = count > 0 ? 1 : 0

/** @param {string} name @param {string} state @param {State} how */
async function picture(name, state, { held = [], next, isEmpty, isInspected }) {
  // Those show one of their own.
  if (isInspected && ['gallery', 'home'].includes(name)) return 0
  const release = await control(held)
  const page = await browser.newPage()
  // Machines are busy.
  page.setDefaultTimeout(120_000)
  if (isEmpty) await page.route('**/api/sessions', (route) => route.fulfill({ json: { data: [] } }))
  await page.goto(new URL(`/${name}/`, demo.url).href)
  await page.locator('h1').first().waitFor()
  if (next && name !== 'home')
    await page
      .getByText(/\bconnected/i)
      .filter({ visible: true })
      .first()
      .waitFor()
  const releaseNext = await control(next ?? [])
  if (isInspected) await page.getByRole('button', { name: 'Open the realtime inspector' }).click()
  await page.waitForTimeout(SETTLE_MS)
  let breaches = 0
  for (const [width, viewport] of Object.entries(sizes))
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      const look = `${width}-${colorScheme}`
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      // All of it at once: what is out of view may not be drawn, and what is in a corner stays there.
      const height = await page.evaluate(() => document.documentElement.scrollHeight)
      if (!isInspected) await page.setViewportSize({ ...viewport, height })
      await page.waitForTimeout(200)
      await page.screenshot({ path: join(folder, `${name}-${state}-${look}.png`) })
      for (const breach of await auditLook(page)) {
        breaches++
        console.error(`${name}, ${state}, ${look}: ${breach}`)
      }
    }
  await page.close()
  await releaseNext()
  await release()
  return breaches
}

/** Adds rules; what it returns takes them back. @param {readonly FaultRule[]} rules */
async function control(rules) {
  /** @type {(() => Promise<void>)[]} */
  const releases = []
  for (const rule of rules) releases.push(await addFault(demo.backend.control, rule))
  return async () => {
    for (const release of releases) await release()
  }
}
