import { describe, expect, it } from 'vitest'
import { defineComponent, h, KeepAlive, ref, Suspense, watch } from 'vue'
import { useChannelReducer, useChannelStatus, useEvent, useLatest } from './index.ts'
import { changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useChannels, useStatus } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function whichChannels(): void {
  describe('complaints about other libraries: which channels, and when', () => {
    it('7: a list of ids is joined on demand, and a change joins and leaves only the difference', async () => {
      const fake = setup()
      const ids = ref([1, 2])
      const page = await fake.show(
        component(() => {
          const rooms = useChannels('room-{id}', () => ids.value.map((id) => ({ id })))
          return () => rooms.value.map(({ name }) => name).join()
        }),
      )
      ids.value = [2, 3]
      await changed()
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
      const id = ref<number>()
      const page = await fake.show(
        component(() => {
          const room = useChannel('room-{id}', () => (id.value === undefined ? 'skip' : { id: id.value }))
          const news = useChannel('news', () => (id.value === undefined ? 'skip' : {}))
          useEvent(room, 'Said', () => {})
          const [of, last] = [useChannelStatus(room), useLatest(news, 'Told')]
          const other = useChannelStatus(news)
          return () => `${of.value.state} ${other.value.state} ${last.value?.n}`
        }),
      )
      expect(page.text()).toBe('left left undefined')
      expect(fake.transport.sessions).toEqual([])
      id.value = 1
      await changed()
      expect(page.text()).toBe('joined joined undefined')
      id.value = undefined
      await changed()
      expect(page.text()).toBe('left left undefined')
    })

    it('13: the channel is there in setup, and is no proxy of itself', async () => {
      const fake = setup()
      const seen = ref<unknown>()
      await fake.show(
        component(() => {
          const news = useChannel('news')
          seen.value = news.value
          expect(news.value.name).toBe('news')
          return () => null
        }),
      )
      expect((seen.value as { status: { get(): unknown } }).status.get()).toEqual({
        state: 'joined',
        continuity: 'fresh',
      })
    })

    it('20: a kept-alive page listens to nothing, keeps its state, and comes back without a frame', async () => {
      const fake = setup()
      const log: unknown[] = []
      const counter = component(() => {
        const news = useChannel('news')
        useEvent(news, 'Told', ({ n }) => log.push(n))
        const sum = useChannelReducer(news, 0, { Told: (before, { n }) => before + n })
        return () => h('i', sum.value)
      })
      const other = component(() => () => h('i', 'other'))
      const shown = ref(true)
      const page = await fake.show(
        component(() => () => h(KeepAlive, () => h(shown.value ? counter : other))),
      )
      await fake.emit('news', 'Told', { n: 1 })
      await frame()
      const sent = fake.frames().length
      shown.value = false
      await changed()
      await fake.emit('news', 'Told', { n: 10 })
      shown.value = true
      await changed()
      await fake.emit('news', 'Told', { n: 100 })
      await frame()
      expect(page.text()).toBe('101')
      expect(log).toEqual([1, 100])
      expect(fake.frames()).toHaveLength(sent)
      shown.value = false
      await changed()
      await fake.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
      shown.value = true
      await changed()
      expect(fake.server.joined('news')).toBe(1)
    })

    it('20: a page kept alive unseen keeps what it showed, and what is mounted in it waits', async () => {
      const fake = setup()
      const told: string[] = []
      const hasMore = ref(false)
      const more = component(() => {
        const news = useChannel('news')
        useEvent(news, 'Told', ({ n }) => told.push(`${n}`))
        return () => 'more'
      })
      const first = component(() => {
        const [status, room] = [useStatus(), useChannelStatus(useChannel('room-{id}', { id: 1 }))]
        watch([status, room], ([{ status }, { state }]) => told.push(`${status} ${state}`), { flush: 'sync' })
        return () => h('i', hasMore.value ? h(more) : '')
      })
      const other = component(() => () => h('i', 'other'))
      const isShown = ref(true)
      await fake.show(component(() => () => h(KeepAlive, () => h(isShown.value ? first : other))))
      told.length = 0
      isShown.value = false
      await changed()
      hasMore.value = true
      await changed()
      await fake.advance(1000)
      expect(told).toEqual([])
      expect([fake.server.joined('news'), fake.server.joined('room-1')]).toEqual([0, 0])
      isShown.value = true
      await changed()
      await fake.emit('news', 'Told', { n: 1 })
      expect(told.slice(-1)).toEqual(['1'])
      expect([fake.server.joined('news'), fake.server.joined('room-1')]).toEqual([1, 1])
    })

    it('20: so does a page that is kept alive in Suspense', async () => {
      const fake = setup()
      const isShown = ref(true)
      const slow = defineComponent({
        async setup() {
          const state = useChannelStatus(useChannel('news'))
          await Promise.resolve()
          return () => h('i', state.value.state)
        },
      })
      const other = component(() => () => h('i', 'other'))
      const page = await fake.show(
        component(
          () => () =>
            h(Suspense, null, { default: () => h(KeepAlive, () => h(isShown.value ? slow : other)) }),
        ),
      )
      await changed()
      expect(page.text()).toBe('joined')
      isShown.value = false
      await changed()
      await fake.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
      isShown.value = true
      await changed()
      expect(fake.server.joined('news')).toBe(1)
      expect(page.text()).toBe('joined')
    })
  })
}
