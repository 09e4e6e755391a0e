import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launchChromium } from './launch-chromium.mjs'

const LIMIT_MS = 20_000
const types = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.js': 'text/javascript' })

/** @typedef {{ file: string, protocol: 'http:' | 'file:' }} Page */

/**
 * Opens pages in Chromium; the result opens one and waits until its title says something. A page that fails says
 * why.
 * @returns {Promise<{ read(page: Page, query: string, title: string): Promise<void>, close(): Promise<void> }>}
 */
export async function openBrowser() {
  const browser = await launchChromium()
  return {
    async read({ file, protocol }, query, title) {
      const site = protocol === 'http:' ? await serve(join(file, '..')) : undefined
      const address = site
        ? `${site.url}/${file.slice(join(file, '..').length + 1)}`
        : pathToFileURL(file).href
      const page = await browser.newPage()
      try {
        /** @type {string[]} */
        const errors = []
        page.on('pageerror', ({ message }) => errors.push(message))
        page.on('requestfailed', (request) => errors.push(`Cannot load ${request.url()}`))
        await page.goto(`${address}?${query}`)
        await page
          .waitForFunction(`document.title === ${JSON.stringify(title)}`, undefined, { timeout: LIMIT_MS })
          .catch(async () => {
            throw new Error(`The page says '${await page.title()}'\n${errors.join('\n')}`)
          })
      } finally {
        await page.close()
        site?.close()
      }
    },
    close: () => browser.close(),
  }
}

/** @param {string} folder */
async function serve(folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = join(folder, normalize(pathname))
    const body = await readFile(file).catch(() => undefined)
    response.writeHead(body ? 200 : 404, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    })
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
