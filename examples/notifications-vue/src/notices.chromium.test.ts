import { channels } from '@org/example-booking-backend/channels'
import { createPublisher } from '@org/realtime-server/publisher'
import { describe, expect, it, vi } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { changeRoutes, countAll } from '../../backend/src/hygiene-test-setup.ts'

// Two pages at once take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const SOON = { timeout: 20_000 }
const demo = useDemo()

/** Publishes as the backend of the application does. */
function toPublisher() {
  const [host = '', port] = demo.address.host.split(':')
  const keys = { appId: 'booking', key: 'booking-key', secret: 'booking-secret' }
  return createPublisher({ ...keys, channels, host, port: Number(port) })
}

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
  })

  it('scenario 8: shows a hundred notices of one millisecond, the newest first, and lets them go after five seconds', async () => {
    const page = await demo.open('/home/')
    await page.clock.install()
    await page.goto(new URL('/notifications-vue/', page.url()).href)
    const { channel, publishBatch } = toPublisher()
    const notices = page.locator('.notices li')
    // Joined for sure once this has come.
    await expect
      .poll(async () => {
        await channel('notifications').publish('SystemNotification', { message: 'first' })
        return notices.count()
      }, SOON)
      .toBeGreaterThan(0)
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 10_000)
    await expect.poll(() => notices.count(), SOON).toBe(0)

    const messages = Array.from({ length: 100 }, (_, n) => `notice ${n}`)
    await publishBatch(
      messages.map((message) => ({
        channel: 'notifications',
        event: 'SystemNotification',
        payload: { message },
      })),
    )
    await expect.poll(() => notices.locator('p').allTextContents(), SOON).toEqual([...messages].reverse())
    const ids = await notices.evaluateAll((items) => items.map((item) => item.getAttribute('data-id')))
    expect(new Set(ids).size).toBe(100)
    await page.getByRole('button', { name: 'Dismiss: notice 42' }).click()
    await page.clock.runFor(4900)
    expect(await notices.locator('p').allTextContents()).toEqual(
      [...messages].reverse().filter((message) => message !== 'notice 42'),
    )
    await page.clock.runFor(200)
    expect(await notices.count()).toBe(0)
  })

  it('scenario 2: says of every session what the page of React says', async () => {
    const pages = [await demo.open('/notifications-vue/'), await demo.open('/booking-react/')] as const
    const { channel } = toPublisher()
    // Newer than what the pages have loaded.
    const updated_at = new Date(Date.now() + 60_000).toISOString()
    const date = '2026-03-01'
    const other = () => Promise.all(pages.map((page) => page.locator('[data-session="2"]').textContent()))
    const labels = () =>
      Promise.all(pages.map((page) => page.locator('[data-session="1"] .chip').textContent()))
    for (const page of pages) {
      await page.locator('.status', { hasText: 'connected' }).waitFor()
      await page.locator('[data-session="1"] .chip').waitFor()
    }
    const before = await other()
    expect(before).toEqual([expect.stringContaining('Water polo'), expect.stringContaining('Water polo')])
    // Heard for sure once this has come.
    await expect
      .poll(async () => {
        await channel('availability').publish('CapacityUpdated', {
          session_id: 1,
          available_slots: 0,
          total_capacity: 1000,
          updated_at,
        })
        return labels()
      }, SOON)
      .toEqual(['full', 'full'])
    for (const [used, label] of [
      [699, 'available'],
      [700, 'almost full'],
      [899, 'almost full'],
      [900, 'full'],
    ] as const) {
      const session_name = `Swim ${used}`
      const [available_slots, total_capacity] = [1000 - used, 1000]
      await channel('availability').publish('AvailabilityUpdated', {
        session_id: 1,
        session_name,
        available_slots,
        total_capacity,
        date,
        updated_at,
      })
      for (const page of pages) await page.getByText(session_name).waitFor()
      expect(await labels()).toEqual([label, label])
    }
    await channel('availability').publish('CapacityUpdated', {
      session_id: 1,
      available_slots: 600,
      total_capacity: 1500,
      updated_at,
    })
    await expect.poll(labels, SOON).toEqual(['available', 'available'])
    for (const page of pages)
      expect(await page.locator('[data-session="1"]').textContent()).toContain('Swim 900')
    expect(await pages[1].locator('[data-session="1"] p').textContent()).toBe(`900/1500 taken, ${date}`)
    expect(await other()).toEqual(before)
    for (const page of pages) expect(await page.locator('[data-session]').count()).toBe(3)
  })

  it.each(['/notifications-vue/', '/booking-react/'])(
    'says in %s that the sessions could not be loaded, and loads them when asked to',
    async (path) => {
      const page = await demo.open('/home/', {}, /status of 500/)
      await page.route('**/api/sessions', (route) => route.fulfill({ status: 500, json: {} }))
      await page.goto(new URL(path, page.url()).href)
      await page.getByText('The sessions could not be loaded.').waitFor()
      expect(await page.getByText('Loading availability…').count()).toBe(0)
      await page.unroute('**/api/sessions')
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.locator('[data-session="1"]').waitFor()
      expect(await page.getByText('The sessions could not be loaded.').count()).toBe(0)
    },
  )

  it.each(['/notifications-vue/', '/booking-react/'])(
    'scenario 2: says in %s that it is loading',
    async (path) => {
      const page = await demo.open('/home/')
      await page.route('**/api/sessions', () => {})
      await page.goto(new URL(path, page.url()).href)
      // Not to leave while it dials, which the console would tell.
      await page.locator('.status', { hasText: 'connected' }).waitFor()
      await page.getByText('Loading availability…').waitFor()
    },
  )
})
