import { describe, expect, it } from 'vitest'
import { h, onErrorCaptured } from 'vue'
import { useChannelReducer, useHistory, useLatest } from './index.ts'
import { boundary, changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useStatus } = hooks

/** Functions of the user are called in the middle of ours. */
export function throwing(): void {
  describe('functions that throw', () => {
    it('filter, merge and id leave the message out, and the rest goes on', async () => {
      const fake = setup()
      fake.expectError('listener.failed', 3)
      const check = (n: number): boolean => {
        if (n === 2) throw new Error('mine')
        return true
      }
      const page = await fake.show(
        component(() => {
          const news = useChannel('news')
          const filtered = useLatest(news, 'Told', { filter: ({ n }) => check(n) })
          const merged = useLatest(news, 'Told', {
            initial: { n: 0 },
            merge: (sum, { n }) => ({ n: check(n) ? sum.n + n : 0 }),
          })
          const history = useHistory(news, 'Told', { id: ({ n }) => check(n) && n })
          return () => `${filtered.value?.n} ${merged.value.n} ${history.value.items.map(({ n }) => n)}`
        }),
      )
      await fake.emit('news', 'Told', { n: 1 }, { n: 2 }, { n: 3 })
      await frame()
      expect(page.text()).toBe('3 4 1,3')
    })

    it('a select is told to Vue, what was shown stays, and others go on', async () => {
      const fake = setup()
      const caught: string[] = []
      const sum = (limit: number) =>
        component(() => {
          const select = (now: number): number => {
            if (now > limit && now < 9) throw new Error('mine')
            return now
          }
          const shown = useChannelReducer(
            useChannel('news'),
            0 as number,
            { Told: (before, { n }) => before + n },
            { select },
          )
          return () => `${shown.value};`
        })
      const [first, second] = [sum(1), sum(9)]
      const page = await fake.show(
        component(() => {
          onErrorCaptured(({ message }) => {
            caught.push(message)
            return false
          })
          return () => [h(first), h(second)]
        }),
      )
      for (const n of [1, 2, 7]) {
        await fake.emit('news', 'Told', { n })
        await frame()
        caught.push(page.text())
      }
      expect(caught).toEqual(['1;1;', 'mine', '1;3;', '10;10;'])
    })

    it('a select that throws from the start is thrown by setup', async () => {
      const fake = setup()
      fake.expectPrints()
      const thrown = Object.assign(new Error('mine'), { code: 'mine' })
      const page = await fake.show(
        boundary(
          component(() => {
            useStatus({
              select() {
                throw thrown
              },
            })
            return () => null
          }),
        ),
      )
      await changed()
      expect(page.text()).toBe('caught mine')
    })
  })
}
