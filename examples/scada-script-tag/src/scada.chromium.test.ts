import { describe, expect, it } from 'vitest'
import { useDemo } from '../../backend/src/demo-test-setup.ts'

const demo = useDemo()

/** What the page keeps for tests. */
interface Page {
  readonly charts: ReadonlyMap<string, { readonly points: readonly (number | undefined)[] }>
  readonly client: { readonly status: { get(): { readonly status: string } } }
}

describe('SCADA on a plain page', () => {
  it('scenario 9: draws 50 tags at ten calls a second each, however many events there are', async () => {
    const page = await demo.open('/scada-script-tag/')
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.locator('figure').nth(49).waitFor()
    const counted = await page.evaluate(async () => {
      const { charts } = globalThis as unknown as Page
      const count = () => [...charts.values()].map(({ points }) => points.length)
      const [before, from] = [count(), performance.now()]
      await new Promise((resolve) => setTimeout(resolve, 2000))
      const windows = (performance.now() - from) / 100
      return { calls: count().map((calls, index) => calls - (before[index] ?? 0)), windows }
    })
    expect(counted.calls).toHaveLength(50)
    expect(Math.max(...counted.calls)).toBeLessThanOrEqual(Math.ceil(counted.windows) + 1)
    expect(Math.min(...counted.calls)).toBeGreaterThan(0)
  })

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
