import type { AnyClient } from '@org/realtime-core'
import { render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RealtimeInspector } from './inspector.ts'
import { setup } from './render-test-setup.tsx'

const corner = (): HTMLElement | undefined =>
  [...document.body.children].find(({ shadowRoot }) => shadowRoot) as HTMLElement | undefined
const placed = (): HTMLElement | null => document.querySelector('realtime-inspector')
const statusOf = (element: Element | null): string | null | undefined =>
  element?.shadowRoot?.querySelector('.head .chip')?.textContent

describe('<RealtimeInspector>', () => {
  it('puts the client of its provider into a corner of the page, once, and takes it away again', async () => {
    const fake = setup()
    const page = await fake.show(<RealtimeInspector open />)
    const found = [...document.body.children].filter(({ shadowRoot }) => shadowRoot)
    expect(found).toHaveLength(1)
    expect(statusOf(corner()?.shadowRoot?.querySelector('realtime-inspector') ?? null)).toBe('idle')
    await page.unmount()
    expect(corner()).toBeUndefined()
    expect(fake.clock.pending).toEqual([])
  })

  it('stands where it is put, and stays when the page renders anew', async () => {
    vi.stubGlobal('fetch', async () => Response.json([]))
    onTestFinished(() => void vi.unstubAllGlobals())
    const fake = setup()
    const list = () => [{ name: 'a', client: fake.client as AnyClient }]
    const show = () => (
      <RealtimeInspector inline client={list()} control={{ url: 'http://127.0.0.1:1', token: 't' }} />
    )
    const page = await fake.show(show())
    const before = placed()
    expect(statusOf(before)).toBe('idle')
    await page.change(show())
    expect(placed()).toBe(before)
    await page.change(null)
    expect(placed()).toBeNull()
    expect(fake.clock.pending).toEqual([])
  })

  it('needs no provider for a list, which may still be empty', () => {
    const page = render(<RealtimeInspector inline client={[]} />)
    expect(placed()?.shadowRoot?.textContent).toContain('No client to inspect')
    page.unmount()
    expect(placed()).toBeNull()
  })

  it('renders nothing on a server, and needs a client', () => {
    const fake = setup()
    expect(renderToString(<RealtimeInspector client={fake.client} open />)).toBe('')
    expect(renderToString(<RealtimeInspector client={fake.client} inline />)).toBe('<div></div>')
    expect(() => renderToString(<RealtimeInspector />)).toThrow('[binding.no-provider]')
    expect(corner()).toBeUndefined()
  })
})
