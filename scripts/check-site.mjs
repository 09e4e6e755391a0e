/**
 * `npm run site`: opens every page of the built site, and one of each kind that TypeDoc makes, and judges it as the
 * examples are judged, and searches it; `npm run site -- quickstart` only opens those with that in their address. Needs
 * `npm run docs:build` before it, and Chromium.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { auditLook, auditPage, looks } from './audit-page.mjs'
import { root } from './bootstrap.mjs'
import { checkSearch } from './check-search.mjs'
import { launchChromium } from './launch-chromium.mjs'
import { findProgram } from './programs.mjs'
import { watchConsole } from './watch-console.mjs'

const wanted = process.argv.slice(2)
const site = join(root, 'docs/.vitepress/dist')
const TABS = 4
/** @type {Readonly<Record<string, string>>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
/** The same around every page: those that answer for it are judged whole, and by keyboard. */
const FRAME = ['.VPNav', '.VPLocalNav', '.VPSidebar', '.VPDocAside', '.VPDocFooter', '.VPFooter']
const WHOLE = ['/', '/quickstart', '/api/']
/** Of each look. @type {Readonly<Record<string, Set<string>>>} */
const contrasts = Object.fromEntries(Object.keys(looks).map((look) => [look, new Set()]))
/** What text can break; the rest is the same on every page. */
const TEXT_RULES = [
  'document-title html-has-lang page-has-heading-one heading-order empty-heading list listitem',
  'link-name link-in-text-block image-alt svg-img-alt button-name label frame-title tabindex',
  'td-headers-attr th-has-data-cells duplicate-id-aria nested-interactive scrollable-region-focusable',
  'aria-valid-attr aria-valid-attr-value aria-allowed-role',
].flatMap((rules) => rules.split(' '))
/** The structure of its pages is that of TypeDoc. */
const API_RULES = ['color-contrast', 'link-name', 'button-name']

if (findProgram('chromium') === undefined)
  console.log('Not run: there is no Chromium (install: apt-get install chromium)')
else process.exitCode = (await check()) ? 0 : 1

async function check() {
  const server = createServer(serve)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const browser = await launchChromium()
  const pages = listPages()
  const waiting = [...pages]
  let count = 0
  const tell = (/** @type {string} */ breach) => {
    count++
    console.error(breach)
  }
  const openTab = () => browser.newPage({ baseURL: `http://127.0.0.1:${port}`, reducedMotion: 'reduce' })
  const readOn = async () => {
    const page = await openTab()
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift())
      for (const breach of await read(page, path)) tell(`${path}${breach}`)
    await page.close()
  }
  await Promise.all(Array.from({ length: TABS }, readOn))
  if (wanted.length === 0) for (const breach of await checkSearch(await openTab())) tell(breach)
  await browser.close()
  server.close()
  console.log(count === 0 ? `${pages.length} pages hold.` : `\n${count} breaches of the site`)
  return count === 0
}

/** Loads it once, for all looks. @param {import('playwright').Page} page @param {string} path */
async function read(page, path) {
  /** @type {string[]} */
  const breaches = []
  watchConsole(page, (problem) => breaches.push(`: ${problem}`))
  await page.goto(path, { waitUntil: 'networkidle' })
  const isApi = path.startsWith('/api/')
  // What a page is made of is the same in all of them, so it is judged in the first.
  for (const [index, [look, options]] of Object.entries(looks).entries()) {
    await turn(page, options)
    const rules = isApi ? API_RULES : TEXT_RULES
    const found = WHOLE.includes(path)
      ? await auditPage(page, isApi ? { rules } : {})
      : await auditLook(page, {
          rules: index > 0 ? [] : rules,
          without: FRAME,
          contrasts: contrasts[look] ?? new Set(),
        })
    breaches.push(...found.map((breach) => `, ${look}: ${breach}`))
  }
  page.removeAllListeners()
  return breaches
}

/** @param {import('playwright').Page} page @param {import('playwright').BrowserContextOptions} look */
async function turn(page, { viewport, colorScheme }) {
  if (viewport) await page.setViewportSize(viewport)
  await page.emulateMedia({ colorScheme: colorScheme ?? null })
  // Media queries are told before a frame is made, and what listens to them has changed the page after it.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
}

/** All of ours, and of TypeDoc's the first of each kind. */
function listPages() {
  const all = readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
  const ours = all.filter((path) => !path.startsWith('api/') && path !== '404.html')
  const kinds = new Map(
    all
      .filter((path) => path.startsWith('api/'))
      .reverse()
      .map((path) => [path === 'api/index.html' ? path : path.split('/').slice(0, -1).join(), path]),
  )
  return [...ours, ...kinds.values()]
    .map((path) => `/${path.replace(/(?:index)?\.html$/, '')}`)
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
function serve({ url = '/' }, response) {
  const path = decodeURIComponent(url.replace(/[?#].*/, ''))
  const file = [path, `${path}.html`, `${path}index.html`]
    .map((name) => join(site, name))
    .find((name) => existsSync(name) && extname(name))
  response.writeHead(file ? 200 : 404, {
    'Content-Type': TYPES[extname(file ?? '')] ?? 'application/octet-stream',
    'Cache-Control': 'max-age=3600',
  })
  response.end(file && readFileSync(file))
}
