import { describe, expect, it, onTestFinished } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()
type FaultRule = Parameters<typeof demo.fail>[0]
const ofPusher: FaultRule = { at: 'now', do: 'close', code: 4001, endpoint: 'pusher' }
const ofRaw: FaultRule = { at: 'now', do: 'close', code: 4002, endpoint: 'raw' }
const refused = 'The server has refused the connection.'

/** How the line of an example ends for good. Rakit has no word for it. */
const endings: readonly (readonly [name: string, words: string, rules: readonly FaultRule[]])[] = [
  ['backend-swap', refused, [ofPusher]],
  ['booking-react', refused, [ofPusher]],
  ['notifications-vue', refused, [ofPusher]],
  ['echo-drop-in', 'The server has ended the connection.', [ofPusher]],
  ['gallery', refused, [ofRaw]],
  [
    'mqtt-iot',
    'The server does not accept who you are.',
    [
      // Others of the demo say hello too.
      { at: 'hello', do: 'deny', code: 'unauthenticated', times: 1, endpoint: 'mqtt' },
      { at: 'now', do: 'cut', user: 'dashboard' },
    ],
  ],
]

describe('the end of a line', () => {
  it.each(endings)(
    'is told by %s in words, in red, and with a way on',
    async (name, words, rules) => {
      const page = await demo.open(`/${name}/`, {}, /WebSocket connection/)
      const live = page.getByText('connected', { exact: true }).first()
      await live.waitFor()
      const end = page.locator('.ended')
      expect(await end.filter({ visible: true }).count()).toBe(0)
      for (const rule of rules) onTestFinished(await demo.fail(rule))
      // Of the whole page, so that a failure shows how its line stands instead.
      await expect
        .poll(async () => (await page.locator('body').allInnerTexts()).join())
        .toContain(`${words} Nothing new arrives here.`)
      expect(await end.filter({ visible: true }).count()).toBe(1)
      const chip = page.getByText(/^(failed|disconnected)$/).first()
      expect(await chip.getAttribute('data-tone')).toBe('bad')
      expect(await page.locator('.empty').filter({ visible: true }).count()).toBe(0)
      await end.getByRole('button', { name: 'Try again' }).click()
      await live.waitFor()
      await end.filter({ visible: true }).waitFor({ state: 'detached' })
    },
    60_000,
  )

  it('is not told by a page of Echo that cannot reach its server, but goes on trying', async () => {
    const page = await demo.open('/echo-drop-in/', {}, /WebSocket connection/)
    const status = page.locator('#status')
    await status.getByText('connected', { exact: true }).waitFor()
    const release = await demo.fail({ at: 'upgrade', do: 'refuse', status: 503 })
    onTestFinished(release)
    await demo.fail({ at: 'now', do: 'cut' })
    await status.getByText('failed', { exact: true }).waitFor()
    expect(await status.getAttribute('data-tone')).toBe('bad')
    await page.getByRole('alert').getByText('This page goes on trying.').waitFor()
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(false)
    await release()
    await status.getByText('connected', { exact: true }).waitFor()
    expect(await page.locator('.ended').isVisible()).toBe(false)
  }, 60_000)
})
