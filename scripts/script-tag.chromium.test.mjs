import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createSite } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createServer } from '@org/realtime-server'
import { build } from 'tsup'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import mqtt from '../packages/mqtt/tsup.config.ts'
import pusher from '../packages/pusher/tsup.config.ts'
import rawWs from '../packages/raw-ws/tsup.config.ts'
import { root } from './bootstrap.mjs'
import { launchChromium } from './launch-chromium.mjs'
import { toIntegrity } from './script-tags.mjs'

const server = createServer({ mode: 'development', port: 0, mqtt: { tcp: 'off' }, origins: 'any' })
const folder = mkdtempSync(join(tmpdir(), 'script-tag-'))
let port = 0
/** @type {import('playwright').Browser} */
let browser

const tags = [
  {
    file: 'realtime-pusher.global.js',
    global: 'RealtimePusher',
    create: () => `createPusher({ key: 'app-key', host: '127.0.0.1', port: ${port}, forceTLS: false })`,
    listen: `client.untyped('room').on('Said', hear)`,
    say: () => server.publishPusher('room', 'Said', { text: 'heard' }),
  },
  {
    file: 'realtime-mqtt.global.js',
    global: 'RealtimeMqtt',
    create: () => `createMqtt({ url: 'ws://127.0.0.1:${port}/mqtt' })`,
    listen: `client.untyped('room').on('message', hear)`,
    say: () => server.publishMqtt('room', '{ "text": "heard" }'),
  },
  {
    file: 'realtime-raw-ws.global.js',
    global: 'RealtimeRawWs',
    create: () => `createRawWs({ url: 'ws://127.0.0.1:${port}/raw' })`,
    listen: `client.untyped('room').on('Said', hear)`,
    say: () => server.publish('room', 'Said', { text: 'heard' }),
  },
]

beforeAll(async () => {
  ;({ port } = await server.listen())
  await buildTags()
  browser = await launchChromium()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(tags)('$file', ({ file, global, create, listen, say }) => {
  it('works in a page that was opened as a file', async () => {
    const page = await openPage(pathToFileURL(writePage()).href)
    await page.title('joined')
    await say()
    await page.title('heard')
    expect(page.errors).toEqual([])
  })

  it('works under a strict policy, held to its hash', async () => {
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      `connect-src ws://127.0.0.1:${port}`,
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; ')
    const site = await serve(policy)
    const page = await openPage(
      site + writePage(toIntegrity(readFileSync(join(folder, file)))).slice(folder.length),
    )
    await page.title('joined')
    await say()
    await page.title('heard')
    expect(page.errors).toEqual([])
  })

  it('is refused by a page that expects another file', async () => {
    const site = await serve("default-src 'self'")
    const page = await openPage(site + writePage(toIntegrity(Buffer.from('another'))).slice(folder.length))
    await page.title(`no ${global}`)
  })

  it('sets no global but its own, and makes no code of text', async () => {
    const page = await openPage(pathToFileURL(writePage()).href)
    await page.title('joined')
    expect(await page.read('added')).toEqual([global])
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(
      /\beval\s*\(|\bnew Function\b|\bFunction\s*\(/,
    )
  })

  /** @param {string} [integrity] */
  function writePage(integrity) {
    const name = file.replace('.global.js', '')
    writeFileSync(
      join(folder, `${name}-before.js`),
      'const known = new Set(Object.getOwnPropertyNames(window))',
    )
    writeFileSync(
      join(folder, `${name}-page.js`),
      `const added = Object.getOwnPropertyNames(window).filter((name) => !known.has(name))
      const hear = ({ text }) => { document.title = text }
      if (typeof ${global} === 'undefined') document.title = 'no ${global}'
      else {
        const client = ${global}.${create()}
        ${listen}
        client.untyped('room').status.subscribe(({ state }) => { if (state === 'joined') document.title = state })
      }`,
    )
    const attribute = integrity === undefined ? '' : ` integrity="${integrity}"`
    const page = join(folder, `${name}.html`)
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><title>-</title><script src="${name}-before.js"></script>
      <script src="${file}"${attribute}></script><script src="${name}-page.js"></script>`,
    )
    return page
  }
})

/** As the packages are built, to another folder. */
async function buildTags() {
  const configs = { mqtt, pusher, 'raw-ws': rawWs }
  for (const [name, options] of Object.entries(configs)) {
    const option = options.find(({ format }) => format === 'iife')
    const entry = Object.entries(option?.entry ?? {}).map(([to, from]) => [
      to,
      join(root, 'packages', name, from),
    ])
    await build({ ...option, config: false, entry: Object.fromEntries(entry), outDir: folder, silent: true })
  }
}

/** @param {string} policy */
async function serve(policy) {
  const site = createSite((request, response) => {
    const path = request.url ?? '/'
    const type = path.endsWith('.html') ? 'text/html' : 'text/javascript'
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy })
    response.end(path === '/favicon.ico' ? '' : readFileSync(join(folder, path)))
  })
  onTestFinished(() => {
    site.close()
    site.closeAllConnections()
  })
  await new Promise((resolve) => site.listen(0, '127.0.0.1', () => resolve(undefined)))
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`
}

/** @param {string} url */
async function openPage(url) {
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  /** @type {string[]} */
  const errors = []
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('console', (entry) => {
    // A refused policy is told here. The browser asks every site for an icon by itself.
    if (entry.type() === 'error' && !entry.location().url.endsWith('favicon.ico')) errors.push(entry.text())
  })
  await page.goto(url)
  return {
    errors,
    /** @param {string} expected */
    title: (expected) =>
      page
        .waitForFunction((title) => document.title === title, expected, { timeout: 20_000 })
        .catch(async () => {
          throw new Error(`The page says '${await page.title()}'\n${errors.join('\n')}`)
        }),
    /** @param {string} name */
    read: (name) => page.evaluate(name),
  }
}
