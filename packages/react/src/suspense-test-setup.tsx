import { settled } from '@org/realtime-testing'
import { act } from '@testing-library/react'
import { Suspense } from 'react'
import { describe, expect, it } from 'vitest'
import { useChannelStatus, useLatest } from './index.ts'
import { Boundary, frame, hooks, setup } from './render-test-setup.tsx'

const { useSuspenseChannel } = hooks

export function suspense(): void {
  describe('useSuspenseChannel', () => {
    it('15: a Suspense channel waits for its first join, and for no reconnect after it', async () => {
      const fake = setup()
      function News() {
        const news = useSuspenseChannel('news')
        return `${news.name} ${useChannelStatus(news).state} ${useLatest(news, 'Told')?.n}`
      }
      fake.server.withhold('subbed')
      const page = await fake.show(
        <Suspense fallback="waiting">
          <News />
        </Suspense>,
      )
      expect(page.text()).toBe('waiting')
      fake.server.release()
      await fake.drop()
      await fake.advance(2000)
      await act(settled)
      expect(page.text()).toBe('news joined undefined')
      await fake.emit('news', 'Told', { n: 7 })
      await fake.drop()
      await frame()
      expect(page.text()).toBe('news joining 7')
      await fake.advance(2000)
      expect(page.text()).toBe('news joined 7')
      await page.unmount()
      await fake.clock.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
    })

    it('a refused Suspense channel throws to the boundary, and asks again when it is reset', async () => {
      const fake = setup()
      fake.expectPrints()
      fake.expectError('channel.rejected')
      fake.server.refuse('news', { code: 'forbidden' })
      function News() {
        return useSuspenseChannel('news').name
      }
      const page = await fake.show(
        <Boundary>
          <Suspense fallback="waiting">
            <News />
          </Suspense>
        </Boundary>,
      )
      expect(page.text()).toBe('caught channel.rejected')
      await fake.advance(1100)
      fake.server.allow('news')
      await page.click()
      await act(settled)
      expect(page.text()).toBe('news')
    })

    it('gives its join up when the client fails, and throws why to the boundary', async () => {
      const fake = setup('acked', { backoff: { maxAttempts: 1 } })
      fake.expectPrints()
      fake.server.outage()
      function News() {
        return useSuspenseChannel('news').name
      }
      const page = await fake.show(
        <Boundary>
          <Suspense fallback="waiting">
            <News />
          </Suspense>
        </Boundary>,
      )
      expect(page.text()).toBe('waiting')
      await fake.advance(60_000)
      await act(settled)
      expect(page.text()).toBe('caught connection.gave-up')
    })

    it('leaves nothing behind when it is gone before it was ever shown', async () => {
      const fake = setup()
      fake.server.withhold('subbed')
      function News() {
        return useSuspenseChannel('news').name
      }
      const page = await fake.show(
        <Suspense fallback="waiting">
          <News />
        </Suspense>,
      )
      await page.unmount()
      fake.expectError('channel.timeout')
      await fake.advance(20_000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
    })
  })
}
