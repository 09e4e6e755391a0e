import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { changeRoutes, countAll } from '../../backend/src/hygiene-test-setup.ts'

const demo = useDemo()

const book = async (id: number): Promise<void> => {
  const response = await fetch(`http://${demo.address.host}/api/sessions/${id}/book`, {
    method: 'POST',
    headers: { Authorization: 'Bearer token-of-42' },
  })
  expect(response.status).toBe(201)
}

describe('notifications', () => {
  it('shows what becomes of a booking, dismisses one, and lets the other go by itself', async () => {
    const page = await demo.open('/notifications-vue/')
    await page.locator('.status', { hasText: 'connected' }).waitFor()
    await page.getByText('Nothing yet').waitFor()
    // Joined for sure once a notice has come.
    await expect
      .poll(async () => {
        await book(1)
        return page.locator('.notices li').count()
      })
      .toBeGreaterThan(1)
    const first = page.locator('.notices li').first()
    const id = await first.getAttribute('data-id')
    await first.getByRole('button').click()
    await page.locator(`[data-id="${id}"]`).waitFor({ state: 'detached' })
    await page.getByText('Nothing yet').waitFor()
  })

  it('scenario 5: has one socket over 50 changes of the route, and nothing is left', async () => {
    const page = await demo.open('/notifications-vue/', {}, undefined, countAll)
    const left = await changeRoutes(page, () => page.locator('.status', { hasText: 'connected' }).waitFor())
    expect(left).toEqual({ most: 1, dialled: 1, timers: 0, listeners: [] })
  }, 60_000)

  it('scenario 2: says of every session what the page of React says', async () => {
    const [vue, react] = [await demo.open('/notifications-vue/'), await demo.open('/booking-react/')]
    for (const id of [1, 2, 3]) {
      const label = vue.locator(`[data-session="${id}"] .chip`)
      await label.waitFor()
      expect(await label.textContent()).toBe(
        await react.locator(`[data-session="${id}"] .chip`).textContent(),
      )
    }
    await book(2)
    await book(2)
    await expect.poll(() => vue.locator('[data-session="2"] .chip').textContent()).toBe('full')
    await expect.poll(() => react.locator('[data-session="2"] .chip').textContent()).toBe('full')
  })
})
