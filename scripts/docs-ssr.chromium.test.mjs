/** Runs what `docs/guides/ssr.md` shows: on a server first, and then in a page that goes on from there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { root } from './bootstrap.mjs'
import { codesBelow } from './docs-page.mjs'
import { pusherAt, pusherInDocs } from './docs-programs.mjs'
import { useDocsServer } from './use-docs-server.mjs'

const text = readFileSync(join(root, 'docs/guides/ssr.md'), 'utf8')
// Compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })
/** Pages are slow to start on a busy machine. */
const PATIENCE = { timeout: 20_000 }
const docs = useDocsServer()
const { server } = docs

/**
 * Renders in Node, where nothing may be dialled, and opens a page with what came of it.
 * @param {Readonly<Record<string, string>>} files
 * @param {{ readonly onServer: string, readonly inPage: string }} entries `onServer` exports `client` and `html`
 */
async function renderTwice(files, { onServer, inPage }) {
  const program = await docs.make({ 'server.tsx': onServer, ...files })
  const { client, html } = await import(/* @vite-ignore */ pathToFileURL(program).href)
  expect(client.status.get().status).toBe('idle')
  expect(client.trace.entries()).toEqual([])
  const open = await docs.serve({ 'page.tsx': inPage, ...files })
  return { html, page: await open({ html }) }
}

/** @param {string} channel */
const joined = (channel) =>
  expect.poll(() => server.channels().some(({ name }) => name.endsWith(channel)), PATIENCE).toBe(true)

describe('docs/guides/ssr.md', () => {
  it('React: the page goes on from what the server has rendered, and older events do not undo it', async () => {
    const [client = '', ticker = ''] = codesBelow(text, 'Next.js')
    const app = `<Realtime><Ticker initial={{ symbol: 'A', price: 10, seq: 5 }} /></Realtime>`
    const imports = `import { Realtime } from './app/realtime.tsx'\nimport { Ticker } from './app/ticker.tsx'`
    const { html, page } = await renderTwice(
      {
        'app/realtime.tsx': `${client.replace(pusherInDocs, pusherAt(docs.port))}\nexport { client }`,
        'app/ticker.tsx': ticker,
      },
      {
        onServer: `${imports}
          import { renderToString } from 'react-dom/server'
          export { client } from './app/realtime.tsx'
          export const html = renderToString(${app})`,
        inPage: `${imports}
          import { hydrateRoot } from 'react-dom/client'
          import { client } from './app/realtime.tsx'
          client.channel('prices').on('Changed', ({ seq }) => { globalThis.heard = seq })
          hydrateRoot(document.querySelector('#app'), ${app})`,
      },
    )
    expect(html).toBe('<p>10</p>')
    await joined('prices')
    const shown = page.locator('p')
    expect(await shown.textContent()).toBe('10')
    for (const [price, seq, then] of [
      [9, 4, '10'],
      [11, 6, '11'],
      [8, 3, '11'],
    ]) {
      await server.publishPusher('prices', 'Changed', { symbol: 'A', price, seq })
      await page.waitForFunction((newest) => /** @type {any} */ (globalThis).heard === newest, seq)
      // What was heard is shown with the next frame.
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      )
      expect(await shown.textContent()).toBe(then)
    }
  })

  it('Vue: one plugin for both sides, and composables subscribe in the page alone', async () => {
    const [plugin = ''] = codesBelow(text, 'Nuxt, and Vue with its own server')
    const room = `
      import { useChannel, useClient, useLatest } from '@org/realtime-vue'
      import { createSSRApp, h } from 'vue'
      import { install } from './plugins/realtime.ts'
      export let client
      const Room = {
        setup() {
          client = useClient()
          const said = useLatest(useChannel('room.{id}', { id: 1 }), 'Said', { initial: { text: 'fetched' } })
          return () => h('p', said.value.text)
        },
      }
      export const app = createSSRApp(Room)
      install(app)`
    const { html, page } = await renderTwice(
      {
        'plugins/realtime.ts': plugin.replace('wss://example.org/raw', `ws://127.0.0.1:${docs.port}/raw`),
        'room.ts': room,
      },
      {
        onServer: `
          import { renderToString } from 'vue/server-renderer'
          import { app } from './room.ts'
          export { client } from './room.ts'
          export const html = await renderToString(app)`,
        inPage: `import { app } from './room.ts'\napp.mount('#app')`,
      },
    )
    expect(html).toBe('<p>fetched</p>')
    await joined('room.1')
    expect(await page.locator('p').textContent()).toBe('fetched')
    await server.publish('room.1', 'Said', { text: 'live' })
    await expect.poll(() => page.locator('p').textContent(), PATIENCE).toBe('live')
  })
})
