import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'
import { endBurst, measure, type Page, startBurst } from './burst-test-setup.ts'

/** What comes on the four channels. */
const EVENTS = ['scada.data.received', 'scada.aggregated.updated', 'scada.batch.processed']
const BURST_MS = 10_000
const SOON = { timeout: 20_000 }
/** Shorter than the 5 s that an answer may take. */
const STEP_MS = 2000

const demo = useDemo()

/** The feed ends. */
async function endFeed(): Promise<void> {
  for (const type of EVENTS)
    onTestFinished(await demo.fail({ at: 'frame', do: 'drop', direction: 'out', type }))
}

interface Reading {
  readonly tag: string
  readonly value: number
  /** When it was measured, every 10 ms. */
  readonly at: number
}

const toReadings = (wire: readonly string[]): readonly Reading[] =>
  wire
    .map((frame) => JSON.parse(frame) as { readonly channel: string; readonly data: string })
    .filter(({ channel }) => channel === 'scada-realtime')
    .map(({ data }) => JSON.parse(data) as Reading)

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

describe('SCADA on a plain page', () => {
  it('scenario 9: takes 5,000 events a second for ten, calls ten times a second for each tag, and ends with what was sent last', async () => {
    const page = await demo.openUnwatched('/scada-script-tag/', measure)
    const charts = () => page.evaluate(() => document.querySelectorAll('figure').length)
    await expect.poll(charts, SOON).toBe(50)
    const loop = monitorEventLoopDelay({ resolution: 10 })
    loop.enable()
    await page.evaluate(startBurst)
    await setTimeout(BURST_MS)
    await endFeed()
    loop.disable()
    const burst = await page.evaluate(endBurst)
    const windows = Math.ceil(burst.tookMs / 100) + 1
    expect(burst.statuses).toEqual([])
    expect(burst.calls).toHaveLength(50)
    expect(Math.max(...burst.calls)).toBeLessThanOrEqual(windows)
    expect(Math.min(...burst.calls)).toBeGreaterThan(0)
    expect(burst.points).toBeLessThanOrEqual(1000)

    // The feed posts readings of all tags at once, in order: nothing was left out on the way to the page.
    const heard = toReadings(burst.wire)
    const [from, to] = [heard[0]?.at ?? 0, heard.at(-1)?.at ?? 0]
    const readings = heard.filter(({ at }) => at > from && at < to)
    const times = new Map<string, number[]>()
    for (const { tag, at } of readings) times.set(tag, [...(times.get(tag) ?? []), at])
    const [first = [], ...others] = times.values()
    expect(others).toHaveLength(49)
    expect(first).toEqual([...new Set(first)].sort((a, b) => a - b))
    for (const other of others) expect(other).toEqual(first)
    // 100 a second: what a busy machine has delayed is made up for, or left out.
    const steps = first.slice(1).map((at, index) => at - (first[index] as number))
    expect(percentile(steps, 0.5)).toBe(10)

    // How long things take is told and not judged: machines are busy.
    const seconds = burst.tookMs / 1000
    console.log(
      [
        `scenario 9: ${Math.round(heard.length / seconds)} events/s for ${seconds.toFixed(1)} s (5,000 for 10), none lost, 0 disconnects`,
        `at most ${Math.max(...burst.calls)} calls for a tag (${windows})`,
        `the last values were shown after ${burst.lastMs.toFixed(0)} ms (150)`,
        `at most ${burst.points} points of a series (1,000)`,
        `event loop late by ${percentile(burst.delays, 0.99).toFixed(0)} ms at p99 in the page, by ` +
          `${Math.max(0, loop.percentile(99) / 1e6 - 10).toFixed(0)} ms in the server (50)`,
        `${percentile(burst.frames, 0.5).toFixed(1)} ms of work in the median frame (8)`,
        `${burst.long} tasks of the client over 50 ms (0), ${(burst.frames.length / seconds).toFixed(0)} frames/s`,
      ].join('\n  '),
    )
  }, 120_000)

  it('scenario 12: stays connected for ten minutes without an event, because it asks, and finds a server that is silent', async () => {
    await endFeed()
    const page = await demo.open('/home/')
    await page.clock.install()
    // What the test hears of a socket comes later than its dial, which time must not overtake.
    await page.addInitScript(() => {
      const dials: string[] = []
      globalThis.WebSocket = class extends WebSocket {
        constructor(...args: ConstructorParameters<typeof WebSocket>) {
          super(...args)
          if (`${args[0]}`.includes('/app/')) dials.push(`${args[0]}`)
        }
      }
      Object.assign(globalThis, { dials })
    })
    const dials = () => page.evaluate(() => (globalThis as unknown as { dials: string[] }).dials.length)
    const wire = { sockets: 0, asked: 0, answered: 0 }
    page.on('websocket', (socket) => {
      if (!socket.url().includes('/app/')) return
      wire.sockets++
      socket.on('framesent', ({ payload }) => {
        if (`${payload}`.includes('pusher:ping')) wire.asked++
      })
      socket.on('framereceived', ({ payload }) => {
        if (`${payload}`.includes('pusher:pong')) wire.answered++
      })
    })
    await page.goto(new URL('/scada-script-tag/', page.url()).href)
    await page.getByText('connected', { exact: true }).waitFor()
    // Far enough ahead for a page that takes a while to hear of it.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 3000)
    await page.evaluate(() => {
      const statuses: string[] = []
      Object.assign(globalThis, { statuses })
      ;(globalThis as unknown as Page).client.status.subscribe(({ status }) => statuses.push(status))
    })
    const lost = () =>
      page.evaluate(() =>
        (globalThis as unknown as { readonly statuses: readonly string[] }).statuses.filter(
          (status) => status !== 'connected',
        ),
      )
    for (let at = 0; at < 600; at += STEP_MS / 1000) {
      const { asked } = wire
      await page.clock.runFor(STEP_MS)
      // 25 s without a frame, and it asks. Time stands still until it is answered, however busy this machine is.
      if (wire.asked > asked) await expect.poll(() => wire.answered === wire.asked, SOON).toBe(true)
    }
    expect(wire.asked).toBeGreaterThanOrEqual(22)
    expect({ lost: await lost(), sockets: wire.sockets }).toEqual({ lost: [], sockets: 1 })

    onTestFinished(await demo.fail({ at: 'now', do: 'freeze', endpoint: 'pusher' }))
    // Another 5 s for the answer, and in steps: a dial that is made within a long one would be given up there too.
    for (let ms = 0; ms < 31_000 && !(await lost()).length; ms += 500) await page.clock.runFor(500)
    expect((await lost())[0]).toBe('reconnecting')
    while ((await dials()) < 2) await page.clock.runFor(500)
    // From here on time all but stands still: a dial that takes a while here must not be given up there.
    await expect
      .poll(async () => {
        await page.clock.runFor(16)
        return page.locator('#status').textContent()
      }, SOON)
      .toBe('connected')
    expect(wire.sockets).toBe(2)
  }, 120_000)

  it('shows what the server has added up, and the weather, from the other three channels', async () => {
    const page = await demo.open('/scada-script-tag/')
    const channels = new Set<string>()
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => channels.add(JSON.parse(`${payload}`).channel)),
    )
    await page.reload()
    await page
      .locator('figure small')
      .nth(49)
      .getByText(/^\d+\.\d to \d+\.\d$/)
      .waitFor()
    await page
      .locator('#weather')
      .getByText(/^-?\d+\.\d °C, wind 4\.0 m\/s$/)
      .waitFor()
    await page
      .locator('#batch')
      .getByText(/^\d+ readings, -?\d+\.\d to -?\d+\.\d °C$/)
      .waitFor()
    expect([...channels]).toEqual(
      expect.arrayContaining(['scada-aggregated', 'scada-batch', 'scada-data', 'scada-realtime']),
    )
  })

  it('says why the connection has ended, and tries again when asked', async () => {
    const page = await demo.open('/scada-script-tag/')
    await page.locator('figure').nth(49).waitFor()
    const again = page.getByRole('button', { name: 'Try again' })
    expect(await again.isVisible()).toBe(false)
    await demo.fail({ at: 'now', do: 'close', code: 4001, endpoint: 'pusher' })
    await page.getByText('The connection has ended (connection.refused).').waitFor()
    await again.click()
    await page.getByText('connected', { exact: true }).waitFor()
    await again.waitFor({ state: 'hidden' })
  })

  it('marks an interruption in every chart, and goes on', async () => {
    const page = await demo.open('/scada-script-tag/')
    // A chart is there once its range is known, which may be before its first point.
    await page.waitForFunction(() => {
      const { charts } = globalThis as unknown as Page
      return charts?.size === 50 && [...charts.values()].every(({ points }) => points.length)
    })
    await demo.fail({ at: 'now', do: 'cut' })
    await page.waitForFunction(() => {
      const { charts } = globalThis as unknown as Page
      return [...charts.values()].every(({ points }) => {
        const gap = points.indexOf(undefined)
        return gap > 0 && gap < points.length - 1
      })
    })
    await page.getByText('connected', { exact: true }).waitFor()
  }, 60_000)

  it('keeps at most 1,000 points of a series', async () => {
    const page = await demo.open('/scada-script-tag/')
    await page.locator('figure').nth(49).waitFor()
    const most = await page.evaluate(() => {
      const { charts } = globalThis as unknown as {
        charts: ReadonlyMap<string, { push(point: number): void; readonly points: readonly number[] }>
      }
      for (const chart of charts.values()) for (let n = 0; n < 1500; n++) chart.push(n)
      return Math.max(...[...charts.values()].map(({ points }) => points.length))
    })
    expect(most).toBe(1000)
  })
})
