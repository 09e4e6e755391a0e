import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { effectScope, h } from 'vue'
import { createHooks, useChannelReducer, useChannelStatus, useMembers, usePublish } from './index.ts'
import { type AnyBackend, boundary, changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useStatus } = hooks

/** Each has a rendering that is documented. */
export function faults(): void {
  describe('bad input and faults', () => {
    it('a composable without a client throws a typed error that names it', async () => {
      const fake = setup()
      fake.expectPrints()
      const stray = createHooks<AnyBackend>('nobody')
      const page = await fake.show(
        boundary(
          component(() => {
            stray.useChannel('news')
            return () => null
          }),
        ),
      )
      await changed()
      expect(page.text()).toBe('caught binding.no-provider')
      expect(() => effectScope().run(() => useChannel('news'))).toThrow('[binding.no-provider] useChannel()')
    })

    it('a policy that does not exist throws a typed error', async () => {
      const fake = setup()
      fake.expectPrints()
      const page = await fake.show(
        boundary(
          component(() => {
            useChannel('news', { hidden: 'sleep' as 'keep' })
            return () => null
          }),
        ),
      )
      await changed()
      expect(page.text()).toBe('caught option.invalid')
    })

    it('a channel outside the registry throws a typed error', async () => {
      const fake = setup()
      fake.expectPrints()
      const page = await fake.show(
        boundary(
          component(() => {
            useChannel('newz' as 'news')
            return () => null
          }),
        ),
      )
      await changed()
      expect(page.text()).toBe('caught option.invalid')
    })

    it('a refused channel is a status with its reason, and nothing is thrown', async () => {
      const fake = setup()
      fake.expectError('channel.rejected')
      fake.server.refuse('news', { code: 'forbidden' })
      const page = await fake.show(
        component(() => {
          const news = useChannel('news')
          const status = useChannelStatus(news)
          return () => {
            const { value } = status
            const reason = value.state === 'rejected' ? value.error.code : ''
            return h('button', { onClick: () => news.value.retry() }, `${value.state} ${reason}`)
          }
        }),
      )
      expect(page.text()).toBe('rejected channel.rejected')
      fake.server.allow('news')
      await page.click()
      await changed()
      expect(page.text()).toBe('joined')
    })

    it('a server that is gone for good is a status that offers to connect again', async () => {
      const fake = setup('acked', { backoff: { maxAttempts: 2 } })
      fake.server.outage()
      const page = await fake.show(
        component(() => {
          useChannel('news')
          const status = useStatus()
          return () => {
            const { human, lastError, retryNow } = status.value
            return h('button', { onClick: retryNow }, `${human} ${human === 'failed' ? lastError?.code : ''}`)
          }
        }),
      )
      await fake.advance(60_000)
      expect(page.text()).toBe('failed connection.gave-up')
      fake.server.restore()
      await page.click()
      await fake.advance(1000)
      expect(page.text()).toBe('fine')
    })

    it('a reducer that throws is an error event, and the component goes on', async () => {
      const fake = setup()
      fake.expectError('listener.failed')
      const page = await fake.show(
        component(() => {
          const sum = useChannelReducer(useChannel('news'), 0, {
            Told(before, { n }) {
              if (n < 0) throw new Error('mine')
              return before + n
            },
          })
          return () => h('i', sum.value)
        }),
      )
      await fake.emit('news', 'Told', { n: 1 }, { n: -1 }, { n: 2 })
      await frame()
      expect(page.text()).toBe('3')
    })

    it('members are shown as they come and go', async () => {
      const fake = setup('acked', { credentials: 'me' })
      const bound = createHooks(fake.client)
      const page = await fake.show(
        component(() => {
          const ids = useMembers(bound.useChannel('presence-desk'), ({ list }) => list.map(({ id }) => id))
          return () => ids.value.join()
        }),
      )
      fake.server.enter('presence-desk', { id: 'bob', info: { name: 'Bob' } })
      await settled()
      await changed()
      expect(page.text()).toMatch(/bob/)
      fake.server.exit('presence-desk', 'bob')
      await settled()
      await changed()
      expect(page.text()).not.toMatch(/bob/)
    })

    it('members of a protocol without presence throw a typed error', async () => {
      const fake = setup('send-only')
      fake.expectPrints()
      const page = await fake.show(
        boundary(
          component(() => {
            useMembers(useChannel('news') as never)
            return () => null
          }),
        ),
      )
      await changed()
      expect(page.text()).toBe('caught capability.missing')
    })

    it('publishing without a channel is rejected with a typed error', async () => {
      const fake = setup()
      let publish: ReturnType<typeof usePublish> | undefined
      await fake.show(
        component(() => {
          publish = usePublish(useChannel('news', 'skip'))
          return () => null
        }),
      )
      await expect(publish?.('Told' as never, { n: 1 } as never)).rejects.toThrow(
        '[option.invalid] usePublish() has no channel',
      )
    })
  })
}
