/** Runs the recipes that need a page, or several. */
import { describe, expect, it, vi } from 'vitest'
import { readRecipe, readRecipeClient } from './docs-programs.mjs'
import { useDocsServer } from './use-docs-server.mjs'

// Compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })
/** Pages are slow to start on a busy machine. */
const PATIENCE = { timeout: 20_000 }
/** Later than any of them has started, and before a client asks whether its server is there. */
const PAUSED_AT = 20_000
const docs = useDocsServer()
const { server } = docs

/**
 * A page that renders components of a recipe, with what a recipe takes for granted around it.
 * @param {string} recipe @param {string} script
 */
const render = (recipe, script) =>
  docs.serve({
    'main.tsx': `
      import { RealtimeProvider } from '@org/realtime-react'
      import { createRoot } from 'react-dom/client'
      import { client } from './client.ts'
      import * as recipe from './recipe.tsx'
      ${script}
      const root = createRoot(document.querySelector('#app'))
      root.render(<RealtimeProvider client={client}><Page /></RealtimeProvider>)
    `,
    'recipe.tsx': recipe,
    'client.ts': readRecipeClient(),
  })

/** @param {string} channel */
const joined = (channel) =>
  expect
    .poll(() => server.channels().find(({ name }) => name === channel)?.subscribers ?? 0, PATIENCE)
    .toBe(1)

describe('docs/recipes.md, in a page', () => {
  it('rows share one listener, and one renders only when its own value has changed', async () => {
    const symbols = Array.from({ length: 50 }, (_, index) => `S${index}`)
    const open = await render(
      readRecipe('A table that changes a thousand times a second', 1),
      `const Page = () => <recipe.Rows symbols={${JSON.stringify(symbols)}} />`,
    )
    /** @type {import('playwright').CDPSession | undefined} */
    let profiler
    const page = await open({
      before: async (newPage) => {
        profiler = await newPage.context().newCDPSession(newPage)
        await profiler.send('Profiler.enable')
        await profiler.send('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
      },
    })
    /** How often functions of the recipe were called since this was asked last. @param {string[]} names */
    const countCalls = async (...names) => {
      const { result = [] } = (await profiler?.send('Profiler.takePreciseCoverage')) ?? {}
      const functions = result.flatMap((script) => script.functions)
      return names.map(
        (name) => functions.find(({ functionName }) => functionName === name)?.ranges[0]?.count ?? 0,
      )
    }
    await joined('prices')
    expect(await countCalls('Row')).toEqual([symbols.length])
    for (let price = 1; price <= 20; price++)
      await server.publish('prices', 'Changed', { symbol: 'S7', price })
    await server.publish('prices', 'Changed', { symbol: 'S8', price: 5 })
    const shown = symbols.map((symbol) => ({ S7: '20', S8: '5' })[symbol] ?? '')
    await expect.poll(() => page.locator('p').allInnerTexts(), PATIENCE).toEqual(shown)
    const [keys, rows] = await countCalls('bySymbol', 'Row')
    expect(keys).toBe(21)
    expect(rows).toBeGreaterThanOrEqual(2)
    expect(rows).toBeLessThanOrEqual(21)
  })

  it('a query is fetched once per flush however many events come, and after a gap', async () => {
    const open = await render(
      readRecipe('Stale queries'),
      `import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
      globalThis.heard = globalThis.fetches = 0
      globalThis.fetchPrices = async () => [++fetches]
      client.channel('prices').on('Changed', () => { heard++ })
      const queries = new QueryClient()
      const Page = () => <QueryClientProvider client={queries}><recipe.Prices /></QueryClientProvider>`,
    )
    const page = await open({ before: (newPage) => newPage.clock.install({ time: 0 }) })
    await joined('prices')
    await page.getByText('1', { exact: true }).waitFor()
    // From here on time stands still.
    await page.clock.pauseAt(PAUSED_AT)
    const fetches = () => page.evaluate(() => /** @type {any} */ (globalThis).fetches)
    for (const round of [1, 2]) {
      for (let price = 0; price < 50; price++)
        await server.publish('prices', 'Changed', { symbol: 'A', price })
      await expect
        .poll(() => page.evaluate(() => /** @type {any} */ (globalThis).heard), PATIENCE)
        .toBe(50 * round)
      await page.clock.runFor(999)
      expect(await fetches()).toBe(round)
      await page.clock.runFor(1)
      expect(await fetches()).toBe(round + 1)
    }
    server.faults.add({ at: 'now', do: 'restart', channel: 'prices' })
    await expect.poll(fetches, PATIENCE).toBe(4)
  })

  it('all tabs hear over one connection, and when its tab is closed the next one makes another', async () => {
    const open = await docs.serve({
      'main.ts': `
        globalThis.log = []
        globalThis.draw = (symbol, price) => log.push(symbol + ' ' + price)
        globalThis.load = async () => { log.push('load') }
        void import('./recipe.ts')
      `,
      'recipe.ts': readRecipe('One connection for all tabs'),
      'client.ts': readRecipeClient(),
    })
    const [first, second] = [await open(), await open()]
    /** @param {import('playwright').Page} page @returns {Promise<string[]>} */
    const logOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).log)
    await joined('prices')
    const [leader] = server.connections()
    await server.publish('prices', 'Changed', { symbol: 'A', price: 1 })
    for (const page of [first, second])
      await expect.poll(async () => (await logOf(page)).at(-1), PATIENCE).toBe('A 1')
    expect(server.connections()).toHaveLength(1)

    server.faults.add({ at: 'now', do: 'restart', channel: 'prices' })
    for (const page of [first, second])
      await expect.poll(async () => (await logOf(page)).slice(-2), PATIENCE).toEqual(['A 1', 'load'])

    await first.close()
    await expect.poll(async () => (await logOf(second)).slice(-2), PATIENCE).toEqual(['load', 'load'])
    await joined('prices')
    expect(server.connections().map(({ id }) => id)).not.toContain(leader?.id)
    await server.publish('prices', 'Changed', { symbol: 'A', price: 2 })
    await expect.poll(async () => (await logOf(second)).at(-1), PATIENCE).toBe('A 2')
    expect(server.connections()).toHaveLength(1)
  })
})
