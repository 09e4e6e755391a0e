import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchChromium } from '../../../scripts/launch-chromium.mjs'
import type * as Kit from './kit-test-setup.ts'
import { startPage } from './serve-test-setup.ts'

declare const kit: typeof Kit

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

async function setup(look: BrowserContextOptions = {}) {
  const started = await startPage()
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`${error}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/WebSocket connection|ERR_CONNECTION_REFUSED/.test(message.text()))
      problems.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    await started.stop()
    expect(problems).toEqual([])
  })
  await page.goto(started.origin)
  await page.evaluate(
    ({ url, control }) => {
      const client = kit.createRawWs({ url })
      const remove = kit.mountInspector(client, { control })
      Object.assign(globalThis, { client, remove, room: client.untyped('room.1') })
      client.untyped('room.1').on('Said', () => {})
    },
    { url: started.url, control: started.control },
  )
  return { ...started, page }
}

declare const client: ReturnType<typeof Kit.createRawWs>
declare const room: ReturnType<typeof client.untyped>

const PATIENCE = { timeout: 25_000, interval: 50 }

const open = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Open the realtime inspector' }).click()
const status = (page: Page) => page.locator('.head .chip')

describe('the inspector in a page with a strict policy, at the reference server', { timeout: 30_000 }, () => {
  it('shows connection, channels and frames, styled', async () => {
    const { page, server } = await setup()
    await open(page)
    await status(page).getByText('connected', { exact: true }).waitFor()
    await page.locator('.channels').getByText('joined', { exact: true }).waitFor()
    await server.publish('room.1', 'Said', { text: 'Hello there' })
    await page.getByLabel('Frames, the newest first').getByText('Said').first().waitFor()
    await page.evaluate(
      async () => void (await room.publish('Said', { text: 'hi' }, { delivery: 'at-least-once' })),
    )
    await page.getByText('Publishes: 1 acknowledged').waitFor()
    expect(await status(page).evaluate((chip) => getComputedStyle(chip).borderRadius)).toBe('99px')
  })

  it('breaks the line by its buttons, and shows what comes of it', async () => {
    const { page } = await setup()
    await open(page)
    await status(page).getByText('connected', { exact: true }).waitFor()
    const press = (name: string) => page.getByRole('button', { name, exact: true })
    await press('Cut').click()
    await page.getByText('Cut: done').waitFor()
    await page.getByText('1 gap,').waitFor()
    await page.getByText('live → waiting').first().waitFor()
    await press('Server down').click()
    await status(page).getByText('reconnecting').waitFor()
    await page.getByText('Server down: on').waitFor()
    const isDown = () => expect.poll(() => press('Server down').getAttribute('aria-pressed'))
    await isDown().toBe('true')
    await press('Close the realtime inspector').click()
    await open(page)
    await isDown().toBe('true')
    // While the server is down: once it is up the client may be faster, and then there is nothing to press.
    const asked = page.locator('.connection li').filter({ hasText: /waiting → (?:opening|waiting)\s*asked/ })
    await vi.waitFor(async () => {
      await press('Reconnect now').click()
      expect(await asked.count()).toBeGreaterThan(0)
    }, PATIENCE)
    await press('Clear faults').click()
    await page.getByText('No fault holds').waitFor()
    await isDown().toBe('false')
    await status(page).getByText('connected', { exact: true }).waitFor()
    await press('Slow').click()
    await page.getByText('Slow: on').waitFor()
    await press('Slow').click()
    await page.getByText('Slow: off').waitFor()
    await press('Drain').click()
    await page.getByText('Drain: done').waitFor()
    await press('Go silent').click()
    await press('Check now').click()
    await page.getByText('asked for a sign of life').first().waitFor()
  })

  it('says when the server does not take faults', async () => {
    const { page, server } = await setup()
    await open(page)
    await status(page).getByText('connected', { exact: true }).waitFor()
    await server.close()
    await page.getByRole('button', { name: 'Cut', exact: true }).click()
    await page.getByText(/Is http.* the reference server\?/).waitFor()
  })

  it('is used by keys alone, and remembers that it was open', async () => {
    const { page, origin } = await setup()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await status(page).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('DIV')
    await page.keyboard.press('Escape')
    await status(page).waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await status(page).waitFor()
    await page.goto(origin)
    await page.evaluate(() => void kit.mountInspector([]))
    await page.getByText('No client to inspect').waitFor()
  })

  it.each([360, 1280])(
    'fits into %i pixels, in the light and in the dark, with enough contrast',
    async (width) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page } = await setup({ viewport: { width, height: 800 }, colorScheme })
        await open(page)
        await status(page).getByText('connected', { exact: true }).waitFor()
        const box = await page.locator('.window').boundingBox()
        expect(box?.x).toBeGreaterThanOrEqual(0)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        const inspector = page.locator('realtime-inspector')
        expect(await inspector.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
        expect(await inspector.evaluate(findPale)).toEqual([])
      }
    },
  )
})

/** Texts whose contrast is below 4.5 to 1. */
function findPale({ shadowRoot }: Element): readonly string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const toRgba = (colour: string): readonly number[] => {
    if (!canvas) return []
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const toLight = (colour: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = colour
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const toGround = (element: Element): readonly number[] => {
    const own = toRgba(getComputedStyle(element).backgroundColor)
    if (own[3] === 255) return own
    const root = element.getRootNode() as ShadowRoot
    return toGround(element.parentElement ?? root.host)
  }
  const elements = [...(shadowRoot?.querySelectorAll('*') ?? [])]
  return elements.flatMap((element) => {
    const hasText = [...element.childNodes].some(
      ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim(),
    )
    if (!hasText || element.matches(':disabled')) return []
    const [light = 0, dark = 0] = [
      toLight(toRgba(getComputedStyle(element).color)),
      toLight(toGround(element)),
    ].sort((one, other) => other - one)
    const contrast = (light + 0.05) / (dark + 0.05)
    return contrast < 4.5 ? [`${element.textContent}: ${contrast.toFixed(2)}`] : []
  })
}
