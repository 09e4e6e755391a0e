/**
 * `npm run site`: opens every page of the built site, and one of each kind that TypeDoc makes, and judges it as the
 * examples are judged; `npm run site -- quickstart` those with that in their address. Needs `npm run docs:build` before
 * it, and Chromium.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { auditKeyboard, auditLook, looks } from './audit-page.mjs'
import { root } from './bootstrap.mjs'
import { launchChromium } from './launch-chromium.mjs'
import { findProgram } from './programs.mjs'

const site = join(root, 'docs/.vitepress/dist')
/** @type {Readonly<Record<string, string>>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

if (findProgram('chromium') === undefined)
  console.log('Not run: there is no Chromium (install: apt-get install chromium)')
else process.exitCode = (await check()) ? 0 : 1

async function check() {
  const server = createServer(serve)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  const browser = await launchChromium()
  const pages = listPages()
  let count = 0
  for (const [look, options] of Object.entries(looks)) {
    const context = await browser.newContext(options)
    for (const path of pages)
      for (const breach of await open(context, `http://127.0.0.1:${address.port}${path}`)) {
        count++
        console.error(`${path}, ${look}: ${breach}`)
      }
    await context.close()
  }
  await browser.close()
  server.close()
  console.log(count === 0 ? `${pages.length} pages hold.` : `\n${count} breaches of the site`)
  return count === 0
}

/** @param {import('playwright').BrowserContext} context @param {string} url */
async function open(context, url) {
  const page = await context.newPage()
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', (error) => problems.push(`${error}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  const isApi = url.includes('/api/')
  // The structure of its pages is that of TypeDoc.
  const seen = await auditLook(page, isApi ? ['color-contrast', 'link-name', 'button-name'] : undefined)
  // The others have the same controls around them.
  const reached = isApi || /\d\/(?:quickstart)?$/.test(url) ? await auditKeyboard(page) : []
  await page.close()
  return [...problems, ...seen, ...reached]
}

/** All of ours, and of TypeDoc's the first of each kind. */
function listPages() {
  const all = readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
  const ours = all.filter((path) => !path.startsWith('api/') && path !== '404.html')
  const kinds = new Map(
    all.filter((path) => path.startsWith('api/')).map((path) => [path.split('/').slice(0, -1).join(), path]),
  )
  const wanted = process.argv.slice(2)
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
  })
  response.end(file && readFileSync(file))
}
