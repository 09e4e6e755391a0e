import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { examples } from './examples.ts'

const demo = useDemo()

describe('the page of all examples', () => {
  it('leads from the first address to every example and back', async () => {
    // Chromium says so of a page that is left while it dials, as on a slow machine.
    const page = await demo.open('/', {}, /is closed before the connection is established/)
    for (const { name, title } of examples) {
      await page.getByRole('link', { name: title }).click()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      expect(new URL(page.url()).hash).toBe(`#${name}`)
      await page.frameLocator('iframe').locator('h1').first().waitFor()
      await page.getByRole('link', { name: 'All examples' }).click()
    }
    const links = page.getByRole('navigation', { name: 'Examples' }).getByRole('link')
    await expect.poll(() => links.count()).toBe(examples.length)
  }, 90_000)

  it('breaks the line of the example beside it, and lets it come back', async () => {
    const page = await demo.open('/home/#gallery', {}, /WebSocket connection/)
    const status = page.frameLocator('iframe').locator('realtime-inspector .head .chip')
    await status.getByText('connected', { exact: true }).waitFor()
    const down = page.locator('aside').getByRole('button', { name: 'Server down' })
    await down.click()
    await status.getByText('reconnecting').waitFor()
    await expect.poll(() => down.getAttribute('aria-pressed')).toBe('true')
    await down.click()
    await status.getByText('connected', { exact: true }).waitFor()
  })

  it.each([360, 1280])('fits into %i pixels, in the dark as well', async (width) => {
    const page = await demo.open('/home/', { viewport: { width, height: 700 }, colorScheme: 'dark' })
    await page.getByRole('navigation').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  })
})
