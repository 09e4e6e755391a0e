import { describe, expect, it } from 'vitest'
import { useDemo } from '../examples/backend/src/demo-test-setup.ts'
import { auditPage, looks } from './audit-page.mjs'
import { pages } from './example-names.mjs'

const demo = useDemo()

describe.each(Object.entries(looks))('an example in a window that is %s', (_look, options) => {
  it.each([...pages.map((name) => `/${name}/`), '/home/#gallery'])(
    '%s can be read, seen and used by anybody',
    async (path) => {
      const page = await demo.open(path, options)
      await page.locator('h1').first().waitFor()
      expect(await auditPage(page)).toEqual([])
    },
    120_000,
  )
})

describe('auditPage()', () => {
  it('tells of what is too wide, too pale, without a name, out of reach, and not seen to have the focus', async () => {
    const page = await demo.open('/home/', looks['narrow and dark'])
    await page.setContent(`<!doctype html><html lang="en"><title>Bad</title><style>body { background: white }</style>
      <main><h1 style="inline-size: 500px">Wide</h1><p style="color: #ccc">Pale</p>
      <button style="outline: none">Unseen</button><button onfocus="this.blur()">Unreached</button><input></main>`)
    const breaches = await auditPage(page)
    expect(breaches.map((breach) => breach.replace(/: .*/, ''))).toEqual([
      'is wider than 360 px by <h1>',
      'is rgb(255, 255, 255) where dark was asked for',
      'color-contrast',
      'label',
      'cannot reach <button> “Unreached” by Tab',
      'does not show that <button> “Unseen” has the focus',
    ])
  })

  it('gets by Tab to what comes after a frame, however much is in that', async () => {
    const page = await demo.open('/home/', looks['wide and light'])
    const within = '<button>In the frame</button>'.repeat(100)
    await page.setContent(
      `<!doctype html><html lang="en"><title>Framed</title><main><h1>Framed</h1>
      <iframe title="Many" srcdoc="${within}"></iframe><button>After</button></main>`,
    )
    expect(await auditPage(page)).toEqual([])
  })

  it('tells of a frame that keeps the focus', async () => {
    const page = await demo.open('/home/', looks['wide and light'])
    const trap = '<button onkeydown=&quot;event.preventDefault()&quot;>Trap</button>'
    await page.setContent(
      `<!doctype html><html lang="en"><title>Framed</title><main><h1>Framed</h1>
      <iframe title="Trap" srcdoc="${trap}"></iframe><button>After</button></main>`,
    )
    expect(await auditPage(page)).toEqual(['cannot reach <button> “After” by Tab'])
  })
})
