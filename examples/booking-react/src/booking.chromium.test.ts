import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { changeRoutes, countAll } from '../../backend/src/hygiene-test-setup.ts'

const demo = useDemo()
const SOON = { timeout: 20_000 }
const expected = /WebSocket connection|status of (401|403|409)/

const toasts = (page: Page): Promise<string[]> => page.locator('.toasts li').allTextContents()

/** Every toast that was ever shown, with its colour, in order. */
async function watchToasts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = []
    const list = document.querySelector('.toasts') as HTMLElement
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) {
          const { dataset, textContent } = (node as HTMLElement).querySelector('.chip') as HTMLElement
          seen.push(`${textContent}: ${dataset['tone']}`)
        }
    }).observe(list, { childList: true })
    Object.assign(globalThis, { seen })
  })
  return () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
}

const session = (page: Page, id: number) => page.locator(`[data-session="${id}"]`)
const bookings = (page: Page) => page.locator('section', { hasText: 'Bookings of customer 42' })

describe('booking', () => {
  it('shows a booking of one window in another, and to whom it belongs', async () => {
    const [mine, theirs] = [await demo.open('/booking-react/'), await demo.open('/booking-react/')]
    for (const page of [mine, theirs]) await bookings(page).getByText('joined').waitFor()
    const before = await session(theirs, 1).locator('p').textContent()
    await session(mine, 1).getByRole('button', { name: 'Book' }).click()
    const code = (await mine.getByText(/^Booked as BK-/).textContent())?.slice('Booked as '.length) ?? ''
    const saysOf = (page: Page) => session(page, 1).locator('p').textContent()
    await expect.poll(() => saysOf(theirs)).not.toBe(before)
    await expect.poll(async () => (await saysOf(mine)) === (await saysOf(theirs))).toBe(true)
    for (const page of [mine, theirs]) await bookings(page).getByText(`${code}: confirmed, paid`).waitFor()
  })

  it('is told of a session and of a booking as the application of Laravel tells it', async () => {
    const page = await demo.open('/home/')
    const told = new Map<string, unknown>()
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const { event, data } = JSON.parse(`${payload}`)
        told.set(event, typeof data === 'string' ? JSON.parse(data) : data)
      }),
    )
    await page.goto(new URL('/booking-react/', page.url()).href)
    await bookings(page).getByText('joined').waitFor()
    await session(page, 1).getByRole('button', { name: 'Book' }).click()
    await bookings(page).getByText(': confirmed, paid').waitFor()
    // Whoever books has it from the answer.
    expect(told.has('AvailabilityUpdated')).toBe(false)
    await page.getByLabel('You are').selectOption('admin')
    await bookings(page).getByText('joined').waitFor()
    await session(page, 2).getByRole('button', { name: 'Ten more' }).click()
    const other = await demo.open('/booking-react/')
    await session(other, 2).getByRole('button', { name: 'Book' }).click()
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    const number = expect.any(Number)
    const places = { session_id: 2, available_slots: number, total_capacity: number, updated_at: time }
    await expect
      .poll(() => Object.fromEntries(told), SOON)
      .toMatchObject({
        AvailabilityUpdated: { ...places, session_name: 'Water polo', date: day },
        CapacityUpdated: places,
        BookingStatusUpdated: {
          booking_id: number,
          booking_code: expect.stringMatching(/^BK-/),
          status: 'confirmed',
          payment_status: 'paid',
          updated_at: time,
        },
      })
  })

  it('scenario 3: refuses whoever may not see, each with its status, and the line stays up', async () => {
    const page = await demo.open('/booking-react/', {}, expected)
    await bookings(page).getByText('joined').waitFor()
    for (const [person, state] of [
      ['visitor', 'refused: 401'],
      ['customer 7', 'refused: 403'],
      ['admin', 'joined'],
      ['customer 42', 'joined'],
    ] as const) {
      await page.getByLabel('You are').selectOption(person)
      await bookings(page).getByText(state).waitFor()
      await page.locator('.status', { hasText: 'connected' }).waitFor()
    }
  })

  it('scenario 5: has one socket over 50 changes of the route in StrictMode, and nothing is left', async () => {
    const page = await demo.open('/booking-react/', {}, undefined, countAll)
    const left = await changeRoutes(page, () => bookings(page).getByText('joined').waitFor())
    expect(left).toEqual({ most: 1, dialled: 1, timers: 0, listeners: [] })
  }, 60_000)

  it('scenario 7: tells of a line that is lost and comes back, each once', async () => {
    const page = await demo.open('/booking-react/', {}, expected)
    await bookings(page).getByText('joined').waitFor()
    const seen = await watchToasts(page)
    await demo.fail({ at: 'now', do: 'cut' })
    const back = ['Reconnecting: warn', 'Reconnected: good']
    await expect.poll(seen, SOON).toEqual(back)
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect.poll(seen, SOON).toEqual([...back, 'Disconnected: rest'])
    expect(await toasts(page)).toContain('Disconnected')
    await page.getByRole('alert').getByText('You are disconnected.').waitFor()
    await page.getByRole('button', { name: 'Connect' }).click()
    await bookings(page).getByText('joined').waitFor()
    expect(await seen()).toEqual([...back, 'Disconnected: rest'])
  })

  it('lets each toast go after five seconds', async () => {
    const page = await demo.open('/home/', {}, expected)
    await page.clock.install()
    await page.goto(new URL('/booking-react/', page.url()).href)
    await bookings(page).getByText('joined').waitFor()
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 3000)
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect.poll(() => toasts(page)).toEqual(['Disconnected'])
    await page.clock.runFor(4000)
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect.poll(() => toasts(page)).toEqual(['Disconnected', 'Disconnected'])
    await page.clock.runFor(1100)
    expect(await toasts(page)).toEqual(['Disconnected'])
    await page.clock.runFor(4000)
    expect(await toasts(page)).toEqual([])
  })

  it('says that the application cannot be reached', async () => {
    const page = await demo.open('/booking-react/', {}, /ERR_FAILED/)
    await page.route('**/api/sessions/*/book', (route) => route.abort())
    await session(page, 1).getByRole('button', { name: 'Book' }).click()
    await page.getByText('The application cannot be reached.').waitFor()
  })

  it('merges a new capacity, and fits into 360 pixels', async () => {
    const page = await demo.open('/booking-react/', { viewport: { width: 360, height: 800 } }, expected)
    await session(page, 3).getByText('full', { exact: true }).waitFor()
    await page.getByLabel('You are').selectOption('admin')
    await session(page, 3).getByRole('button', { name: 'Ten more' }).click()
    await session(page, 3).getByText('available', { exact: true }).waitFor()
    await session(page, 3).getByRole('heading', { name: 'Diving' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })

  it('hears the operator', async () => {
    const page = await demo.open('/booking-react/', {}, expected)
    await bookings(page).getByText('joined').waitFor()
    await page.getByLabel('You are').selectOption('operator')
    await page.locator('.status', { hasText: 'connected' }).waitFor()
    await page.getByRole('button', { name: 'Announce' }).click()
    await expect.poll(() => toasts(page)).toContain('The pool closes at eight today')
  })
})
