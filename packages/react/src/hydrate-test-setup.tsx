import { settled } from '@org/realtime-testing'
import { act, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RealtimeProvider, useChannelStatus, useLatest } from './index.ts'
import { frame, hooks, setup } from './render-test-setup.tsx'

function Page() {
  const news = hooks.useChannel('news')
  const { status } = hooks.useStatus()
  return `${status} ${useChannelStatus(news).state} ${useLatest(news, 'Told', { initial: { n: 7 } }).n}`
}

/** What `ssr.test.tsx` shows that servers render. */
const HTML = 'idle left 7'

export function hydration(): void {
  describe('in the browser, after a server', () => {
    it('14: hydrates without a mismatch although the client is connected already, and then shows what is', async () => {
      const fake = setup()
      await fake.client.connect()
      const container = document.body.appendChild(document.createElement('div'))
      container.innerHTML = HTML
      const mismatches: unknown[] = []
      const page: ReactNode = (
        <RealtimeProvider client={fake.client}>
          <Page />
        </RealtimeProvider>
      )
      render(page, { container, hydrate: true, onRecoverableError: (error) => mismatches.push(error) })
      onTestFinished(() => container.remove())
      await act(settled)
      expect(mismatches).toEqual([])
      expect(container.textContent).toBe('connected joined 7')
      await fake.emit('news', 'Told', { n: 8 })
      await frame()
      expect(container.textContent).toBe('connected joined 8')
    })
  })
}
