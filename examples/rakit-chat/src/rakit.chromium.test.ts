import type { Page } from 'playwright'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

// Three pages at once take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const demo = useDemo()

interface Chatter {
  readonly page: Page
  readonly id: string
  say(to: string, text: string): Promise<void>
}

async function open(expected?: RegExp): Promise<Chatter> {
  return enter(await demo.open('/rakit-chat/', {}, expected))
}

async function enter(page: Page): Promise<Chatter> {
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

  it('shows who comes and goes', async () => {
    const [one, other] = [await open(), await open()]
    await one.page.getByText(`Here: you, ${other.id}.`).waitFor()
    await one.page.getByText(`Client #${other.id} connected`).waitFor()
    await other.page.close()
    await one.page.getByText('Here: you.').waitFor()
    await one.page.getByText(`Client #${other.id} disconnected`).waitFor()
  })

  it('knows nobody while the line is lost, and itself by another name afterwards', async () => {
    const { page, id } = await open(/WebSocket connection/)
    await page.getByText('Here: you.').waitFor()
    const release = await demo.fail({ at: 'upgrade', do: 'refuse', status: 503 })
    onTestFinished(release)
    await demo.fail({ at: 'now', do: 'cut' })
    await page.getByText('reconnecting').waitFor()
    await expect.poll(() => page.getByText('Here:').count()).toBe(0)
    await expect
      .poll(() => page.locator('option').allTextContents())
      .toEqual(['everybody', 'the channel chat.1'])
    await release()
    await page.getByText('Here: you.').waitFor()
    await expect.poll(() => page.getByText(/^You are \w/).textContent()).not.toContain(id)
  })

  it('sends commands, of which this server answers one', async () => {
    const other = await open()
    const page = await demo.open('/home/')
    const sent: unknown[] = []
    const received: string[] = []
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => sent.push(JSON.parse(`${payload}`)))
      socket.on('framereceived', ({ payload }) => received.push(`${payload}`))
    })
    await page.goto(new URL('/rakit-chat/', page.url()).href)
    const { say } = await enter(page)
    await page.getByLabel('as a command').check()
    await say('everybody', 'a')
    await say('the channel chat.1', 'b')
    await say(other.id, 'c')
    await page.getByText('Sent as a command').waitFor()
    const lists = () => received.filter((frame) => frame.includes('"presence"')).length
    const before = lists()
    await page.getByRole('button', { name: 'Ask who is here' }).click()
    await expect.poll(lists).toBe(before + 1)
    expect(sent.filter((frame) => `${Object.keys(frame as object)}`.startsWith('command'))).toEqual([
      { command: 'broadcast', message: 'a' },
      { command: 'broadcast_to_channel', channel: 'chat.1', message: 'b' },
      { command: 'private_message', to: other.id, message: 'c' },
      { command: 'presence' },
    ])
  })

  it('refuses what is too long before it is sent', async () => {
    const { page, say } = await open()
    await say('everybody', 'x'.repeat(2041))
    await page.getByRole('alert').getByText('message.too-large').waitFor()
    await say('everybody', 'short')
    await page.getByText('to everybody: short').waitFor()
  })
})
