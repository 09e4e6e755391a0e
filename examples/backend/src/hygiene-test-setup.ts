import type { Page } from 'playwright'

const ROUTES = 50

/** What a page counts from before its first script. */
interface Counts {
  /** Sockets to the server that are not closed, now and at most at once. */
  open: number
  most: number
  dialled: number
  readonly timers: Set<unknown>
  /** Of the window and the document, for what a page goes through: tools of the test listen for others. */
  readonly listeners: Map<string, string>
}

/** What the page of an example has for tests. */
interface Shown {
  show(): void
  hide(): void
}

type Global = Shown & { readonly counts: Counts }

/**
 * Acceptance scenario 5: shows and hides the page as 50 changes of the route do, and looks at what is left after the
 * linger and the end of the line. `isLive` waits until it has joined. The page was opened with `countAll`.
 */
export async function changeRoutes(page: Page, isLive: () => Promise<void>) {
  await isLive()
  await page.evaluate(async (routes) => {
    const { show, hide } = globalThis as unknown as Global
    const shown = async (isShown: boolean): Promise<void> => {
      while (!document.querySelector('h1') === isShown) await new Promise(requestAnimationFrame)
    }
    for (let route = 0; route < routes; route++) {
      hide()
      await shown(false)
      show()
      await shown(true)
    }
  }, ROUTES)
  await isLive()
  await page.evaluate(() => (globalThis as unknown as Global).hide())
  await page.waitForFunction(() => (globalThis as unknown as Global).counts.open === 0)
  return page.evaluate(() => {
    const { most, dialled, timers, listeners } = (globalThis as unknown as Global).counts
    return { most, dialled, timers: timers.size, listeners: [...listeners.values()] }
  })
}

/** Counts sockets, timers and listeners of a page; `demo.open` runs it before everything else there. */
export function countAll(): void {
  const counts: Counts = { open: 0, most: 0, dialled: 0, timers: new Set(), listeners: new Map() }
  Object.assign(globalThis, { counts })

  globalThis.WebSocket = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      // Vite has one of its own.
      if (!this.url.includes('/app/')) return
      counts.dialled++
      counts.most = Math.max(counts.most, ++counts.open)
      this.addEventListener('close', () => counts.open--)
    }
  }

  const { setTimeout, clearTimeout } = globalThis
  Object.assign(globalThis, {
    setTimeout(call: (...values: unknown[]) => void, ms?: number, ...values: unknown[]) {
      const timer = setTimeout(() => {
        counts.timers.delete(timer)
        call(...values)
      }, ms)
      counts.timers.add(timer)
      return timer
    },
    clearTimeout(timer: ReturnType<typeof setTimeout> | undefined) {
      counts.timers.delete(timer)
      clearTimeout(timer)
    },
  })

  const life =
    /^(online|offline|page\w+|visibilitychange|freeze|resume|focus|blur|storage|resize|scroll|keydown)$/
  const ids = new Map<unknown, number>()
  const idOf = (listener: unknown): number => {
    const id = ids.get(listener) ?? ids.size
    ids.set(listener, id)
    return id
  }
  for (const target of [window, document]) {
    const { addEventListener, removeEventListener } = target
    const keyOf = (type: string, listener: unknown): string =>
      `${target === window ? 'window' : 'document'} ${type} ${idOf(listener)}`
    Object.assign(target, {
      addEventListener(...args: Parameters<typeof addEventListener>) {
        const [type, listener, options] = args
        if (life.test(type)) counts.listeners.set(keyOf(type, listener), type)
        const { signal } = typeof options === 'object' ? options : {}
        signal?.addEventListener('abort', () => counts.listeners.delete(keyOf(type, listener)))
        addEventListener.apply(target, args)
      },
      removeEventListener(...args: Parameters<typeof removeEventListener>) {
        const [type, listener] = args
        counts.listeners.delete(keyOf(type, listener))
        removeEventListener.apply(target, args)
      },
    })
  }
}
