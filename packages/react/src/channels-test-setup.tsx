import { Activity, type ReactNode, Suspense } from 'react'
import { describe, expect, it } from 'vitest'
import { useChannelReducer, useChannelStatus, useEvent, useLatest } from './index.ts'
import { frame, hooks, setup } from './render-test-setup.tsx'

const { useChannel, useChannels } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function whichChannels(): void {
  describe('complaints about other libraries: which channels, and when', () => {
    it('7: a list of ids is joined on demand, and a change joins and leaves only the difference', async () => {
      const fake = setup()
      function Rooms({ ids }: { readonly ids: readonly number[] }) {
        return useChannels(
          'room-{id}',
          ids.map((id) => ({ id })),
        )
          .map(({ name }) => name)
          .join()
      }
      const page = await fake.show(<Rooms ids={[1, 2]} />)
      await page.change(<Rooms ids={[2, 3]} />)
      await fake.advance(1000)
      expect(page.text()).toBe('room-2,room-3')
      const asked = fake.frames().filter((text) => text.includes('sub"'))
      expect(asked.map((text) => [JSON.parse(text).t, text.match(/room-\d/g)])).toEqual([
        ['sub', ['room-1', 'room-2']],
        ['sub', ['room-3']],
        ['unsub', ['room-1']],
      ])
    })

    it('8: a channel can be skipped, and then nothing is dialled', async () => {
      const fake = setup()
      function Maybe({ id }: { readonly id?: number }) {
        const room = useChannel('room-{id}', id === undefined ? 'skip' : { id })
        const news = useChannel('news', id === undefined ? 'skip' : {})
        useEvent(room, 'Said', () => {})
        return `${useChannelStatus(room).state} ${useChannelStatus(news).state} ${useLatest(news, 'Told')?.n}`
      }
      const page = await fake.show(<Maybe />)
      expect(page.text()).toBe('left left undefined')
      expect(fake.transport.sessions).toEqual([])
      await page.change(<Maybe id={1} />)
      expect(page.text()).toBe('joined joined undefined')
      await page.change(<Maybe />)
      expect(page.text()).toBe('left left undefined')
    })

    it('13: the channel is there in the first render, and render has no effect on the wire', async () => {
      const fake = setup()
      const seen: unknown[] = []
      function Look(): ReactNode {
        seen.push(useChannel('news').name)
        throw new Promise(() => {})
      }
      await fake.show(
        <Suspense fallback="waiting">
          <Look />
        </Suspense>,
      )
      expect(seen[0]).toBe('news')
      expect(fake.transport.sessions).toEqual([])
    })
  })
}

/** React 18 has no `<Activity>`. */
export function hiddenPages(): void {
  describe('complaints about other libraries: pages in the background', () => {
    it('20: a page kept in the background listens to nothing, keeps its state, and comes back without a frame', async () => {
      const fake = setup()
      const log: unknown[] = []
      function Page({ mode }: { readonly mode: 'visible' | 'hidden' }) {
        return (
          <Activity mode={mode}>
            <Counter />
          </Activity>
        )
      }
      function Counter() {
        const news = useChannel('news')
        useEvent(news, 'Told', ({ n }) => log.push(n))
        return useChannelReducer(news, 0, { Told: (sum, { n }) => sum + n })
      }
      const page = await fake.show(<Page mode="visible" />)
      await fake.emit('news', 'Told', { n: 1 })
      await frame()
      const sent = fake.frames().length
      await page.change(<Page mode="hidden" />)
      await fake.emit('news', 'Told', { n: 10 })
      await page.change(<Page mode="visible" />)
      await fake.emit('news', 'Told', { n: 100 })
      await frame()
      expect(page.text()).toBe('101')
      expect(log).toEqual([1, 100])
      expect(fake.frames()).toHaveLength(sent)
      await page.change(<Page mode="hidden" />)
      await fake.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
    })
  })
}
