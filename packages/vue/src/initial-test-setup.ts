import { describe, expect, it } from 'vitest'
import { h, ref } from 'vue'
import { useHistory, useLatest } from './index.ts'
import { changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel } = hooks

/** What a server has rendered, and what comes after it. */
export function initialData(): void {
  describe('initial', () => {
    it('is merged with the first event, by its sequence number', async () => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const newer = (current: { n: number }, next: { n: number }) => (next.n > current.n ? next : current)
          const last = useLatest(useChannel('news'), 'Told', { initial: { n: 5 }, merge: newer })
          return () => h('i', last.value.n)
        }),
      )
      expect(page.text()).toBe('5')
      await fake.emit('news', 'Told', { n: 4 })
      await frame()
      expect(page.text()).toBe('5')
      await fake.emit('news', 'Told', { n: 6 })
      await frame()
      expect(page.text()).toBe('6')
    })

    it('is the start of each series, by its key', async () => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const latest = useLatest(useChannel('room-{id}', { id: 1 }), 'Said', {
            key: ({ text }) => text.slice(0, 1),
            initial: [['a', { text: 'a0' }]],
          })
          return () => [...latest.value.values()].map(({ text }) => text).join()
        }),
      )
      expect(page.text()).toBe('a0')
      await fake.emit('room-1', 'Said', { text: 'b1' }, { text: 'a1' }, { text: 'b2' })
      await frame()
      expect(page.text()).toBe('a1,b2')
    })

    it('is not told twice by a history that knows what makes two of them one', async () => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const options = { initial: [{ n: 1 }, { n: 2 }], id: ({ n }: { n: number }) => n }
          const history = useHistory(useChannel('news'), 'Told', options)
          return () => history.value.items.map(({ n }) => n).join()
        }),
      )
      await fake.emit('news', 'Told', { n: 2 }, { n: 3 })
      await frame()
      expect(page.text()).toBe('1,2,3')
    })

    it('is shown again when another channel starts anew', async () => {
      const fake = setup()
      const id = ref(1)
      const page = await fake.show(
        component(() => {
          const room = useChannel('room-{id}', () => ({ id: id.value }))
          const last = useLatest(room, 'Said', () => ({ initial: { text: `first of ${id.value}` } }))
          return () => last.value.text
        }),
      )
      await fake.emit('room-1', 'Said', { text: 'x' })
      await frame()
      expect(page.text()).toBe('x')
      id.value = 2
      await changed()
      expect(page.text()).toBe('first of 2')
    })
  })

  describe('flush', () => {
    it.each([
      ['at once', 'sync', 0],
      ['with the next frame', 'raf', 'frame'],
      ['after so many milliseconds', 50, 50],
    ] as const)('shows a change %s', async (_, flush, after) => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const last = useLatest(useChannel('news'), 'Told', { initial: { n: 0 }, flush })
          return () => h('i', last.value.n)
        }),
      )
      await fake.emit('news', 'Told', { n: 1 })
      if (after === 50) expect(page.text()).toBe('0')
      if (after === 'frame') await frame()
      else await fake.advance(after)
      await changed()
      expect(page.text()).toBe('1')
    })

    it('shows a change of a tab that gets no frames by a timer', async () => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const last = useLatest(useChannel('news'), 'Told', { initial: { n: 0 } })
          return () => h('i', last.value.n)
        }),
      )
      const { requestAnimationFrame } = globalThis
      globalThis.requestAnimationFrame = () => 0
      await fake.emit('news', 'Told', { n: 1 })
      globalThis.requestAnimationFrame = requestAnimationFrame
      await fake.advance(99)
      await changed()
      expect(page.text()).toBe('0')
      await fake.advance(1)
      await changed()
      expect(page.text()).toBe('1')
    })
  })
}
