import { readFileSync } from 'node:fs'
import { createServer } from '@org/realtime-server'
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest'
import { createPrograms } from './docs-programs.mjs'
import { launchChromium } from './launch-chromium.mjs'
import { watchConsole } from './watch-console.mjs'

/**
 * For all tests of a file: the reference server, and Chromium with pages that come from it, as in an app whose server
 * is also that of its pages. A test fails for whatever their console shows.
 */
export function useDocsServer() {
  let html = ''
  let script = ''
  /** @param {string} path @param {string} type @param {() => string} read @returns {import('@org/realtime-server').Route} */
  const serveText = (path, type, read) => ({
    path,
    handle: (_request, reply) => void reply.setHeader('Content-Type', type).end(read()),
  })
  const server = createServer({
    mode: 'development',
    port: 0,
    mqtt: { tcp: 'off' },
    routes: [
      serveText('/app', 'text/html', () => html),
      serveText('/app.js', 'text/javascript', () => script),
    ],
  })
  const programs = createPrograms()
  let port = 0
  /** @type {import('playwright').Browser} */
  let browser
  beforeAll(async () => {
    ;({ port } = await server.listen())
    browser = await launchChromium()
  })
  afterEach(() => server.faults.clear())
  afterAll(async () => {
    await browser?.close()
    await server.close()
    programs.remove()
  })

  return {
    server,
    make: programs.make,
    get port() {
      return port
    },
    /**
     * Opens windows that share what tabs share. What it returns opens one with what stands in it.
     * @param {Readonly<Record<string, string>>} files the first is the script of its pages
     */
    async serve(files) {
      script = readFileSync(await programs.make(files, 'browser'), 'utf8')
      const context = await browser.newContext()
      /** @type {string[]} */
      const problems = []
      onTestFinished(async () => {
        // Pages that are closed complain of what they were about to do.
        const shown = [...problems]
        await context.close()
        expect(shown).toEqual([])
      })
      /** @param {{ html?: string, before?: (page: import('playwright').Page) => Promise<unknown> }} [settings] */
      return async ({ html: given = '', before } = {}) => {
        html = `<!doctype html><title>App</title><link rel="icon" href="data:,">
          <div id="app">${given}</div><script type="module" src="/app.js"></script>`
        const page = await context.newPage()
        watchConsole(page, (problem) => problems.push(problem))
        await before?.(page)
        await page.goto(`http://127.0.0.1:${port}/app`)
        return page
      }
    },
  }
}
