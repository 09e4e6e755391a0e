import type { FaultRule } from '@org/realtime-server'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { addFault } from '../../../scripts/add-fault.mjs'
import { startDemo } from '../../../scripts/demo-server.mjs'
import { launchChromium } from '../../../scripts/launch-chromium.mjs'
import { openUnwatched } from '../../../scripts/open-unwatched.mjs'
import { watchConsole } from '../../../scripts/watch-console.mjs'
import type { Address } from './create-backend.ts'

/**
 * Serves the examples as `npm run demo` does, for all tests of a file. What it returns opens a page of one and
 * fails the test for whatever the console shows there, but for what is expected.
 */
export function useDemo() {
  let browser: Browser
  let demo: Awaited<ReturnType<typeof startDemo>>
  beforeAll(async () => {
    browser = await launchChromium()
    demo = await startDemo({ port: 0, serverPort: 0 })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.close()
  })

  return {
    get address(): Address {
      return demo.backend
    },
    /** What it returns takes the rule back. */
    fail: (rule: FaultRule): Promise<() => Promise<void>> => addFault(demo.backend.control, rule),
    /** `before` runs in the page before everything else. */
    async open(
      path: string,
      look: BrowserContextOptions = {},
      expected?: RegExp,
      before?: () => void,
    ): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look })
      const page = await context.newPage()
      const problems: string[] = []
      let isOver = false
      // One that is closed while it dials says so, which is no problem of the page.
      const isExpected = (text: string): boolean => isOver || expected?.test(text) === true
      watchConsole(page, (problem) => problems.push(problem), isExpected)
      onTestFinished(async () => {
        isOver = true
        await context.close()
        expect(problems).toEqual([])
      })
      if (before) await page.addInitScript(before)
      await page.goto(new URL(path, demo.url).href)
      return page
    },
    /** For what is measured. What the console shows there is not seen. */
    async openUnwatched(path: string, before: () => void) {
      const page = await openUnwatched(browser)
      onTestFinished(page.close)
      await page.before(before)
      await page.open(new URL(path, demo.url).href)
      return page
    },
  }
}
