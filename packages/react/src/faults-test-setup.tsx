import { settled } from '@org/realtime-testing'
import { act } from '@testing-library/react'
import { useEffect } from 'react'
import { describe, expect, it } from 'vitest'
import { createHooks, useChannelReducer, useChannelStatus, useMembers, usePublish } from './index.ts'
import { type AnyBackend, Boundary, frame, hooks, setup } from './render-test-setup.tsx'

const { useChannel, useStatus } = hooks

/** Each has a rendering that is documented. */
export function faults(): void {
  describe('bad input and faults', () => {
    it('a hook outside a provider throws a typed error that names it', async () => {
      const fake = setup()
      fake.expectPrints()
      const stray = createHooks<AnyBackend>('nobody')
      function Stray() {
        stray.useChannel('news')
        return null
      }
      const page = await fake.show(
        <Boundary>
          <Stray />
        </Boundary>,
      )
      expect(page.text()).toBe('caught binding.no-provider')
    })

    it('a policy that does not exist throws a typed error', async () => {
      const fake = setup()
      fake.expectPrints()
      function Wrong() {
        useChannel('news', { hidden: 'sleep' as 'keep' })
        return null
      }
      const page = await fake.show(
        <Boundary>
          <Wrong />
        </Boundary>,
      )
      expect(page.text()).toBe('caught option.invalid')
    })

    it('a channel outside the registry throws a typed error', async () => {
      const fake = setup()
      fake.expectPrints()
      function Wrong() {
        useChannel('newz' as 'news')
        return null
      }
      const page = await fake.show(
        <Boundary>
          <Wrong />
        </Boundary>,
      )
      expect(page.text()).toBe('caught option.invalid')
    })

    it('a refused channel is a status with its reason, and never a thrown render', async () => {
      const fake = setup()
      fake.expectError('channel.rejected')
      fake.server.refuse('news', { code: 'forbidden' })
      function News() {
        const news = useChannel('news')
        const status = useChannelStatus(news)
        const reason = status.state === 'rejected' ? status.error.code : ''
        return <button type="button" onClick={() => news.retry()}>{`${status.state} ${reason}`}</button>
      }
      const page = await fake.show(<News />)
      expect(page.text()).toBe('rejected channel.rejected')
      fake.server.allow('news')
      await page.click()
      await act(settled)
      expect(page.text()).toBe('joined ')
    })

    it('a server that is gone for good is a status that offers to connect again', async () => {
      const fake = setup('acked', { backoff: { maxAttempts: 2 } })
      fake.server.outage()
      function Banner() {
        useChannel('news')
        const { human, lastError, retryNow } = useStatus()
        return (
          <button
            type="button"
            onClick={retryNow}
          >{`${human} ${human === 'failed' ? lastError?.code : ''}`}</button>
        )
      }
      const page = await fake.show(<Banner />)
      await fake.advance(60_000)
      expect(page.text()).toBe('failed connection.gave-up')
      fake.server.restore()
      await page.click()
      await fake.advance(1000)
      expect(page.text()).toBe('fine ')
    })

    it('a reducer that throws is an error event, and the component goes on', async () => {
      const fake = setup()
      fake.expectError('listener.failed')
      function Sum() {
        return useChannelReducer(useChannel('news'), 0, {
          Told(sum, { n }) {
            if (n < 0) throw new Error('mine')
            return sum + n
          },
        })
      }
      const page = await fake.show(<Sum />)
      await fake.emit('news', 'Told', { n: 1 }, { n: -1 }, { n: 2 })
      await frame()
      expect(page.text()).toBe('3')
    })

    it('members are shown as they come and go', async () => {
      const fake = setup('acked', { credentials: 'me' })
      const hooks = createHooks(fake.client)
      function Desk() {
        const desk = hooks.useChannel('presence-desk')
        const ids = useMembers(desk, ({ list }) => list.map(({ id }) => id))
        return ids.join()
      }
      const page = await fake.show(<Desk />)
      fake.server.enter('presence-desk', { id: 'bob', info: { name: 'Bob' } })
      await act(settled)
      expect(page.text()).toMatch(/bob/)
      fake.server.exit('presence-desk', 'bob')
      await act(settled)
      expect(page.text()).not.toMatch(/bob/)
    })

    it('members of a protocol without presence throw a typed error', async () => {
      const fake = setup('send-only')
      fake.expectPrints()
      function Desk() {
        useMembers(useChannel('news') as never)
        return null
      }
      const page = await fake.show(
        <Boundary>
          <Desk />
        </Boundary>,
      )
      expect(page.text()).toBe('caught capability.missing')
    })

    it('publishing without a channel is rejected with a typed error, by one function over all renders', async () => {
      const fake = setup()
      const functions = new Set<ReturnType<typeof usePublish>>()
      function News({ isOn }: { readonly isOn: boolean }) {
        const publish = usePublish(useChannel('news', isOn ? {} : 'skip'))
        useEffect(() => void functions.add(publish))
        return null
      }
      const page = await fake.show(<News isOn />)
      await page.change(<News isOn={false} />)
      const [publish, ...others] = functions
      expect(others).toEqual([])
      await expect(publish?.('Told' as never, { n: 1 } as never)).rejects.toThrow(
        '[option.invalid] usePublish() has no channel',
      )
    })
  })
}
