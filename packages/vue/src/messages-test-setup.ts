import { injectFaults } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { h, onUpdated, ref } from 'vue'
import { useChannelReducer, useEvent, useHistory, useLatest } from './index.ts'
import { changed, component, ear, frame, hooks, type News, setup } from './render-test-setup.ts'

const { useChannel, useStatus } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function messages(): void {
  describe('complaints about other libraries: messages', () => {
    it('1: no message is lost to batching, however many come in one tick', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(ear(log))
      const told = Array.from({ length: 500 }, (_, n) => ({ n }))
      await fake.emit('news', 'Told', ...told)
      expect(log).toEqual(told.map(({ n }) => n))
    })

    it('2: only those render whose part has changed, once per frame, and nobody for a heartbeat', async () => {
      const fake = setup()
      const renders = new Map<string, number>()
      const count = (name: string): void => void renders.set(name, (renders.get(name) ?? 0) + 1)
      const row = (n: number, news: { readonly value: News }) =>
        component(() => {
          const last = useLatest(() => news.value, 'Told', { filter: (told) => told.n === n })
          onUpdated(() => count(`row ${n}`))
          return () => h('i', last.value?.n)
        })
      const page = await fake.show(
        component(() => {
          const news = useChannel('news')
          const even = useChannelReducer(
            news,
            0,
            { Told: (sum, { n }) => sum + n },
            { select: (sum) => sum % 2 === 0 },
          )
          const status = useStatus()
          const total = component(() => {
            onUpdated(() => count('total'))
            return () => (even.value ? 'even' : 'odd')
          })
          const banner = component(() => {
            onUpdated(() => count('status'))
            return () => status.value.human
          })
          const rows = [0, 1, 2].map((n) => row(n, news))
          onUpdated(() => count('list'))
          return () => [...rows, total, banner].map((child) => h(child))
        }),
      )
      renders.clear()
      await fake.emit('news', 'Told', { n: 2 }, { n: 0 }, { n: 2 })
      await frame()
      expect(page.text()).toBe('02evenfine')
      expect(renders).toEqual(
        new Map([
          ['row 0', 1],
          ['row 2', 1],
        ]),
      )
      renders.clear()
      fake.transport.latencyMs = 10
      await fake.advance(60_000)
      expect(fake.client.status.get().rttMs).toBeGreaterThan(0)
      expect(renders).toEqual(new Map())
      fake.transport.latencyMs = 0
      await fake.advance(10)
    })

    it('11: an event name that nearly fits is told in the trace instead of being silent', async () => {
      const fake = setup()
      await fake.show(ear([]))
      await fake.emit('news', 'App.Events.Told', { n: 1 })
      const hints = fake.client.trace.entries().filter(({ type }) => type === 'hint')
      expect(hints).toEqual([expect.objectContaining({ message: expect.stringContaining('did you mean') })])
    })

    it('12: a listener of several events is told which one it was', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(
        component(() => {
          useEvent(useChannel('news'), ['Told', 'Closed'], (message) =>
            log.push(message.event === 'Told' ? message.payload.n : message.payload),
          )
          return () => null
        }),
      )
      await fake.emit('news', 'Told', { n: 1 })
      await fake.emit('news', 'Closed', 'for today')
      expect(log).toEqual([1, 'for today'])
    })

    it('18: events of a channel that was left touch nothing new', async () => {
      const fake = setup()
      const id = ref(1)
      const page = await fake.show(
        component(() => {
          const history = useHistory(
            useChannel('room-{id}', () => ({ id: id.value })),
            'Said',
          )
          return () => history.value.items.map(({ text }) => text).join()
        }),
      )
      await fake.emit('room-1', 'Said', { text: 'old' })
      await frame()
      expect(page.text()).toBe('old')
      id.value = 2
      await changed()
      expect(page.text()).toBe('')
      await fake.emit('room-1', 'Said', { text: 'late' })
      await fake.emit('room-2', 'Said', { text: 'new' })
      await frame()
      expect(page.text()).toBe('new')
    })

    it('18: a line that falls silent is replaced, and so is the next one', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(ear(log))
      for (let silence = 1; silence <= 2; silence++) {
        const faults = injectFaults(fake.transport.last)
        faults.mute()
        await fake.advance(60_000)
        faults.stop()
        expect(fake.transport.open).toHaveLength(1)
        await fake.emit('news', 'Told', { n: silence })
      }
      expect(log).toEqual([1, 2])
    })

    it('19: equal messages are two messages, also in one tick', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(ear(log))
      await fake.emit('news', 'Told', { n: 1 }, { n: 1 })
      expect(log).toEqual([1, 1])
    })

    it('21: a history is bounded, and says what it let go of', async () => {
      const fake = setup()
      const page = await fake.show(
        component(() => {
          const history = useHistory(useChannel('news'), 'Told', { max: 3, initial: [{ n: 0 }] })
          return () =>
            h(
              'button',
              { onClick: () => history.value.clear() },
              `${history.value.items.map(({ n }) => n)} and ${history.value.dropped}`,
            )
        }),
      )
      expect(page.text()).toBe('0 and 0')
      await fake.emit('news', 'Told', ...[1, 2, 3, 4].map((n) => ({ n })))
      await frame()
      expect(page.text()).toBe('2,3,4 and 2')
      await page.click()
      expect(page.text()).toBe('and 0')
    })

    it('23: what does not fit its schema reaches no component', async () => {
      const fake = setup('acked', { validate: 'always' })
      fake.expectError('message.malformed')
      const log: unknown[] = []
      await fake.show(ear(log))
      await fake.emit('news', 'Told', { n: 'one' }, { n: 1 })
      expect(log).toEqual([1])
    })
  })
}
