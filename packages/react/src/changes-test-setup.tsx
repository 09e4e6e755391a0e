import { settled } from '@org/realtime-testing'
import { act } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { RealtimeProvider, useChannelStatus, useEvent, useLatest } from './index.ts'
import { frame, hooks, setup } from './render-test-setup.tsx'

const { useChannel, useChannels, useStatus } = hooks

/** What a hook is given may be something else in the next render. */
export function changes(): void {
  describe('what changes while it is used', () => {
    it('another client in the provider takes everything over, and the one before is let go of', async () => {
      const fake = setup()
      const other = setup()
      const log: number[] = []
      function Page() {
        const news = useChannel('news')
        useEvent(news, 'Told', ({ n }) => log.push(n))
        const last = useLatest(news, 'Told')
        return `${useStatus().status} ${useChannelStatus(news).state} ${last?.n}`
      }
      const given = ({ client }: typeof fake) => (
        <RealtimeProvider client={client}>
          <Page />
        </RealtimeProvider>
      )
      const page = await fake.show(given(fake))
      await fake.emit('news', 'Told', { n: 1 })
      await frame()
      expect(page.text()).toBe('connected joined 1')
      await page.change(given(other))
      await act(settled)
      expect(page.text()).toBe('connected joined undefined')
      await fake.emit('news', 'Told', { n: 2 })
      await other.emit('news', 'Told', { n: 3 })
      await frame()
      expect(page.text()).toBe('connected joined 3')
      expect(log).toEqual([1, 3])
      await fake.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
    })

    it('another event starts a value anew', async () => {
      const fake = setup()
      function Last({ event }: { readonly event: 'Said' | 'message' }) {
        return `${useLatest(useChannel('room-{id}', { id: 1 }), event)?.text}`
      }
      const page = await fake.show(<Last event="Said" />)
      await fake.emit('room-1', 'Said', { text: 'said' })
      await frame()
      expect(page.text()).toBe('said')
      await page.change(<Last event="message" />)
      expect(page.text()).toBe('undefined')
      await fake.emit('room-1', 'message', { text: 'message' })
      await frame()
      expect(page.text()).toBe('message')
    })

    it('other events are listened to from then on, and an event named twice is heard once', async () => {
      const fake = setup()
      const log: string[] = []
      function Room({ events }: { readonly events: readonly ('Said' | 'message')[] }) {
        useEvent(useChannel('room-{id}', { id: 1 }), events, ({ event }) => log.push(event))
        return null
      }
      const page = await fake.show(<Room events={['Said', 'Said']} />)
      await fake.emit('room-1', 'Said', { text: '' })
      await fake.emit('room-1', 'message', { text: '' })
      await page.change(<Room events={['message']} />)
      await fake.emit('room-1', 'Said', { text: '' })
      await fake.emit('room-1', 'message', { text: '' })
      expect(log).toEqual(['Said', 'message'])
    })

    it('one channel becomes a list and one again, and nothing is heard twice', async () => {
      const fake = setup()
      const log: string[] = []
      function Rooms({ isMany }: { readonly isMany: boolean }) {
        const one = useChannel('room-{id}', { id: 1 })
        const two = useChannel('room-{id}', { id: 2 })
        useEvent(isMany ? [one, two, one] : one, 'Said', ({ text }) => log.push(text))
        return null
      }
      const page = await fake.show(<Rooms isMany={false} />)
      await fake.emit('room-1', 'Said', { text: 'a' })
      await fake.emit('room-2', 'Said', { text: 'not heard' })
      await page.change(<Rooms isMany />)
      await fake.emit('room-1', 'Said', { text: 'b' })
      await fake.emit('room-2', 'Said', { text: 'c' })
      await page.change(<Rooms isMany={false} />)
      await fake.emit('room-1', 'Said', { text: 'd' })
      await fake.emit('room-2', 'Said', { text: 'not heard' })
      expect(log).toEqual(['a', 'b', 'c', 'd'])
    })

    it('a list names a channel once, however its parameters are written', async () => {
      const fake = setup()
      const log: string[] = []
      function Rooms({ ids }: { readonly ids: readonly (number | string)[] }) {
        const rooms = useChannels(
          'room-{id}',
          ids.map((id) => ({ id })),
        )
        useEvent(rooms, 'Said', ({ text }) => log.push(text))
        return rooms.map(({ name }) => name).join()
      }
      const page = await fake.show(<Rooms ids={[1, '1', 1, 2]} />)
      expect(page.text()).toBe('room-1,room-2')
      const sent = fake.frames().length
      await page.change(<Rooms ids={['2', 1]} />)
      expect(page.text()).toBe('room-2,room-1')
      await fake.emit('room-1', 'Said', { text: 'once' })
      expect(log).toEqual(['once'])
      await fake.advance(1000)
      expect(fake.frames()).toHaveLength(sent)
    })

    it('a rate counts as soon as it changes', async () => {
      const fake = setup()
      const log: number[] = []
      function News({ everyMs }: { readonly everyMs: number }) {
        useEvent(useChannel('news'), 'Told', ({ n }) => log.push(n), { rate: { everyMs, keep: 'latest' } })
        return null
      }
      const page = await fake.show(<News everyMs={1000} />)
      await page.change(<News everyMs={100} />)
      await fake.emit('news', 'Told', { n: 1 }, { n: 2 })
      await fake.advance(100)
      expect(log).toEqual([1, 2])
    })
  })
}
