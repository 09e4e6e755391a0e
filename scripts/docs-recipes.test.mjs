/** Runs the recipes for which Node is enough. `docs-recipes.chromium.test.mjs` runs those that need a page. */
import { pathToFileURL } from 'node:url'
import { createServer } from '@org/realtime-server'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createPrograms, pusherAt, pusherInDocs, readRecipe, readRecipeClient } from './docs-programs.mjs'

const server = createServer({ mode: 'development', port: 0, mqtt: { tcp: 'off' } })
const programs = createPrograms()
let port = 0

beforeAll(async () => {
  ;({ port } = await server.listen())
})
afterEach(() => {
  server.faults.clear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
afterAll(async () => {
  await server.close()
  programs.remove()
})

/**
 * Runs the first block below a heading, with a client of its own. Names that it declares come from `globals`; those
 * that it keeps to itself are exported by `more`.
 * @param {string} heading @param {{ globals?: Record<string, unknown>, more?: string }} [settings]
 * @returns {Promise<any>}
 */
async function run(heading, { globals = {}, more = '' } = {}) {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  const code = readRecipe(heading).replace(pusherInDocs, pusherAt(port))
  const own = code.includes("from './client.ts'")
    ? "export { client } from './client.ts'"
    : 'export { client }'
  const file = await programs.make({
    'recipe.ts': `${code}\n${own}\n${more}`,
    'client.ts': readRecipeClient().replace("'/raw'", `'ws://127.0.0.1:${port}/raw'`),
  })
  const recipe = await import(/* @vite-ignore */ pathToFileURL(file).href)
  onTestFinished(() => recipe.client.close())
  return recipe
}

/** @param {string} channel */
const joined = (channel) => expect.poll(() => server.channels().map(({ name }) => name)).toContain(channel)

/** @param {any} client @param {string} status */
const reached = (client, status) => expect.poll(() => client.status.get().status).toBe(status)

describe('docs/recipes.md', () => {
  it('toasts once that the line is lost, once that it is back, and once that it was closed', async () => {
    /** @type {string[][]} */
    const toasts = []
    const toast = (/** @type {string[]} */ ...said) => toasts.push(said)
    const { client } = await run('Toasts for a lost line', { globals: { toast } })
    client.untyped('any').on('any', () => {})
    await reached(client, 'connected')
    expect(toasts).toEqual([])
    server.faults.add({ at: 'now', do: 'cut' })
    await expect.poll(() => toasts.length).toBe(2)
    await client.close()
    expect(toasts).toEqual([
      ['warning', 'Reconnecting'],
      ['success', 'Reconnected'],
      ['info', 'Disconnected'],
    ])
  })

  it('counts down to the next try, and a click does not wait for it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const bar = Object.assign(new EventTarget(), { textContent: '' })
    const { client } = await run('A countdown to the next try', { globals: { bar } })
    client.untyped('any').on('any', () => {})
    await reached(client, 'connected')
    server.faults.add({ at: 'upgrade', do: 'refuse' })
    server.faults.add({ at: 'now', do: 'cut' })
    await expect.poll(() => client.status.get().nextRetryAt).toBeDefined()
    vi.spyOn(Date, 'now').mockReturnValue(client.status.get().nextRetryAt - 2500)
    vi.advanceTimersByTime(1000)
    expect(bar.textContent).toBe('Next try in 3 s')
    vi.restoreAllMocks()
    server.faults.clear()
    bar.dispatchEvent(new Event('click'))
    await reached(client, 'connected')
    vi.advanceTimersByTime(1000)
    expect(bar.textContent).toBe('')
  })

  it('shows a message as sending, then as there, and under one id', async () => {
    const more = 'export { shown }'
    const { client, say, shown } = await run('Show a message before the server has it', { more })
    const saying = say('hello')
    expect([...shown.values()]).toEqual([{ text: 'hello', state: 'sending' }])
    await saying
    expect([...shown.values()]).toEqual([{ text: 'hello', state: 'there' }])
    await client.close()
    await say('too late')
    expect([...shown.values()].at(-1)).toEqual({ text: 'too late', state: 'not sent' })
  })

  it('shows who is typing, forgets them after three seconds, and tells at most every two', async () => {
    /** @type {string[][]} */
    const shows = []
    const input = new EventTarget()
    /** @type {() => void} */
    let showed = () => {}
    const show = (/** @type {string[]} */ names) => {
      shows.push(names)
      showed()
    }
    const { client } = await run('Who is typing', { globals: { input, show } })
    await reached(client, 'connected')
    await joined('room.7')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // Not polled: that would move the clock.
    const next = () =>
      new Promise((resolve) => {
        showed = () => resolve(undefined)
      })
    const bob = next()
    await server.publish('room.7', 'Typing', { by: 'Bob' })
    await bob
    expect(shows).toEqual([['Bob']])
    vi.advanceTimersByTime(2999)
    expect(shows).toEqual([['Bob']])
    vi.advanceTimersByTime(1)
    expect(shows).toEqual([['Bob'], []])
    const sent = server.faults.record()
    const ann = next()
    input.dispatchEvent(new Event('input'))
    input.dispatchEvent(new Event('input'))
    await ann
    expect(sent.received.map(({ event }) => event)).toEqual(['Typing'])
    vi.advanceTimersByTime(3000)
    expect(shows).toEqual([['Bob'], [], ['Ann'], []])
  })

  it('draws the newest price of each row, and counts what it has left out', async () => {
    /** @type {Map<string, { price: number, heard: number, calls: number }>} */
    const rows = new Map()
    const draw = (
      /** @type {string} */ symbol,
      /** @type {number} */ price,
      /** @type {number} */ skipped,
    ) => {
      const { heard, calls } = rows.get(symbol) ?? { heard: 0, calls: 0 }
      rows.set(symbol, { price, heard: heard + 1 + skipped, calls: calls + 1 })
    }
    await run('A table that changes a thousand times a second', { globals: { draw } })
    await joined('prices')
    for (let price = 1; price <= 100; price++)
      for (const symbol of ['A', 'B']) void server.publish('prices', 'Changed', { symbol, price })
    await expect.poll(() => [...rows.values()].map(({ price }) => price)).toEqual([100, 100])
    for (const { heard, calls } of rows.values()) {
      expect(heard).toBe(100)
      expect(calls).toBeLessThan(100)
    }
  })

  it('leaves itself out of the broadcast, once there is a connection', async () => {
    /** @type {(string | null)[]} */
    const ids = []
    const fetch = async (/** @type {RequestInfo} */ target, /** @type {RequestInit} */ init) => {
      ids.push(new Request(target, init).headers.get('X-Socket-ID'))
      return new Response()
    }
    const { client, book } = await run('Save, and leave yourself out of the broadcast', {
      globals: { fetch },
    })
    await book('1A')
    await client.connect()
    await book('1B')
    expect(ids).toEqual([null, client.pusher.socketId.get()])
    expect(ids[1]).toMatch(/^\d+\.\d+$/)
  })

  it('waits for one event, hears of progress until then, and leaves the channel', async () => {
    const { waitForJob } = await run('Wait for one event')
    /** @type {number[]} */
    const percents = []
    const job = waitForJob(5, (/** @type {number} */ percent) => percents.push(percent))
    await joined('jobs.5')
    await server.publish('jobs.5', 'Progress', { percent: 50 })
    await server.publish('jobs.5', 'Done', { url: '/five' })
    expect(await job).toBe('/five')
    expect(percents).toEqual([50])
    await expect.poll(() => server.channels().map(({ name }) => name)).not.toContain('jobs.5')
  })

  it('waits no longer than it may, without an error', async () => {
    const { waitForJob } = await run('Wait for one event')
    const over = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal)
    const job = waitForJob(6, () => {})
    await joined('jobs.6')
    over.abort()
    expect(await job).toBeUndefined()
    expect(timeout).toHaveBeenCalledExactlyOnceWith(60_000)
  })

  it('signs out: forgets, drops what waits, and comes back by another connection', async () => {
    const forgotten = { forgetToken: vi.fn(), clearScreens: vi.fn() }
    const { client, signOut, signIn } = await run('Sign out', { globals: forgotten })
    await client.connect()
    const before = server.connections().map(({ id }) => id)
    server.faults.add({ at: 'upgrade', do: 'refuse' })
    server.faults.add({ at: 'now', do: 'cut' })
    await reached(client, 'reconnecting')
    const waiting = client.channel('room.{id}', { id: 7 }).publish('Said', { id: '1', text: 'mine' })
    const outcome = waiting.then(
      (/** @type {{ outcome: string }} */ receipt) => receipt.outcome,
      (/** @type {{ code: string }} */ { code }) => code,
    )
    await signOut()
    expect(forgotten.forgetToken).toHaveBeenCalledOnce()
    expect(forgotten.clearScreens).toHaveBeenCalledOnce()
    expect(client.status.get().status).toBe('closed')
    expect(await outcome).toMatch(/dropped|connection\.closed/)
    server.faults.clear()
    const heard = server.faults.record()
    await signIn()
    expect(client.status.get().status).toBe('connected')
    expect(server.connections().map(({ id }) => id)).not.toEqual(before)
    expect(heard.received).toEqual([])
  })

  it('reports what happened, a line for each entry', async () => {
    const { client, report } = await run('Write down what happens')
    await client.connect()
    const entries = report()
      .split('\n')
      .map((/** @type {string} */ line) => JSON.parse(line))
    expect(entries).toEqual(JSON.parse(JSON.stringify(client.trace.entries())))
    expect(entries.length).toBeGreaterThan(1)
  })
})
