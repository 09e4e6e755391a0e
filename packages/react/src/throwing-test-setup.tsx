import { describe, expect, it } from 'vitest'
import { useChannelReducer, useHistory, useLatest } from './index.ts'
import { Boundary, frame, hooks, setup } from './render-test-setup.tsx'

const { useChannel } = hooks

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
      function News() {
        const news = useChannel('news')
        const filtered = useLatest(news, 'Told', { filter: ({ n }) => check(n) })
        const merged = useLatest(news, 'Told', {
          initial: { n: 0 },
          merge: (sum, { n }) => ({ n: check(n) ? sum.n + n : 0 }),
        })
        const { items } = useHistory(news, 'Told', { id: ({ n }) => check(n) && n })
        return `${filtered?.n} ${merged.n} ${items.map(({ n }) => n)}`
      }
      const page = await fake.show(<News />)
      await fake.emit('news', 'Told', { n: 1 }, { n: 2 }, { n: 3 })
      await frame()
      expect(page.text()).toBe('3 4 1,3')
    })

    it('a select is part of the render: the nearest boundary shows it, and others go on', async () => {
      const fake = setup()
      fake.expectPrints()
      function Sum({ limit }: { readonly limit: number }) {
        return useChannelReducer(
          useChannel('news'),
          0,
          { Told: (sum, { n }) => sum + n },
          {
            select(sum) {
              if (sum > limit) throw Object.assign(new Error('mine'), { code: 'mine' })
              return sum
            },
          },
        )
      }
      const page = await fake.show(
        <>
          <Boundary>
            <Sum limit={1} />
          </Boundary>
          ;<Sum limit={9} />
        </>,
      )
      await fake.emit('news', 'Told', { n: 2 })
      await frame()
      expect(page.text()).toBe('caught mine;2')
    })
  })
}
