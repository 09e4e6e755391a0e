import { describe, expect, it, onTestFinished } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

describe('devices over MQTT', () => {
  it('knows every device at once, by what is retained', async () => {
    const cards = async () => {
      const page = await demo.open('/mqtt-iot/')
      return ['kitchen', 'cellar', 'roof'].map((id) => page.locator(`[data-device="${id}"]`))
    }
    for (const card of await cards()) await card.getByText(/\d °C/).waitFor()
    // Whoever comes now can only know what was kept: no device is heard any more.
    const channel = 'devices/{id}/temperature'
    const hear = await demo.fail({ at: 'frame', direction: 'in', type: 'publish', channel, do: 'drop' })
    onTestFinished(hear)
    for (const card of await cards()) {
      await card.getByText('online').waitFor()
      await card.getByText(/\d °C last known/).waitFor()
    }
  })

  it.each([
    ['kitchen', 'at-most-once', 'sent'],
    ['cellar', 'at-least-once', 'acknowledged'],
    ['roof', 'exactly-once', 'acknowledged'],
  ])('switches the device %s %s: it gets colder', async (id, delivery, outcome) => {
    const page = await demo.open('/mqtt-iot/')
    const card = page.locator(`[data-device="${id}"]`)
    const celsius = async () => Number.parseFloat((await card.locator('output').textContent()) ?? '')
    await card.getByText(/\d °C/).waitFor()
    const before = await celsius()
    await page.getByLabel('Switch with').selectOption(delivery)
    await card.getByRole('button', { name: 'Off' }).click()
    await page.getByText(`${id} off: ${outcome}`).waitFor()
    // One that is on stays within a few tenths of what it had, or rises.
    await expect.poll(celsius, { timeout: 20_000 }).toBeLessThan(before - 0.7)
  })

  it('says that a line could not be cut when the server is away', async () => {
    const page = await demo.open('/mqtt-iot/', {}, /Failed to load resource/)
    await page.route('**/api/**', (route) => route.abort())
    const cut = page.locator('[data-device="cellar"]').getByRole('button', { name: 'Cut' })
    await cut.click()
    await page.getByText('cellar cut: the server could not be reached').waitFor()
    await page.unroute('**/api/**')
    await cut.click()
    await page.getByText('cellar cut: asked for').waitFor()
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
      .poll(() => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen))
      .toEqual(['offline', 'online'])
  })
})
