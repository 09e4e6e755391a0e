import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { h, watch } from 'vue'
import { useEvent, useGap, useHistory } from './index.ts'
import { component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useStatus } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function page(): void {
  describe('complaints about other libraries: the page and its user', () => {
    it('16: a human status knows four words, and is not told of blips', async () => {
      const fake = setup()
      const words: string[] = []
      await fake.show(
        component(() => {
          useChannel('news')
          const human = useStatus({ select: (status) => status.human })
          watch(human, (word) => words.push(word), { immediate: true })
          return () => null
        }),
      )
      for (let blip = 0; blip < 3; blip++) {
        await fake.advance(10_000)
        await fake.drop()
        await fake.advance(999)
        fake.client.reconnectNow()
        await fake.advance(10)
      }
      expect(new Set(words)).toEqual(new Set(['fine']))
      fake.server.outage()
      await fake.advance(1000)
      fake.server.restore()
      await fake.advance(20_000)
      expect(words.slice(-2)).toEqual(['lost', 'fine'])
    })

    it('17: a hidden tab keeps, coalesces, or leaves and catches up, as each subscription asks', async () => {
      const fake = setup()
      const log: string[] = []
      const tab = (hidden: 'keep' | 'coalesce' | 'leave') =>
        component(() => {
          const news = useChannel('news', { hidden })
          useEvent(news, 'Told', ({ n }, { coalesced = 1 }) => log.push(`${hidden} ${n} of ${coalesced}`))
          useGap(news, ({ cause }) => log.push(`${hidden} gap ${cause}`))
          const history = useHistory(news, 'Told')
          return () => `${hidden} ${history.value.items.map(({ n }) => n)};`
        })
      const tabs = [tab('keep'), tab('coalesce'), tab('leave')]
      const shown = await fake.show(component(() => () => tabs.map((child) => h(child))))
      fake.signals.hide()
      await fake.advance(1000)
      await fake.emit('news', 'Told', { n: 1 }, { n: 2 })
      await frame()
      expect(log.splice(0)).toEqual(['keep 1 of 1', 'keep 2 of 1'])
      expect(shown.text()).toBe('keep 1,2;coalesce ;leave ;')
      fake.signals.show()
      await fake.emit('news', 'Told', { n: 3 })
      await frame()
      const seen = ['coalesce 2 of 2', 'leave gap away', 'keep 3 of 1', 'coalesce 3 of 1', 'leave 3 of 1']
      expect(log).toEqual(seen)
      expect(shown.text()).toBe('keep 1,2,3;coalesce 1,2,3;leave 3;')
    })

    it('17: a channel that everybody leaves with the tab is left on the wire, and joined again before its gap is told', async () => {
      const fake = setup()
      const log: string[] = []
      await fake.show(
        component(() => {
          const news = useChannel('news', { hidden: 'leave' })
          useEvent(news, 'Told', ({ n }) => log.push(`${n}`))
          useGap(news, async () => {
            log.push(`gap ${news.value.status.get().state}`)
            await new Promise<void>((resolve) => fake.clock.after(100, resolve))
            log.push('fetched')
          })
          return () => null
        }),
      )
      fake.signals.hide()
      await fake.advance(500)
      fake.signals.show()
      await fake.advance(5000)
      expect(fake.server.joined('news')).toBe(1)
      expect(log).toEqual([])
      fake.signals.hide()
      await fake.advance(3000)
      expect(fake.server.joined('news')).toBe(0)
      fake.signals.show()
      await settled()
      fake.server.publish('news', 'Told', { n: 1 })
      await fake.advance(1000)
      expect(log).toEqual(['gap joined', 'fetched', '1'])
    })
  })
}
