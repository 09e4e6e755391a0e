import { act } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { useChannelReducer, useChannelStatus, useEvent, useGap, useHistory, useLatest } from './index.ts'
import { hooks, setup } from './render-test-setup.tsx'

const { useChannel, useStatus } = hooks

/** A page that uses about everything. */
function Page({ id, log }: { readonly id: number; readonly log: string[] }) {
  const room = useChannel('room-{id}', { id })
  useChannel('news')
  useStatus()
  useChannelStatus(room)
  useLatest(room, 'Said')
  useHistory(room, 'Said')
  useChannelReducer(room, 0, { Said: (count) => count + 1 })
  useGap(room, () => {})
  useEvent(room, 'Said', ({ text }) => log.push(`${id} ${text}`))
  return null
}

/** Acceptance scenario 5, and its larger sibling. */
export function hygiene(): void {
  describe('hygiene', () => {
    it('keeps one socket over StrictMode and 50 route changes, and nothing after the last unmount and the linger', async () => {
      const fake = setup()
      const log: string[] = []
      const page = await fake.show(<Page key={0} id={0} log={log} />)
      for (let route = 1; route <= 50; route++) {
        await page.change(<Page key={route} id={route % 3} log={log} />)
        expect(fake.transport.open).toHaveLength(1)
        await fake.emit(`room-${route % 3}`, 'Said', { text: `${route}` })
        await fake.advance(20)
      }
      expect(log).toEqual(Array.from({ length: 50 }, (_, route) => `${(route + 1) % 3} ${route + 1}`))
      expect(fake.transport.sessions).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"news"'))).toHaveLength(1)
      await page.unmount()
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
      const page = await fake.show(
        Array.from({ length: 1000 }, (_, n) => <Page key={n} id={n % 10} log={log} />),
      )
      const asked = fake
        .frames()
        .flatMap((text) => (text.includes('"sub"') ? (text.match(/room-\d/g) ?? []) : []))
      expect(asked.sort()).toEqual(Array.from({ length: 10 }, (_, id) => `room-${id}`))
      await fake.emit('room-3', 'Said', { text: 'x' })
      expect(log).toHaveLength(100)
      await act(() => page.unmount())
      await fake.advance(6000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
      for (let id = 0; id < 10; id++)
        expect(fake.client.untyped(`room-${id}`).status.get()).toEqual({ state: 'left' })
    }, 30_000)
  })
}
