import { createTestClient } from '@org/realtime-testing'
import { renderToString } from '@vue/server-renderer'
import { mount } from '@vue/test-utils'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSSRApp, defineComponent, h, KeepAlive, nextTick } from 'vue'
import { createRealtime } from './index.ts'
import { RealtimeInspector } from './inspector.ts'

const corner = (): Element | undefined => [...document.body.children].find(({ shadowRoot }) => shadowRoot)
const placed = (): Element | null => document.querySelector('realtime-inspector')
const statusOf = (element: Element | null | undefined): string | null | undefined =>
  element?.shadowRoot?.querySelector('.head .chip')?.textContent

function setup() {
  const fake = createTestClient({ atEnd: onTestFinished })
  return { ...fake, global: { plugins: [createRealtime(fake.client)] } }
}

describe('<RealtimeInspector>', () => {
  it('puts the client of its provider into a corner of the page, and takes it away again', () => {
    const { global, clock } = setup()
    const page = mount(RealtimeInspector, { props: { open: true }, global })
    expect(statusOf(corner()?.shadowRoot?.querySelector('realtime-inspector'))).toBe('idle')
    page.unmount()
    expect(corner()).toBeUndefined()
    expect(clock.pending).toEqual([])
  })

  it('stands where it is put, and stays when the page renders anew', async () => {
    vi.stubGlobal('fetch', async () => Response.json([]))
    onTestFinished(() => void vi.unstubAllGlobals())
    const { client, clock } = setup()
    const props = () => ({
      inline: true,
      client: [{ name: 'a', client }],
      control: { url: 'http://127.0.0.1:1', token: 't' },
    })
    const page = mount(RealtimeInspector, { props: props(), attachTo: document.body })
    const before = placed()
    expect(statusOf(before)).toBe('idle')
    await page.setProps(props())
    expect(placed()).toBe(before)
    const other = setup()
    await page.setProps({ client: other.client })
    expect(statusOf(placed())).toBe('idle')
    expect(clock.pending).toEqual([])
    page.unmount()
    expect(placed()).toBeNull()
    expect(other.clock.pending).toEqual([])
  })

  it('rests while it is kept alive unseen', async () => {
    const { global, clock } = setup()
    const Page = defineComponent({
      props: { seen: Boolean },
      setup: (props) => () => h(KeepAlive, () => (props.seen ? h(RealtimeInspector, { open: true }) : null)),
    })
    const page = mount(Page, { props: { seen: true }, global })
    expect(corner()).toBeDefined()
    await page.setProps({ seen: false })
    expect(corner()).toBeUndefined()
    expect(clock.pending).toEqual([])
    await page.setProps({ seen: true })
    await nextTick()
    expect(statusOf(corner()?.shadowRoot?.querySelector('realtime-inspector'))).toBe('idle')
    page.unmount()
    expect(corner()).toBeUndefined()
  })

  it('needs no provider for a list, which may still be empty', () => {
    const page = mount(RealtimeInspector, { props: { inline: true, client: [] }, attachTo: document.body })
    expect(placed()?.shadowRoot?.textContent).toContain('No client to inspect')
    page.unmount()
    expect(placed()).toBeNull()
  })

  it('renders nothing on a server, and needs a client', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warn.mockRestore())
    const { client } = setup()
    expect(await renderToString(createSSRApp(RealtimeInspector, { client, open: true }))).toBe('<!---->')
    expect(await renderToString(createSSRApp(RealtimeInspector, { client, inline: true }))).toBe(
      '<div></div>',
    )
    await expect(renderToString(createSSRApp(RealtimeInspector))).rejects.toThrow('[binding.no-provider]')
    expect(corner()).toBeUndefined()
  })
})
