import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { h, onErrorCaptured, reactive, ref, shallowRef } from 'vue'
import {
  createHooks,
  RealtimeProvider,
  useChannelStatus,
  useEvent,
  useGap,
  useLatest,
  usePublish,
} from './index.ts'
import { changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useChannels, useStatus } = hooks

/** What a composable is given may be something else later. */
export function changes(): void {
  describe('what changes while it is used', () => {
    it('another client in the provider takes everything over, and the one before is let go of', async () => {
      const fake = setup()
      const other = setup()
      const log: number[] = []
      const inner = component(() => {
        const news = useChannel('news')
        useEvent(news, 'Told', ({ n }) => log.push(n))
        const [status, joined, last] = [useStatus(), useChannelStatus(news), useLatest(news, 'Told')]
        return () => `${status.value.status} ${joined.value.state} ${last.value?.n}`
      })
      const client = shallowRef(fake.client)
      const page = await fake.show(
        component(() => () => h(RealtimeProvider, { client: client.value }, () => h(inner))),
      )
      await fake.emit('news', 'Told', { n: 1 })
      await frame()
      expect(page.text()).toBe('connected joined 1')
      client.value = other.client
      await changed()
      expect(page.text()).toBe('connected joined undefined')
      await fake.emit('news', 'Told', { n: 2 })
      await other.emit('news', 'Told', { n: 3 })
      await frame()
      expect(page.text()).toBe('connected joined 3')
      expect(log).toEqual([1, 3])
      await fake.advance(1000)
      expect(fake.server.joined('news')).toBe(0)
    })

    it('another event starts a value anew, and leaves those that others share alone', async () => {
      const fake = setup()
      const event = ref<'Said' | 'message'>('Said')
      const key = ({ text }: { readonly text: string }): string => text
      const page = await fake.show(
        component(() => {
          const room = useChannel('room-{id}', { id: 1 })
          const last = useLatest(room, event)
          const said = useLatest(room, 'Said', { key })
          const any = useLatest(room, event, { key })
          return () => `${last.value?.text} ${[...said.value.keys()]} ${[...any.value.keys()]}`
        }),
      )
      await fake.emit('room-1', 'Said', { text: 'said' })
      await frame()
      expect(page.text()).toBe('said said said')
      event.value = 'message'
      await changed()
      expect(page.text()).toBe('undefined said')
      await fake.emit('room-1', 'message', { text: 'message' })
      await frame()
      expect(page.text()).toBe('message said message')
    })

    it('other events are listened to from then on, and an event named twice is heard once', async () => {
      const fake = setup()
      const log: string[] = []
      const events = ref<readonly ('Said' | 'message')[]>(['Said', 'Said'])
      await fake.show(
        component(() => {
          useEvent(useChannel('room-{id}', { id: 1 }), events, ({ event }) => log.push(event))
          return () => null
        }),
      )
      await fake.emit('room-1', 'Said', { text: '' })
      await fake.emit('room-1', 'message', { text: '' })
      events.value = ['message']
      await changed()
      await fake.emit('room-1', 'Said', { text: '' })
      await fake.emit('room-1', 'message', { text: '' })
      expect(log).toEqual(['Said', 'message'])
    })

    it('one channel becomes a list and one again, and nothing is heard twice', async () => {
      const fake = setup()
      const log: string[] = []
      const isMany = ref(false)
      await fake.show(
        component(() => {
          const one = useChannel('room-{id}', { id: 1 })
          const two = useChannel('room-{id}', { id: 2 })
          const target = () => (isMany.value ? [one.value, two.value, one.value] : one.value)
          useEvent(target, 'Said', ({ text }) => log.push(text))
          return () => null
        }),
      )
      await fake.emit('room-1', 'Said', { text: 'a' })
      await fake.emit('room-2', 'Said', { text: 'not heard' })
      isMany.value = true
      await changed()
      await fake.emit('room-1', 'Said', { text: 'b' })
      await fake.emit('room-2', 'Said', { text: 'c' })
      isMany.value = false
      await changed()
      await fake.emit('room-1', 'Said', { text: 'd' })
      await fake.emit('room-2', 'Said', { text: 'not heard' })
      expect(log).toEqual(['a', 'b', 'c', 'd'])
    })

    it('a list names a channel once, however its parameters are written', async () => {
      const fake = setup()
      const log: string[] = []
      const ids = ref<readonly (number | string)[]>([1, '1', 1, 2])
      const page = await fake.show(
        component(() => {
          const rooms = useChannels('room-{id}', () => ids.value.map((id) => ({ id })))
          useEvent(rooms, 'Said', ({ text }) => log.push(text))
          return () => rooms.value.map(({ name }) => name).join()
        }),
      )
      expect(page.text()).toBe('room-1,room-2')
      const sent = fake.frames().length
      ids.value = ['2', 1]
      await changed()
      expect(page.text()).toBe('room-2,room-1')
      await fake.emit('room-1', 'Said', { text: 'once' })
      expect(log).toEqual(['once'])
      await fake.advance(1000)
      expect(fake.frames()).toHaveLength(sent)
    })

    it('options of an event, a gap and the status count as soon as they change', async () => {
      const fake = setup()
      const log: unknown[] = []
      const isEager = ref(false)
      const page = await fake.show(
        component(() => {
          const news = useChannel('news')
          const rate = () => ({ rate: { everyMs: isEager.value ? 100 : 1000, keep: 'latest' } }) as const
          useEvent(news, 'Told', ({ n }) => log.push(n), rate)
          useGap(
            news,
            async () => {
              log.push('gap')
              await new Promise(() => {})
            },
            () => ({ timeoutMs: isEager.value ? 100 : 10_000 }),
          )
          const status = useStatus(() => ({ delayMs: isEager.value ? 0 : 60_000 }))
          return () => status.value.human
        }),
      )
      isEager.value = true
      await changed()
      await fake.emit('news', 'Told', { n: 1 }, { n: 2 })
      await fake.advance(100)
      expect(log.splice(0)).toEqual([1, 2])
      fake.expectError('gap.failed')
      await fake.drop()
      fake.server.resetEpoch('news')
      await changed()
      expect(page.text()).toBe('lost')
      await fake.advance(2000)
      await fake.emit('news', 'Told', { n: 3 })
      await fake.advance(200)
      expect(log).toEqual(['gap', 3])
    })

    it('a channel and a client may be in reactive state', async () => {
      const fake = setup()
      const state = reactive({ client: fake.client })
      const log: number[] = []
      let publish: ReturnType<typeof usePublish> | undefined
      const inner = component(() => {
        const news = ref(createHooks(fake.client).useClient().channel('news'))
        useEvent(news, 'Told', ({ n }) => log.push(n))
        publish = usePublish(news)
        const [joined, status] = [useChannelStatus(news), useStatus()]
        return () => `${status.value.status} ${joined.value.state}`
      })
      const page = await fake.show(
        component(() => () => h(RealtimeProvider, { client: state.client }, () => h(inner))),
      )
      await fake.emit('news', 'Told', { n: 1 })
      expect(log).toEqual([1])
      expect(page.text()).toBe('connected joined')
      const receipt = publish?.('Told' as never, { n: 2 } as never)
      await settled()
      expect(await receipt).toMatchObject({ outcome: expect.any(String) })
    })

    it('a parameter that cannot be is told to Vue, and the next one that can is followed', async () => {
      const fake = setup()
      const id = ref('1')
      const caught: string[] = []
      await fake.show(
        component(() => {
          onErrorCaptured(({ message }) => {
            caught.push(message)
            return false
          })
          const child = component(() => {
            useChannel('room-{id}', () => ({ id: id.value }))
            return () => null
          })
          return () => h(child)
        }),
      )
      id.value = ''
      await changed()
      expect(caught).toEqual([expect.stringContaining('[option.invalid]')])
      await fake.advance(1000)
      expect(fake.server.joined('room-1')).toBe(1)
      id.value = '2'
      await changed()
      await fake.advance(1000)
      expect([fake.server.joined('room-1'), fake.server.joined('room-2')]).toEqual([0, 1])
    })
  })
}
