import { createRawWs } from '@org/realtime-raw-ws'
import { mount } from '@vue/test-utils'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createRealtime } from './index.ts'
import { RealtimeInspector } from './inspector.ts'
import { startFarEnd } from './live-far-end-test-setup.ts'

it('shows a client at the reference server, through a cut', async () => {
  const far = await startFarEnd('raw-ws')
  const client = createRawWs({ url: far.url })
  onTestFinished(() => client.close())
  client.untyped('room-1').join()
  const page = mount(RealtimeInspector, {
    props: { inline: true },
    global: { plugins: [createRealtime(client)] },
    attachTo: document.body,
  })
  const text = (part: string) =>
    document.querySelector('realtime-inspector')?.shadowRoot?.querySelector(part)?.textContent
  const shows = (part: string, what: RegExp) =>
    vi.waitFor(() => expect(text(part)).toMatch(what), { timeout: 25_000, interval: 20 })
  await shows('.head .chip', /^connected$/)
  await shows('.channels .bar', /^room-1joinedheld by 1$/)
  await far.dropAll()
  await shows('.channels .gaps', /^1 gap,.*reconnect/)
  await shows('.head .chip', /^connected$/)
  page.unmount()
  expect(document.querySelector('realtime-inspector')).toBeNull()
})
