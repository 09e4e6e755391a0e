import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

/** What Chromium says when another backend is chosen while the page still dials. */
const expected = /closed before the connection/

const choose = async (page: Page, backend: string): Promise<void> => {
  await page.getByLabel('Backend').selectOption(backend)
  await page.locator('.status', { hasText: 'connected' }).waitFor()
  await page.getByText('joined', { exact: true }).waitFor()
}

describe('one component, three backends', () => {
  it.each(['Pusher', 'MQTT', 'raw WebSocket'])('talks over %s', async (backend) => {
    const [one, other] = [
      await demo.open('/backend-swap/', {}, expected),
      await demo.open('/backend-swap/', {}, expected),
    ]
    for (const page of [one, other]) await choose(page, backend)
    await one.getByLabel('What to say').fill(`hello over ${backend}`)
    await one.getByRole('button', { name: 'Say' }).click()
    for (const page of [one, other]) await page.getByText(`hello over ${backend}`).waitFor()
    expect(await one.locator('.lines li').count()).toBe(1)
  })

  it('changes what is behind it while it is open', async () => {
    const page = await demo.open('/backend-swap/', {}, expected)
    for (const backend of ['MQTT', 'raw WebSocket', 'Pusher', 'MQTT']) await choose(page, backend)
    expect(await page.getByRole('heading', { level: 2 }).textContent()).toBe('Room 1')
  })
})
