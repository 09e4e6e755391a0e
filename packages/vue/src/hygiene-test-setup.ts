import { describe, expect, it } from 'vitest'
import { h, ref } from 'vue'
import { useChannelReducer, useChannelStatus, useEvent, useGap, useHistory, useLatest } from './index.ts'
import { changed, component, hooks, setup } from './render-test-setup.ts'

const { useChannel, useStatus } = hooks

/** A page that uses about everything. */
const page = (id: number, log: string[]) =>
  component(() => {
    const room = useChannel('room-{id}', { id })
    useChannel('news')
    useStatus()
    useChannelStatus(room)
    useLatest(room, 'Said')
    useHistory(room, 'Said')
    useChannelReducer(room, 0, { Said: (count) => count + 1 })
    useGap(room, () => {})
    useEvent(room, 'Said', ({ text }) => log.push(`${id} ${text}`))
    return () => null
  })

/** Acceptance scenario 5, and its larger sibling. */
export function hygiene(): void {
  describe('hygiene', () => {
    it('keeps one socket over 50 route changes, and nothing after the last unmount and the linger', async () => {
      const fake = setup()
      const log: string[] = []
      const pages = [0, 1, 2].map((id) => page(id, log))
      const route = ref(0)
      const shown = await fake.show(
        component(() => () => h(pages[route.value % 3] as (typeof pages)[number], { key: route.value })),
      )
      for (route.value = 1; route.value <= 50; route.value++) {
        await changed()
        expect(fake.transport.open).toHaveLength(1)
        await fake.emit(`room-${route.value % 3}`, 'Said', { text: `${route.value}` })
        await fake.advance(20)
      }
      expect(log).toEqual(Array.from({ length: 50 }, (_, index) => `${(index + 1) % 3} ${index + 1}`))
      expect(fake.transport.sessions).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"news"'))).toHaveLength(1)
      await shown.unmount()
      await fake.advance(1000)
      for (const name of ['news', 'room-0', 'room-1', 'room-2']) expect(fake.server.joined(name)).toBe(0)
      await fake.advance(5000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
      expect(fake.signals.listeners).toBe(0)
    })

    it('asks 10 times for 10 channels that 1,000 components share, and leaves nothing behind', async () => {
      const fake = setup()
      const log: string[] = []
      const pages = Array.from({ length: 10 }, (_, id) => page(id, log))
      const shown = await fake.show(
        component(
          () => () => Array.from({ length: 1000 }, (_, n) => h(pages[n % 10] as (typeof pages)[number])),
        ),
      )
      const asked = fake
        .frames()
        .flatMap((text) => (text.includes('"sub"') ? (text.match(/room-\d/g) ?? []) : []))
      expect(asked.sort()).toEqual(Array.from({ length: 10 }, (_, id) => `room-${id}`))
      await fake.emit('room-3', 'Said', { text: 'x' })
      expect(log).toHaveLength(100)
      await shown.unmount()
      await fake.advance(6000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
      for (let id = 0; id < 10; id++)
        expect(fake.client.untyped(`room-${id}`).status.get()).toEqual({ state: 'left' })
    }, 30_000)
  })
}
