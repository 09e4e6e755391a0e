import { createRawWs } from '@org/realtime-raw-ws'
import { cleanup, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RealtimeProvider } from './index.ts'
import { RealtimeInspector } from './inspector.ts'
import { startFarEnd } from './live-far-end-test-setup.ts'

it('shows a client at the reference server, through a cut', async () => {
  const far = await startFarEnd('raw-ws')
  const client = createRawWs({ url: far.url })
  onTestFinished(async () => {
    cleanup()
    await client.close()
  })
  client.untyped('room-1').join()
  const { unmount } = render(
    <StrictMode>
      <RealtimeProvider client={client}>
        <RealtimeInspector inline />
      </RealtimeProvider>
    </StrictMode>,
  )
  const text = (part: string) =>
    document.querySelector('realtime-inspector')?.shadowRoot?.querySelector(part)?.textContent
  const shows = (part: string, what: RegExp) =>
    vi.waitFor(() => expect(text(part)).toMatch(what), { timeout: 25_000, interval: 20 })
  await shows('.head .chip', /^connected$/)
  await shows('.channels .bar', /^room-1joinedheld by 1$/)
  await far.dropAll()
  await shows('.channels .gaps', /^1 gap,.*reconnect/)
  await shows('.head .chip', /^connected$/)
  unmount()
  expect(document.querySelector('realtime-inspector')).toBeNull()
})
