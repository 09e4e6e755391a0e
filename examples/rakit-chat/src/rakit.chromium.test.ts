import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

async function open(): Promise<{
  readonly page: Page
  readonly id: string
  say(to: string, text: string): Promise<void>
}> {
  const page = await demo.open('/rakit-chat/')
  const named = await page.getByText(/^You are \w/).textContent()
  return {
    page,
    id: named?.slice('You are '.length, -1) ?? '',
    async say(to, text) {
      await page.getByLabel('To', { exact: true }).selectOption(to)
      await page.getByLabel('What to say').fill(text)
      await page.getByRole('button', { name: 'Say' }).click()
    },
  }
}

describe('chat with Rakit', () => {
  it('scenario 19: passes on to everybody, to one, and to a channel', async () => {
    const [one, other, third] = [await open(), await open(), await open()]
    for (const { page } of [one, other, third])
      await expect.poll(() => page.locator('option').count()).toBe(4)
    await one.say('everybody', 'Halo semua!')
    await other.page.getByText(`${one.id} to everybody: Halo semua!`).waitFor()
    await one.say(other.id, 'Halo 🌊')
    await other.page.getByText('to you: Halo 🌊').waitFor()
    await one.say('the channel chat.1', 'Di sini?')
    await third.page.getByText('to the channel chat.1: Di sini?').waitFor()
    expect(await third.page.getByText('Halo 🌊').count()).toBe(0)
  })

  it('refuses what is too long before it is sent', async () => {
    const { page, say } = await open()
    await say('everybody', 'x'.repeat(2041))
    await page.getByRole('alert').getByText('message.too-large').waitFor()
    await say('everybody', 'short')
    await page.getByText('to everybody: short').waitFor()
  })
})
