import { describe, expect, it } from 'vitest'
import { defineComponent, effectScope, h, ref } from 'vue'
import { createHooks, provideRealtime, RealtimeProvider, useEvent, useGap, useLatest } from './index.ts'
import {
  type AnyBackend,
  changed,
  component,
  ear,
  frame,
  hooks,
  type News,
  setup,
} from './render-test-setup.ts'

const { useChannel, useClient } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function sharing(): void {
  describe('complaints about other libraries: shared sockets and channels', () => {
    it('3: many components share one socket and one subscription, also after a reconnect', async () => {
      const fake = setup()
      const log: unknown[] = []
      const child = ear(log)
      await fake.show(component(() => () => Array.from({ length: 100 }, () => h(child))))
      expect(fake.transport.sessions).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"sub"'))).toHaveLength(1)
      await fake.drop()
      await fake.advance(2000)
      await fake.emit('news', 'Told', { n: 1 })
      expect(log).toHaveLength(100)
      expect(fake.transport.open).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"sub"'))).toHaveLength(2)
    })

    it('3: rows that select from the last values by one key share them, and the one listener', async () => {
      const fake = setup()
      const heard: number[] = []
      const byNumber = ({ n }: { readonly n: number }): string => {
        heard.push(n)
        return `${n % 3}`
      }
      const rows = ref(['0', '1'])
      const Row = defineComponent(
        ({ row, news }: { readonly row: string; readonly news: News }) => {
          const last = useLatest(news, 'Told', { key: byNumber, select: (all) => all.get(row)?.n })
          return () => `${last.value};`
        },
        { props: ['row', 'news'] },
      )
      const page = await fake.show(
        component(() => {
          const news = useChannel('news')
          return () => rows.value.map((row) => h(Row, { key: row, row, news: news.value }))
        }),
      )
      await fake.emit('news', 'Told', { n: 0 }, { n: 1 }, { n: 2 }, { n: 3 })
      await frame()
      expect(page.text()).toBe('3;1;')
      expect(heard).toEqual([0, 1, 2, 3])
      // Who comes later sees what was there.
      rows.value = ['2', '1']
      await changed()
      expect(page.text()).toBe('2;1;')
      rows.value = []
      await changed()
      rows.value = ['1']
      await changed()
      expect(page.text()).toBe('undefined;')
    })

    it('4: leaving a component and entering it again neither breaks nor doubles a subscription', async () => {
      const fake = setup()
      const log: unknown[] = []
      const isThere = ref(true)
      const child = ear(log)
      await fake.show(component(() => () => (isThere.value ? h(child) : null)))
      isThere.value = false
      await changed()
      isThere.value = true
      await changed()
      await fake.emit('news', 'Told', { n: 1 })
      expect(log).toEqual([1])
      isThere.value = false
      await changed()
      await fake.advance(1000)
      expect(fake.frames().map((text) => JSON.parse(text).t)).toEqual(['hello', 'sub', 'unsub'])
    })

    it('5: a render, new options and new parameters objects cost nothing', async () => {
      const fake = setup()
      const log: string[] = []
      const round = ref(0)
      await fake.show(
        component(() => {
          const room = useChannel(
            'room-{id}',
            () => ({ id: round.value < 100 ? 1 : 2 }),
            () => ({ priority: round.value < 100 ? 1 : 2 }),
          )
          useEvent(room, 'Said', ({ text }) => log.push(`${text} in ${round.value}`))
          useGap(room, () => {})
          return () => round.value
        }),
      )
      const sent = fake.frames().length
      while (round.value++ < 10) await changed()
      await fake.emit('room-1', 'Said', { text: 'heard' })
      expect(log).toEqual(['heard in 11'])
      expect(fake.frames()).toHaveLength(sent)
    })

    it('6: what is unmounted leaves its channel, and the last of all the connection', async () => {
      const fake = setup()
      const page = await fake.show(ear([]))
      expect(fake.server.joined('news')).toBe(1)
      await page.unmount()
      await fake.advance(999)
      expect(fake.server.joined('news')).toBe(1)
      await fake.advance(1)
      expect(fake.server.joined('news')).toBe(0)
      await fake.advance(5000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
    })

    it('7: works outside a component, in a scope of its own', async () => {
      const fake = setup()
      const bound = createHooks(fake.client)
      const log: unknown[] = []
      const scope = effectScope()
      const id = ref<number>()
      await changed()
      scope.run(() => {
        const room = bound.useChannel('room-{id}', () => (id.value === undefined ? 'skip' : { id: id.value }))
        useEvent(room, 'Said', ({ text }) => log.push(text))
      })
      expect(fake.transport.sessions).toEqual([])
      id.value = 1
      await changed()
      await fake.emit('room-1', 'Said', { text: 'heard' })
      scope.stop()
      await fake.emit('room-1', 'Said', { text: 'late' })
      expect(log).toEqual(['heard'])
      await fake.advance(1000)
      expect(fake.server.joined('room-1')).toBe(0)
    })

    it('9: one provider serves all channels, and another client is one more provider', async () => {
      const fake = setup()
      const other = setup()
      const named = createHooks<AnyBackend>('other')
      const bound = createHooks(fake.client)
      const found: unknown[] = []
      const inner = component(() => {
        found.push(useClient(), named.useClient(), bound.useClient())
        return () => null
      })
      const middle = defineComponent({
        setup() {
          provideRealtime(other.client, { name: 'other' })
          found.push(useClient())
          return () => h(RealtimeProvider, { client: fake.client }, () => h(inner))
        },
      })
      await fake.show(component(() => () => h(RealtimeProvider, { client: other.client }, () => h(middle))))
      expect(found).toEqual([other.client, fake.client, other.client, fake.client])
    })

    it('10: two components may use one channel with options of their own', async () => {
      const fake = setup()
      const log: string[] = []
      const room = (priority: number, everyMs: number) =>
        component(() => {
          const channel = useChannel('room-{id}', { id: 1 }, { priority })
          const rate = { everyMs, keep: 'latest' } as const
          useEvent(channel, 'Said', ({ text }) => log.push(`${everyMs} ${text}`), { rate })
          return () => null
        })
      const both = [room(1, 100), room(2, 300)]
      await fake.show(component(() => () => both.map((child) => h(child))))
      await fake.emit('room-1', 'Said', { text: 'a' }, { text: 'b' })
      await fake.advance(100)
      await fake.emit('room-1', 'Said', { text: 'c' })
      await fake.advance(300)
      expect(log).toEqual(['100 a', '300 a', '100 b', '100 c', '300 c'])
    })
  })
}
