import { settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Component, createSSRApp, defineAsyncComponent, h } from 'vue'
import { createRealtime, useChannelStatus, useLatest } from './index.ts'
import { changed, component, frame, hooks, type News, setup } from './render-test-setup.ts'

const page = component(() => {
  const news = hooks.useChannel('news')
  const status = hooks.useStatus()
  const joined = useChannelStatus(news)
  const last = useLatest(news, 'Told', { initial: { n: 7 } })
  return () => h('i', `${status.value.status} ${joined.value.state} ${last.value.n}`)
})

export function hydration(): void {
  describe('in the browser, after a server', () => {
    it('14: hydrates without a mismatch although the client is connected already, and then shows what is', async () => {
      const fake = setup()
      await fake.client.connect()
      const container = document.body.appendChild(document.createElement('div'))
      // What `ssr.test.ts` shows that servers render.
      container.innerHTML = '<i>idle left 7</i>'
      const app = createSSRApp(page).use(createRealtime(fake.client))
      onTestFinished(() => {
        app.unmount()
        container.remove()
      })
      const rendered = container.firstElementChild
      // A mismatch is printed, and `setup` fails on what is printed.
      app.mount(container)
      expect(container.textContent).toBe('idle left 7')
      await settled()
      await changed()
      expect(container.textContent).toBe('connected joined 7')
      await fake.emit('news', 'Told', { n: 8 })
      await frame()
      expect(container.textContent).toBe('connected joined 8')
      expect(container.firstElementChild).toBe(rendered)
    })

    it('shows at once what is, where nothing was rendered before', async () => {
      const fake = setup()
      await fake.client.connect()
      const texts: string[] = []
      await fake.show(
        component(() => {
          const status = hooks.useStatus()
          return () => {
            texts.push(status.value.status)
            return null
          }
        }),
      )
      expect(texts).toEqual(['connected'])
    })

    it('14: hydrates a row that comes late as its server has rendered it, although others know more', async () => {
      const fake = setup()
      const key = ({ n }: { readonly n: number }): string => `${n}`
      const row = (news: () => News) =>
        component(() => {
          const last = useLatest(news, 'Told', { key, select: (all) => all.get('8')?.n })
          return () => h('b', `${last.value}`)
        })
      let load = (): void => {}
      const container = document.body.appendChild(document.createElement('div'))
      container.innerHTML = '<i><b>undefined</b><b>undefined</b></i>'
      const app = createSSRApp(
        component(() => {
          const news = hooks.useChannel('news')
          const early = row(() => news.value)
          const late = defineAsyncComponent(
            () =>
              new Promise<Component>((resolve) => {
                load = () => resolve(row(() => news.value))
              }),
          )
          return () => h('i', [h(early), h(late)])
        }),
      ).use(createRealtime(fake.client))
      onTestFinished(() => {
        app.unmount()
        container.remove()
      })
      app.mount(container)
      await settled()
      await fake.emit('news', 'Told', { n: 8 })
      await frame()
      expect(container.textContent).toBe('8undefined')
      load()
      await changed()
      expect(container.textContent).toBe('88')
    })
  })
}
