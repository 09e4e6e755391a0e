import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

describe('Laravel Echo over our class', () => {
  it('hears a private channel, sees who is there, and whispers', async () => {
    const [one, other] = [await demo.open('/echo-drop-in/'), await demo.open('/echo-drop-in/')]
    for (const page of [one, other]) {
      await page.getByText('connected', { exact: true }).waitFor()
      await expect.poll(() => page.locator('#here li').count()).toBe(2)
      await page.getByText('(you)').waitFor()
    }
    await one.getByRole('button', { name: 'Wave' }).click()
    await other.getByText(/waves$/).waitFor()
    await one.getByRole('button', { name: 'Order something' }).click()
    for (const page of [one, other]) await page.locator('#orders li').first().waitFor()
  })

  it('says that nothing was ordered when the server is away', async () => {
    const page = await demo.open('/echo-drop-in/', {}, /Failed to load resource/)
    await page.route('**/api/**', (route) => route.abort())
    await page.getByRole('button', { name: 'Order something' }).click()
    const words = page.getByText('The server could not be reached. Nothing was ordered.')
    await words.waitFor()
    await page.unroute('**/api/**')
    await page.getByRole('button', { name: 'Order something' }).click()
    await words.waitFor({ state: 'detached' })
  })

  it('goes on after the line was cut', async () => {
    const page = await demo.open('/echo-drop-in/', {}, /WebSocket connection/)
    await page.getByText('(you)').waitFor()
    await page.evaluate(() => {
      const seen: string[] = []
      const chip = document.getElementById('status') as HTMLElement
      new MutationObserver(() => seen.push(chip.textContent ?? '')).observe(chip, { childList: true })
      Object.assign(globalThis, { seen })
    })
    await demo.fail({ at: 'now', do: 'cut' })
    const seen = () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    await expect.poll(async () => (await seen()).at(-1)).toBe('connected')
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Order something' }).click()
        return page.locator('#orders li').count()
      })
      .toBeGreaterThan(0)
  })
})
