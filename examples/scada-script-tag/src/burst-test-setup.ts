// What runs in the page while it is measured.

/** What the page keeps for tests. */
export interface Page {
  readonly charts: ReadonlyMap<string, { readonly points: readonly (number | undefined)[] }>
  readonly client: {
    readonly status: { subscribe(listener: (snapshot: { readonly status: string }) => void): void }
  }
}

/** What the page costs, measured around its scripts. */
interface Cost {
  /** Milliseconds of work between one frame and the next: messages, timers and drawing. */
  frames: number[]
  /** Tasks of the file with the client that took more than 50 ms. */
  long: number
  /** By how many milliseconds a timer of every 10 is late. */
  delays: number[]
  /** All frames of the wire, and when the newest one came. */
  wire: string[]
  newestAt: number
  /** Since the burst has begun, and how many points there were then. */
  readonly statuses: string[]
  readonly before: number[]
  readonly from: number
}

/** Runs before everything else in the page. */
export function measure(): void {
  const cost: Cost = {
    frames: [],
    long: 0,
    delays: [],
    wire: [],
    newestAt: 0,
    statuses: [],
    before: [],
    from: 0,
  }
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
          cost.wire.push(event.data)
          cost.newestAt = performance.now()
          timely(event)
        })
      }
      Object.defineProperty(this, 'onmessage', { set: hear })
    }
  }
  let due = performance.now() + 10
  setInterval(() => {
    const now = performance.now()
    cost.delays.push(Math.max(0, now - due))
    due = now + 10
  }, 10)
  const { setTimeout, requestAnimationFrame } = globalThis
  Object.assign(globalThis, {
    cost,
    // For the test, whose frames are not those of the page.
    nextFrame: () => new Promise((resolve) => requestAnimationFrame(resolve)),
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

/** Counts from now on. */
export function startBurst(): void {
  const { charts, client, cost } = globalThis as unknown as Page & { readonly cost: Cost }
  const statuses: string[] = []
  client.status.subscribe(({ status }) => statuses.push(status))
  const before = [...charts.values()].map(({ points }) => points.length)
  Object.assign(cost, {
    frames: [],
    long: 0,
    delays: [],
    wire: [],
    statuses,
    before,
    from: performance.now(),
  })
}

/** Waits until each chart shows what came last of its tag, and nothing has come for a second. */
export async function endBurst() {
  const { charts, cost, nextFrame } = globalThis as unknown as Page & {
    readonly cost: Cost
    nextFrame(): Promise<void>
  }
  const { frames, delays } = cost
  const isShown = (): boolean => {
    const last = new Map<string, number>()
    for (const frame of cost.wire.slice(-500)) {
      const { channel, data } = JSON.parse(frame)
      if (channel !== 'scada-realtime') continue
      const { tag, value } = JSON.parse(data)
      last.set(tag, value)
    }
    return last.size > 0 && [...charts].every(([tag, { points }]) => points.at(-1) === last.get(tag))
  }
  let shownAt = 0
  for (let seen = 0; !shownAt || performance.now() - cost.newestAt < 1000; ) {
    await nextFrame()
    if (seen !== cost.wire.length) [seen, shownAt] = [cost.wire.length, 0]
    else if (!shownAt && isShown()) shownAt = performance.now()
  }
  const counts = [...charts.values()].map(({ points }) => points.length)
  const calls = counts.map((count, index) => count - (cost.before[index] ?? 0))
  const lastMs = shownAt - cost.newestAt
  return {
    ...cost,
    frames,
    delays,
    calls,
    lastMs,
    tookMs: cost.newestAt - cost.from,
    points: Math.max(...counts),
  }
}
