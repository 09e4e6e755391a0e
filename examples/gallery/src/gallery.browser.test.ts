import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { fastClock } from './fast-clock-test-setup.ts'
import { mountGallery } from './gallery.ts'

const patience = { timeout: 12_000, interval: 10 }

interface Page {
  readonly statuses: readonly string[]
  /** Resolves when the server has taken it. */
  press(selector: string): Promise<void>
  text(selector: string): string
  sees(selector: string, text: string | RegExp): Promise<void>
}

/** Puts the gallery on the page, and watches for anything that the console would show. */
async function setup(): Promise<Page> {
  const root = document.body.appendChild(document.createElement('div'))
  const consoleError = vi.spyOn(console, 'error')
  const unmount = mountGallery(root, inject('gallery'), fastClock)
  const find = (selector: string): HTMLElement => {
    const element = root.querySelector<HTMLElement>(selector)
    if (!element) throw new Error(`There is no ${selector}`)
    return element
  }
  const panel = find('.status')
  const statuses: string[] = []
  const observer = new MutationObserver(() => statuses.push(panel.dataset['status'] ?? ''))
  observer.observe(panel, { attributeFilter: ['data-status'] })
  onTestFinished(async () => {
    await unmount()
    observer.disconnect()
    root.remove()
    expect(consoleError).not.toHaveBeenCalled()
  })
  const page: Page = {
    statuses,
    press(selector) {
      const element = find(selector)
      element.click()
      return vi.waitFor(() => expect(element.ariaBusy).toBeNull(), patience) as Promise<void>
    },
    text: (selector) => find(selector).textContent ?? '',
    sees: (selector, text) =>
      vi.waitFor(() => expect(page.text(selector)).toMatch(text), patience) as Promise<void>,
  }
  await page.sees('.headline', /^Connected$/)
  await page.sees('.events .chip', 'joined')
  return page
}

/** What a visitor sees of each fault before it is undone. */
const faults: readonly (readonly [fault: string, selector: string, text: string | RegExp])[] = [
  ['drop', '.events .mark', 'Nothing was missed'],
  ['stall', '.log', 'connection.stale'],
  ['slow', '.headline', 'Connected'],
  ['offline', '.headline', 'Reconnecting'],
  ['down', '.facts', /[2-9] in a row/],
  ['hang-up', '.facts', /[2-9] in a row/],
  ['busy', '.facts', /in [456]\.\d s/],
  ['drain', '.log', 'handover'],
  ['refuse', '.headline', 'Failed'],
  ['hide', '.headline', 'Paused'],
  ['expire', '.headline', 'Connected'],
  ['evict', '.events .mark', 'Something may be missing'],
  ['skip', '.events .mark', 'A hole'],
  ['reject', '.events .chip', 'rejected'],
  ['swallow', '.publish .chip', 'unknown'],
]

describe('mountGallery', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each(faults)('comes back from %s', async (fault, selector, text) => {
    const page = await setup()
    const button = `[data-fault="${fault}"]`
    await page.press(button)
    if (fault === 'swallow') await page.press('.publish button')
    await page.sees(selector, text)
    if (document.querySelector(`${button}[aria-pressed="true"]`)) await page.press(button)
    if (fault === 'refuse') await page.press('.status .primary:not([hidden])')
    if (fault === 'reject') await page.press('.events button')
    await page.sees('.headline', /^Connected$/)
    await page.sees('.events .chip', 'joined')
  })

  it('has a test for every fault', async () => {
    await setup()
    const names = [...document.querySelectorAll<HTMLElement>('[data-fault]')].map(
      ({ dataset }) => dataset['fault'],
    )
    expect(names.sort()).toEqual(faults.map(([fault]) => fault).sort())
  })

  it('undoes all faults at once', async () => {
    const page = await setup()
    for (const fault of ['down', 'slow', 'hide']) await page.press(`[data-fault="${fault}"]`)
    await page.sees('.headline', 'Paused')
    await page.press('.faults .bar button')
    await page.sees('.headline', /^Connected$/)
  })

  it('measures the round trip when asked', async () => {
    const page = await setup()
    await page.press('[data-fault="slow"]')
    await page.press('.status .primary:not([hidden])')
    await page.sees('.facts', /\d{3,} ms/)
  })

  it('tells what became of each publish', async () => {
    const page = await setup()
    await page.press('.publish form button')
    await page.sees('.publish .chip', 'acknowledged')
    await page.press('[data-fault="down"]')
    await page.sees('.headline', 'Reconnecting')
    await page.press('.publish form button')
    await page.sees('.publish .chip', 'dropped')
  })

  it('pauses, resumes, closes and connects', async () => {
    const page = await setup()
    press('Pause')
    await page.sees('.headline', 'Paused')
    press('Resume')
    await page.sees('.headline', /^Connected$/)
    press('Close')
    await page.sees('.headline', 'Closed')
    press('Connect')
    await page.sees('.headline', /^Connected$/)
    await page.sees('.events .chip', 'joined')
    expect(page.statuses).not.toContain('failed')
  })
})

function press(text: string): void {
  const buttons = [...document.querySelectorAll<HTMLElement>('.status button')]
  buttons.find(({ textContent }) => textContent === text)?.click()
}
