import { settled } from '@org/realtime-testing'
import { act, render } from '@testing-library/react'
import { type ReactNode, Suspense } from 'react'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RealtimeProvider, useChannelStatus, useLatest } from './index.ts'
import { frame, hooks, type News, setup } from './render-test-setup.tsx'

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
      const { container, mismatches } = await hydrate(
        HTML,
        <RealtimeProvider client={fake.client}>
          <Page />
        </RealtimeProvider>,
      )
      expect(mismatches).toEqual([])
      expect(container.textContent).toBe('connected joined 7')
      await fake.emit('news', 'Told', { n: 8 })
      await frame()
      expect(container.textContent).toBe('connected joined 8')
    })

    it('14: hydrates a row that comes late as its server has rendered it, although others know more', async () => {
      const fake = setup()
      const key = ({ n }: { readonly n: number }): string => `${n}`
      function Row({ news }: { readonly news: News }) {
        return <b>{`${useLatest(news, 'Told', { key, select: (all) => all.get('8')?.n })}`}</b>
      }
      let load = (): void => {}
      let isLoaded = false
      const loading = new Promise<void>((resolve) => {
        load = () => {
          isLoaded = true
          resolve()
        }
      })
      function Late({ news }: { readonly news: News }) {
        if (!isLoaded) throw loading
        return <Row news={news} />
      }
      function Table() {
        const news = hooks.useChannel('news')
        return (
          <>
            <Row news={news} />
            <Suspense>
              <Late news={news} />
            </Suspense>
          </>
        )
      }
      const { container, mismatches } = await hydrate(
        '<b>undefined</b><!--$--><b>undefined</b><!--/$-->',
        <RealtimeProvider client={fake.client}>
          <Table />
        </RealtimeProvider>,
      )
      await fake.emit('news', 'Told', { n: 8 })
      await frame()
      expect(container.textContent).toBe('8undefined')
      await act(async () => load())
      await act(settled)
      expect(container.textContent).toBe('88')
      expect(mismatches).toEqual([])
    })
  })
}

async function hydrate(html: string, page: ReactNode) {
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  const mismatches: unknown[] = []
  render(page, { container, hydrate: true, onRecoverableError: (error) => mismatches.push(error) })
  onTestFinished(() => container.remove())
  await act(settled)
  return { container, mismatches }
}
