import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

describe('devices over MQTT', () => {
  it('knows every device at once, by what is retained', async () => {
    const page = await demo.open('/mqtt-iot/')
    for (const id of ['kitchen', 'cellar', 'roof']) {
      const card = page.locator(`[data-device="${id}"]`)
      await card.getByText('online').waitFor()
      await card.getByText(/\d °C/).waitFor()
    }
  })

  it.each(['at-most-once', 'at-least-once', 'exactly-once'])('switches a device %s', async (delivery) => {
    const page = await demo.open('/mqtt-iot/')
    await page.getByLabel('Switch with').selectOption(delivery)
    await page.locator('[data-device="cellar"]').getByRole('button', { name: 'Off' }).click()
    await page
      .getByText(delivery === 'at-most-once' ? 'cellar off: sent' : 'cellar off: acknowledged')
      .waitFor()
  })

  it('hears the last will of a device whose line is cut, and sees it come back', async () => {
    const page = await demo.open('/mqtt-iot/')
    const chip = page.locator('[data-device="roof"] .chip')
    await expect.poll(() => chip.textContent()).toBe('online')
    await page.evaluate(() => {
      const seen: string[] = []
      const chip = document.querySelector('[data-device="roof"] .chip') as HTMLElement
      new MutationObserver(() => seen.push(chip.textContent ?? '')).observe(chip, {
        childList: true,
        characterData: true,
        subtree: true,
      })
      Object.assign(globalThis, { seen })
    })
    await page.locator('[data-device="roof"]').getByRole('button', { name: 'Cut' }).click()
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen), {
        timeout: 10_000,
      })
      .toEqual(['offline', 'online'])
  })
})
