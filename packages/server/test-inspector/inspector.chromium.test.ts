import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchChromium } from '../../../scripts/launch-chromium.mjs'
import type { ServerOptions } from '../src/index.ts'
import { type FaultButton, faultGroups } from '../src/inspect/page/fault-list.ts'
import { dialRaw, type RawSocket, startServer } from '../src/socket-test-setup.ts'

const CONTROL = 'control-token-of-tests'
const INSPECT = 'inspect-token-of-tests'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

async function setup(options: ServerOptions = {}, look: BrowserContextOptions = {}, hash = '') {
  const started = await startServer({ control: { token: CONTROL }, ...options })
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`${error}`))
  page.on('console', (message) => {
    const isExpected = /status of 401|ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING)/.test(
      message.text(),
    )
    if (message.type() === 'error' && !isExpected) problems.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(problems).toEqual([])
  })
  await page.goto(`${started.url}/_inspect${hash}`)
  const join = async (...channels: readonly string[]): Promise<RawSocket> => {
    const client = await dialRaw(started.port)
    await client.hello()
    client.send({ t: 'sub', chs: channels.map((ch) => ({ ch })) })
    for (const _ of channels) await client.next('subbed')
    return client
  }
  return { ...started, page, join }
}

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const lines = (page: Page) => page.getByLabel('Frames and events, the newest first').locator('li')
const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor()

describe('the inspector', { timeout: 30_000 }, () => {
  it('says that nothing is there yet, and then shows who and what is', async () => {
    const { page, join, server } = await setup()
    await sees(page, 'Live')
    await sees(page, 'Nobody is connected.')
    await sees(page, 'No channel is joined.')
    await sees(page, 'Nothing has happened since this page was opened.')
    const client = await join('room.1')
    await page.getByRole('button', { name: server.connections()[0]?.id ?? '' }).waitFor()
    await region(page, 'Channels').getByRole('button', { name: 'room.1', exact: true }).waitFor()
    await lines(page).filter({ hasText: 'subbed' }).waitFor()
    client.socket.terminate()
    await sees(page, 'Nobody is connected.')
    await lines(page).filter({ hasText: '1006' }).waitFor()
  })

  it('filters, by words and by a press on a name', async () => {
    const { page, join } = await setup()
    await sees(page, 'Live')
    await join('room.1')
    await join('room.2')
    await lines(page).filter({ hasText: 'room.2' }).first().waitFor()
    const filter = page.getByRole('searchbox', { name: 'Filter by words' })
    await filter.fill('in sub room.1')
    await expect.poll(() => lines(page).count()).toBe(1)
    await filter.fill('nothing like it')
    await sees(page, 'Nothing fits the filter.')
    await region(page, 'Channels').getByRole('button', { name: 'room.2', exact: true }).click()
    await expect.poll(() => filter.inputValue()).toBe('room.2')
    const others = lines(page).filter({ hasNotText: 'room.2' })
    await expect.poll(async () => [await lines(page).count(), await others.count()]).toEqual([2, 0])
  })

  it('holds still when paused, and says how much is newer', async () => {
    const { page, join } = await setup()
    await sees(page, 'Live')
    const client = await join('room.1')
    await lines(page).filter({ hasText: 'subbed' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).press('Enter')
    const before = await lines(page).count()
    for (let count = 0; count < 3; count++) client.send({ t: 'ping' })
    await sees(page, 'Paused, 6 newer lines')
    expect(await lines(page).count()).toBe(before)
    await page.getByRole('button', { name: 'Pause' }).press('Enter')
    await lines(page).filter({ hasText: 'pong' }).first().waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await sees(page, 'Nothing has happened')
  })

  it('hides payloads until they are asked for', async () => {
    const { page, join } = await setup()
    await sees(page, 'Live')
    const client = await join('room.1')
    const say = (id: string) => client.send({ t: 'pub', id, ch: 'room.1', ev: 'Said', data: `text of ${id}` })
    say('p1')
    await lines(page).filter({ hasText: 'pub' }).waitFor()
    expect(await page.locator('body').textContent()).not.toContain('text of p1')
    await page.getByRole('checkbox', { name: 'Payloads' }).check()
    let count = 1
    await vi.waitFor(async () => {
      say(`p${++count}`)
      expect(await page.locator('body').textContent()).toMatch(/text of p\d/)
    }, 25_000)
  })

  it('shows members of a presence channel', async () => {
    const { page, join } = await setup({ authenticate: () => ({ id: 'ada' }) })
    await join('presence-desk')
    await page.getByRole('button', { name: 'Members of presence-desk' }).click()
    await region(page, 'Channels').getByText('ada').waitFor()
  })

  it('causes faults once it has the token, and takes them back', async () => {
    const { page, join } = await setup()
    const client = await join('room.1')
    await page.getByLabel(/token of \/_control/).fill('wrong-token-of-length')
    await page.getByRole('button', { name: 'Open' }).click()
    await sees(page, 'The token that was printed at the start is missing or wrong')
    await page.getByLabel(/token of \/_control/).fill(CONTROL)
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('button', { name: 'Refuse publishes' }).click()
    await sees(page, 'Refuse publishes, everything')
    client.send({ t: 'pub', id: 'p1', ch: 'room.1', ev: 'Said' })
    expect(await client.next('nack')).toMatchObject({ id: 'p1' })
    await page.getByRole('button', { name: 'Undo: Refuse publishes, everything' }).click()
    await page.getByText('Undone: Refuse publishes, everything').waitFor()
    client.send({ t: 'pub', id: 'p2', ch: 'room.1', ev: 'Said', ack: true })
    expect(await client.next('ack')).toMatchObject({ id: 'p2' })
  })

  it('strikes what was chosen, and nothing else', async () => {
    const { page, join, server } = await setup({}, {}, `#control=${CONTROL}`)
    const [one, other] = [await join('room.1'), await join('room.2')]
    expect(page.url()).not.toContain(CONTROL)
    const strike = page.getByLabel('Strike')
    await strike.locator('option', { hasText: 'channel room.2' }).waitFor({ state: 'attached' })
    const isDisabled = (name: string) => expect.poll(() => page.getByRole('button', { name }).isDisabled())
    await isDisabled('Forget history').toBe(true)
    await strike.selectOption('channel room.2')
    await isDisabled('Forget history').toBe(false)
    await isDisabled('Stall upgrades').toBe(true)
    await page.getByRole('button', { name: 'Cut', exact: true }).click()
    expect((await other.ended).code).toBe(1006)
    await sees(page, 'Done: Cut')
    expect(server.connections()).toHaveLength(1)
    one.send({ t: 'ping' })
    await one.next('pong')
  })

  it('every fault has a button that the server takes', async () => {
    const { page, join, server } = await setup({}, {}, `#control=${CONTROL}`)
    await join('room.1')
    const strike = page.getByLabel('Strike')
    await strike.locator('option', { hasText: 'channel room.1' }).waitFor({ state: 'attached' })
    const press = async ({ label }: FaultButton): Promise<void> => {
      await page.getByRole('button', { name: label, exact: true }).click()
      await sees(page, `Done: ${label}`)
    }
    const faults = Object.values(faultGroups).flat()
    await strike.selectOption('channel room.1')
    for (const fault of faults.filter((each) => !each.for.includes('everything'))) await press(fault)
    await strike.selectOption('everything')
    for (const fault of faults.filter((each) => each.for.includes('everything'))) await press(fault)
    await page.getByRole('button', { name: 'Undo all' }).click()
    await sees(page, 'All undone')
    expect(server.faults.list()).toEqual([])
  })

  it('asks for the token of a server that is locked', async () => {
    const { page } = await setup({
      mode: 'production',
      authenticate: 'anonymous',
      inspect: { token: INSPECT },
      control: undefined as never,
    })
    await page.getByLabel(/token of the inspector/).fill('wrong')
    await page.getByRole('button', { name: 'Open' }).click()
    await sees(page, 'The token of option inspect.token is missing or wrong')
    await page.getByLabel(/token of the inspector/).fill(INSPECT)
    await page.getByRole('button', { name: 'Open' }).click()
    await sees(page, 'production mode')
    expect(await page.getByRole('heading', { name: 'Faults' }).isVisible()).toBe(false)
  })

  it('says that the server is gone, and goes on when it is back', async () => {
    const { page, server, port } = await setup()
    await sees(page, 'Live')
    await server.close()
    await sees(page, 'Lost, trying again')
    await startServer({ port })
    await sees(page, 'Live')
  })

  it('keeps up with more than can be shown', async () => {
    const { page, join, server } = await setup()
    await join('ticker')
    await page.getByRole('checkbox', { name: 'Payloads' }).check()
    for (let count = 0; count < 3000; count++) await server.publish('ticker', 'Tick', { count })
    await lines(page)
      .filter({ hasText: /lines left out/ })
      .first()
      .waitFor()
    await server.publish('ticker', 'Last', 'the very last')
    await sees(page, /the very last/)
    expect(await lines(page).count()).toBeLessThanOrEqual(300)
  })

  it('shows the nodes of a server that has a Redis, and says when that is away', async () => {
    const { page, port } = await setup({ adapter: 'redis', redis: { port: 1 } })
    const nodes = region(page, 'Nodes')
    await nodes.getByText('Redis is away').waitFor()
    await nodes.getByText('Other nodes cannot be asked. 127.0.0.1:1: ').waitFor()
    await nodes.getByRole('cell', { name: `127.0.0.1:${port}` }).waitFor()
    await nodes.getByRole('cell', { name: '(this one)' }).waitFor()
    const alone = await setup()
    await sees(alone.page, 'Live')
    await sees(alone.page, 'Nobody is connected.')
    expect(await region(alone.page, 'Nodes').isVisible()).toBe(false)
  })

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1280, 'dark'],
  ] as const)('fits a window of %i pixels (%s)', async (width, colorScheme) => {
    const look: BrowserContextOptions = { viewport: { width, height: 740 }, colorScheme }
    const { page, join } = await setup({}, look, `#control=${CONTROL}`)
    await join('room.with-a-name-that-is-long-enough-to-be-wider-than-any-phone', 'presence-desk')
    await region(page, 'Channels').getByRole('button', { name: 'presence-desk', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Stall upgrades' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  })

  it('can be worked by keyboard alone', async () => {
    const { page, join } = await setup({}, {}, `#control=${CONTROL}`)
    await join('room.1')
    await page.getByRole('button', { name: 'Refuse joins' }).waitFor()
    await region(page, 'Channels').getByRole('button', { name: 'room.1', exact: true }).waitFor()
    const reached = new Set<string>()
    for (let count = 0; count < 60; count++) {
      await page.keyboard.press('Tab')
      reached.add(
        await page.evaluate(
          () => document.activeElement?.textContent || document.activeElement?.ariaLabel || '',
        ),
      )
    }
    for (const name of ['room.1', 'Cut', 'Refuse joins', 'Pause', 'Clear', 'Filter by words'])
      expect([...reached]).toContain(name)
  })
})
