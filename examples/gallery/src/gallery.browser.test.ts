import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { fastClock } from './fast-clock-test-setup.ts'
import { mountGallery } from './gallery.ts'

const patience = { timeout: 25_000, interval: 10 }

/** In the page or in a shadow of it. */
function findAll(selector: string, root: ParentNode = document): readonly HTMLElement[] {
  const inspector = root.querySelector('realtime-inspector')?.shadowRoot
  return [
    ...root.querySelectorAll<HTMLElement>(selector),
    ...(inspector?.querySelectorAll<HTMLElement>(selector) ?? []),
  ]
}

const textOf = (selector: string): string => findAll(selector)[0]?.textContent ?? ''

const sees = (selector: string, text: string | RegExp) =>
  vi.waitFor(() => expect(textOf(selector)).toMatch(text), patience)

const STATUS = '.head .chip'
const CHANNEL = '.events .chip'
const seesAllWell = async (): Promise<void> => {
  await sees(STATUS, /^connected$/)
  await sees(CHANNEL, 'joined')
}

/** Presses when it can be pressed, and returns when the server has taken it. */
async function press(label: string): Promise<HTMLButtonElement> {
  const find = () => findAll('button').find(({ textContent }) => textContent === label) as HTMLButtonElement
  await vi.waitFor(() => expect(find().disabled).toBe(false), patience)
  find().click()
  await vi.waitFor(() => expect(find().disabled).toBe(false), patience)
  return find()
}

/** Puts the gallery on the page, and watches for anything that the console would show. */
async function setup(): Promise<void> {
  const root = document.body.appendChild(document.createElement('div'))
  const consoleError = vi.spyOn(console, 'error')
  const unmount = mountGallery(root, inject('gallery'), fastClock)
  onTestFinished(async () => {
    await unmount()
    root.remove()
    expect(consoleError).not.toHaveBeenCalled()
  })
  await seesAllWell()
}

/** What a visitor sees of each fault before it is undone. */
const faults: readonly (readonly [fault: string, selector: string, text: string | RegExp])[] = [
  ['Cut', '.events .mark', 'Nothing was missed'],
  ['Go silent', '.connection .feed', 'connection.stale'],
  ['Drain', '.connection .feed', 'handover'],
  ['Slow', STATUS, 'connected'],
  ['Server down', '.connection dl', /tries[2-9]/],
  ['Hang up', '.connection dl', /tries[2-9]/],
  // By itself it would be back within a second.
  ['Send away', '.connection dl', /in[2-6]\.\d s/],
  ['Refuse for good', STATUS, 'failed'],
  ['Expire the token', STATUS, 'connected'],
  ['Lose history', '.events .mark', 'Something may be missing'],
  ['Skip an event', '.events .mark', 'A hole'],
  ['Refuse the channel', CHANNEL, 'rejected'],
  ['Swallow receipts', '.publish .chip', 'unknown'],
]

describe('mountGallery', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each(faults)('comes back from %s', async (fault, selector, text) => {
    await setup()
    const button = await press(fault)
    if (fault === 'Swallow receipts') await press('Publish')
    await sees(selector, text)
    if (button.ariaPressed === 'true') await press(fault)
    if (fault === 'Refuse for good') await press('Reconnect now')
    if (fault === 'Refuse the channel') await press('Ask again')
    await seesAllWell()
  })

  it('has a test for every fault', async () => {
    await setup()
    const names = findAll('.faults button').map(({ textContent }) => textContent)
    expect(names).toEqual([...faults.map(([fault]) => fault), 'Clear faults'])
  })

  it('takes all faults back at once', async () => {
    await setup()
    await press('Slow')
    await press('Server down')
    await sees(STATUS, 'reconnecting')
    await press('Clear faults')
    await seesAllWell()
    expect(findAll('.faults [aria-pressed="true"]')).toEqual([])
  })

  it('measures the round trip when asked', async () => {
    await setup()
    await press('Slow')
    await press('Check now')
    await sees('.connection dl', /trip\d{3,} ms/)
    await press('Slow')
  })

  it('tells what became of each publish', async () => {
    await setup()
    await press('Publish')
    await sees('.publish .chip', 'acknowledged')
    await press('Server down')
    await sees(STATUS, 'reconnecting')
    await press('Publish')
    await sees('.publish .chip', 'dropped: expired')
    await press('Server down')
  })

  it('pauses, resumes, closes and connects', async () => {
    await setup()
    await press('Pause')
    await sees(STATUS, 'paused')
    await press('Resume')
    await seesAllWell()
    await press('Close')
    await sees(STATUS, 'closed')
    await press('Reconnect now')
    await seesAllWell()
  })
})
