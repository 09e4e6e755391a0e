import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addFault } from './add-fault.mjs'
import { root } from './bootstrap.mjs'
import { startDemo, startProgram } from './demo-server.mjs'
import { launchChromium } from './launch-chromium.mjs'

const BOOKED = /\w+ has booked \d+[A-F]/
const text = readFileSync(join(root, 'docs/quickstart.md'), 'utf8')
const [, html = ''] = /```html\n([^`]*)```/.exec(text) ?? []
const tabs = new Map(
  [...text.matchAll(/```\w+ \[(\w+)\]\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => [name, code]),
)
/** What steps 3 and 4 add. */
const added = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code).join('\n')

/** @type {Awaited<ReturnType<typeof startDemo>>} */
let demo
/** @type {import('playwright').Browser} */
let browser
beforeAll(async () => {
  demo = await startDemo({ port: 0, serverPort: 0 })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

/**
 * Writes the files of a tab as a reader would, with all that is added later; returns the name of their folder.
 * @param {string} name @param {string} [host]
 */
function write(name, host = demo.backend.host) {
  const folder = mkdtempSync(join(root, 'examples/hello-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const code = (tabs.get(name) ?? '').replace('127.0.0.1:6001', host)
  const [, path = ''] = /examples\/hello\/(\S+)/.exec(code) ?? []
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  const isPage = path.endsWith('.html')
  writeFileSync(join(folder, path), isPage ? code.replace(/(<\/script>\s*)$/, `${added}$1`) : code + added)
  if (!isPage) writeFileSync(join(folder, 'index.html'), html.replace('main.tsx', basename(path)))
  return basename(folder)
}

const cut = () => addFault(demo.backend.control, { at: 'now', endpoint: 'raw', user: 'me', do: 'cut' })

describe('the quickstart', () => {
  it.each(['React', 'Vue', 'Plain'])('shows what it says, with %s', async (name) => {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    /** @type {string[]} */
    const printed = []
    page.on('console', (message) => printed.push(message.text()))
    page.on('pageerror', (error) => printed.push(`${error}`))
    await page.goto(`${demo.url}${write(name)}/`)
    await page.getByText('connected', { exact: true }).waitFor()
    await page.getByText(BOOKED).first().waitFor()
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('receipt: acknowledged')
    await cut()
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('gap: complete reconnect')
    expect(printed.filter((line) => line.includes('Failed to load'))).toEqual([])
  })

  it.each(['React', 'Vue', 'Plain'])('says on the page why it does not connect, with %s', async (name) => {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(`${demo.url}${write(name, '127.0.0.1:1')}/`)
    await page.getByText('connecting [connection.lost]').waitFor()
  })

  it('prints what it says, with Node', async () => {
    const program = await startProgram(write('Node'), demo.backend)
    onTestFinished(() => void program.kill())
    let printed = ''
    program.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await expect.poll(() => printed, { timeout: 20_000 }).toMatch(BOOKED)
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('receipt: acknowledged')
    await cut()
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('gap: complete reconnect')
    expect(printed).toMatch(/^connecting *\nconnected *\n/)
    expect(printed).toMatch(/^reconnecting \[connection\.lost\]/m)
  })
})
