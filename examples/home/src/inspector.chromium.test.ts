import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { examples } from './examples.ts'

const demo = useDemo()

/** What of the page lies below an element when the page is scrolled to its end. */
const coveredBy = (page: Page, name: string): Promise<readonly string[]> =>
  page.getByRole('button', { name }).evaluate((element) => {
    scrollTo(0, document.documentElement.scrollHeight)
    const own = element.getBoundingClientRect()
    return [...document.body.querySelectorAll('*')]
      .filter(({ childElementCount, shadowRoot }) => !childElementCount && !shadowRoot)
      .filter((other) => {
        const { left, right, top, bottom, width } = other.getBoundingClientRect()
        return width && left < own.right && right > own.left && top < own.bottom && bottom > own.top
      })
      .map(({ outerHTML }) => outerHTML)
  })

describe('the inspector of an example', () => {
  // That of the gallery is a part of its page.
  it.each(examples.map(({ name }) => name).filter((name) => name !== 'gallery'))(
    'covers nothing of %s on a phone, and shows its client',
    async (name) => {
      const page = await demo.open(`/${name}/`, { viewport: { width: 360, height: 700 } })
      await page.locator('h1').first().waitFor()
      const open = page.getByRole('button', { name: 'Open the realtime inspector' })
      await open.waitFor()
      await page.getByText('connected').first().waitFor()
      expect(await coveredBy(page, 'Open the realtime inspector')).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      await open.click()
      const inspector = page.locator('realtime-inspector')
      await inspector.locator('.head .chip').getByText('connected', { exact: true }).waitFor()
      await inspector.locator('.channels .bar').getByText('joined', { exact: true }).first().waitFor()
      await inspector.getByRole('button', { name: 'Slow' }).waitFor()
      await page.keyboard.press('Escape')
      await open.waitFor()
    },
  )
})
