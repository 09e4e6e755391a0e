import { build } from 'esbuild'
import type { Browser } from 'playwright'
import { createServer, defaultClientConditions } from 'vite'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../../../scripts/launch-chromium.mjs'
import type * as Kit from '../src/kit.ts'

declare const kit: typeof Kit

const src = `${import.meta.dirname}/../src`

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

async function newPage() {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  return page
}

const say = (): string => kit.fault('channel.timeout', { channel: 'room' }).message

/** What a page without a development server makes of it. */
async function sayBundled(define: Readonly<Record<string, string>>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${src}/kit.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'kit',
    // For a browser it would say what it is by itself.
    platform: 'neutral',
    conditions: ['@org/source', 'browser'],
    define,
  })
  const page = await newPage()
  await page.addScriptTag({ content: `${outputFiles[0]?.text}` })
  return page.evaluate(say)
}

// No page has a `process`: bundlers write over `process.env.NODE_ENV`, and over nothing else.
describe('errors in a page', () => {
  it('say a sentence behind a development server', async () => {
    const vite = await createServer({
      root: src,
      configFile: false,
      logLevel: 'silent',
      appType: 'custom',
      resolve: { conditions: ['@org/source', ...defaultClientConditions] },
      server: { host: '127.0.0.1', port: 0 },
    })
    onTestFinished(() => vite.close())
    await vite.listen()
    const page = await newPage()
    await page.goto(`${vite.resolvedUrls?.local[0]}errors.ts`)
    const content = "import * as kit from '/kit.ts'; Object.assign(globalThis, { kit })"
    await page.addScriptTag({ type: 'module', content })
    await page.waitForFunction(() => 'kit' in globalThis)
    expect(await page.evaluate(say)).toBe('[channel.timeout] No answer to joining room')
  })

  it('say codes and details in production, and where no bundler has said what it is', async () => {
    expect(await sayBundled({ 'process.env.NODE_ENV': '"production"' })).toBe('[channel.timeout] room')
    expect(await sayBundled({})).toBe('[channel.timeout] room')
  })
})
