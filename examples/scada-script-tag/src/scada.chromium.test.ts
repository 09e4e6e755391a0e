import { createControl } from '@org/example-backend/control'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

/** The feed ends. */
const NO_DATA = { at: 'frame', do: 'drop', direction: 'out', type: 'scada.data.received' } as const
const SOON = { timeout: 20_000 }
/** Shorter than the 5 s that an answer may take. */
const STEP_MS = 2000

const demo = useDemo()

/** What the page keeps for tests. */
interface Page {
  readonly charts: ReadonlyMap<string, { readonly points: readonly (number | undefined)[] }>
  readonly client: {
    readonly status: { subscribe(listener: (snapshot: { readonly status: string }) => void): void }
  }
}

/** What the page costs, measured around its scripts. */
interface Cost {
  messages: number
  /** Milliseconds of work between one frame and the next: messages, timers and drawing. */
  frames: number[]
  /** Tasks of the file with the client that took more than 50 ms. */
  long: number
  /** The newest frames of the wire, more than there are tags. */
  readonly wire: string[]
}

/** Runs before everything else in the page. */
function measure(): void {
  const cost: Cost = { messages: 0, frames: [], long: 0, wire: [] }
  let work = 0
  const timed =
    (run: (...args: unknown[]) => void) =>
    (...args: unknown[]): void => {
      const from = performance.now()
      run(...args)
      work += performance.now() - from
    }
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      const hear = (listener: ((event: MessageEvent<string>) => void) | null): void => {
        if (!listener) return
        const timely = timed((event) => listener(event as MessageEvent<string>))
        this.addEventListener('message', (event) => {
          cost.messages++
          if (cost.wire.push(event.data) > 500) cost.wire.splice(0, 250)
          timely(event)
        })
      }
      Object.defineProperty(this, 'onmessage', { set: hear })
    }
  }
  const { setTimeout, requestAnimationFrame } = globalThis
  Object.assign(globalThis, {
    cost,
    setTimeout: (run: () => void, ...rest: [number]) => setTimeout(timed(run), ...rest),
    requestAnimationFrame: (draw: (now: unknown) => void) =>
      requestAnimationFrame((now) => {
        timed(draw)(now)
        cost.frames.push(work)
        work = 0
      }),
  })
  new PerformanceObserver((list) => {
    for (const { scripts } of list.getEntries() as unknown as {
      scripts: { sourceURL: string; duration: number }[]
    }[])
      cost.long += scripts.filter(
        ({ sourceURL, duration }) => /realtime-pusher/.test(sourceURL) && duration > 50,
      ).length
  }).observe({ type: 'long-animation-frame' })
}

/** Tags that do not show what was sent last. */
function listWrong(): string[] {
  const { charts, cost } = globalThis as unknown as Page & { readonly cost: Cost }
  const sent = new Map<string, number>()
  for (const frame of cost.wire) {
    const { event, data } = JSON.parse(frame) as { readonly event: string; readonly data: string }
    if (event !== 'scada.data.received') continue
    const { tag, value } = JSON.parse(data) as { readonly tag: string; readonly value: number }
    sent.set(tag, value)
  }
  return [...sent.keys()].filter((tag) => charts.get(tag)?.points.at(-1) !== sent.get(tag))
}

describe('SCADA on a plain page', () => {
  it('scenario 9: takes 5,000 events a second for ten, calls ten times a second for each tag, and ends with what was sent last', async () => {
    const page = await demo.open('/scada-script-tag/', {}, undefined, measure)
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.locator('figure').nth(49).waitFor()
    const burst = await page.evaluate(async () => {
      const { charts, client, cost } = globalThis as unknown as Page & { readonly cost: Cost }
      const count = () => [...charts.values()].map(({ points }) => points.length)
      const statuses: string[] = []
      client.status.subscribe(({ status }) => statuses.push(status))
      const [before, from] = [count(), performance.now()]
      Object.assign(cost, { messages: 0, frames: [], long: 0 })
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      const windows = (performance.now() - from) / 100
      const calls = count().map((calls, index) => calls - (before[index] ?? 0))
      return { calls, windows, statuses, messages: cost.messages, frames: cost.frames, long: cost.long }
    })
    onTestFinished(await createControl(demo.address.control).add(NO_DATA))
    expect(burst.statuses.filter((status) => status !== 'connected')).toEqual([])
    expect(burst.calls).toHaveLength(50)
    expect(Math.max(...burst.calls)).toBeLessThanOrEqual(Math.ceil(burst.windows) + 1)
    expect(Math.min(...burst.calls)).toBeGreaterThan(0)
    await expect.poll(() => page.evaluate(listWrong), SOON).toEqual([])

    const median = burst.frames.sort((a, b) => a - b)[burst.frames.length >> 1] ?? 0
    // How long things take is told and not judged: machines are busy.
    console.log(
      `scenario 9: ${burst.messages} messages, ${burst.frames.length} frames, in the middle ` +
        `${median.toFixed(1)} ms of work in each (8), ${burst.long} tasks of the client over 50 ms (0)`,
    )
  }, 120_000)

  it('scenario 12: stays connected for ten minutes without an event, because it asks, and finds a server that is silent', async () => {
    const control = createControl(demo.address.control)
    onTestFinished(await control.add(NO_DATA))
    const page = await demo.open('/home/')
    await page.clock.install()
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
    await page.getByText('Connected', { exact: true }).waitFor()
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

    onTestFinished(await control.add({ at: 'now', do: 'freeze', endpoint: 'pusher' }))
    // Another 5 s for the answer.
    await page.clock.runFor(31_000)
    expect((await lost())[0]).toBe('reconnecting')
    while (wire.sockets < 2) await page.clock.runFor(500)
    // From here on time all but stands still: a dial that takes a while here must not be given up there.
    await expect
      .poll(async () => {
        await page.clock.runFor(16)
        return page.locator('#status').textContent()
      }, SOON)
      .toBe('Connected')
    expect(wire.sockets).toBe(2)
  }, 120_000)

  it('marks an interruption in every chart, and goes on', async () => {
    const page = await demo.open('/scada-script-tag/')
    await page.locator('figure').nth(49).waitFor()
    const { url, token } = demo.address.control
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ at: 'now', do: 'cut' })
    expect((await fetch(`${url}/faults`, { method: 'POST', headers, body })).ok).toBe(true)
    await page.waitForFunction(() => {
      const { charts } = globalThis as unknown as Page
      return [...charts.values()].every(({ points }) => {
        const gap = points.indexOf(undefined)
        return gap > 0 && gap < points.length - 1
      })
    })
    await page.getByText('Connected', { exact: true }).waitFor()
  })

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
