import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createSite } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createServer } from '@org/realtime-server'
import { build } from 'tsup'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import core from '../packages/core/tsup.config.ts'
import devtools from '../packages/devtools/tsup.config.ts'
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

const KNOWN = 'const known = new Set(Object.getOwnPropertyNames(window))'
const ADDED = 'const added = Object.getOwnPropertyNames(window).filter((name) => !known.has(name))'
const CODE_OF_TEXT = /\beval\s*\(|\bnew Function\b|\bFunction\s*\(/

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
    const site = await serve(strictPolicy())
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
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(CODE_OF_TEXT)
  })

  /** @param {string} [integrity] */
  function writePage(integrity) {
    const script = `
      ${ADDED}
      const hear = ({ text }) => { document.title = text }
      if (typeof ${global} === 'undefined') document.title = 'no ${global}'
      else {
        const client = ${global}.${create()}
        ${listen}
        client.untyped('room').status.subscribe(({ state }) => { if (state === 'joined') document.title = state })
      }`
    return writeScripts(global, [KNOWN, file, script], integrity)
  }
})

describe.each([
  { file: 'realtime-core.global.js', global: 'RealtimeCore' },
  { file: 'realtime-devtools.global.js', global: 'RealtimeDevtools' },
])('$file', ({ file, global }) => {
  it('sets no global but its own, and makes no code of text', async () => {
    const page = await openPage(pathToFileURL(writeScripts(global, [KNOWN, file, ADDED])).href)
    expect(await page.read('added')).toEqual([global])
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(CODE_OF_TEXT)
  })
})

it('the inspector works under a strict policy', async () => {
  const script = `const client = RealtimeRawWs.createRawWs({ url: 'ws://127.0.0.1:${port}/raw' })
    RealtimeDevtools.mountInspector(client, { open: true })
    client.connect().then(() => { document.title = 'connected' })`
  const files = ['realtime-raw-ws.global.js', 'realtime-devtools.global.js', script]
  const site = await serve(strictPolicy())
  const page = await openPage(site + writeScripts('inspector', files).slice(folder.length))
  await page.title('connected')
  await page.shows('connected')
  expect(page.errors).toEqual([])
})

const strictPolicy = () =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src ws://127.0.0.1:${port}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

/**
 * A page of files and of scripts, which get files of their own; what it returns is where it is.
 * @param {string} name @param {readonly string[]} scripts @param {string} [integrity] of the files
 */
function writeScripts(name, scripts, integrity) {
  const attribute = integrity === undefined ? '' : ` integrity="${integrity}"`
  const tags = scripts.map((script, index) => {
    if (script.endsWith('.global.js')) return `<script src="${script}"${attribute}></script>`
    writeFileSync(join(folder, `${name}-${index}.js`), script)
    return `<script src="${name}-${index}.js"></script>`
  })
  const page = join(folder, `${name}.html`)
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>-</title>${tags.join('')}`)
  return page
}

/** As the packages are built, to another folder. */
async function buildTags() {
  const configs = { core, devtools, mqtt, pusher, 'raw-ws': rawWs }
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
    /** @param {string} text */
    shows: (text) => page.getByText(text, { exact: true }).first().waitFor(),
    /** @param {string} name */
    read: (name) => page.evaluate(name),
  }
}
