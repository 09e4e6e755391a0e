import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import {
  createHooks,
  useChannelReducer,
  useChannelStatus,
  useEvent,
  useGap,
  useHistory,
  useLatest,
  usePublish,
} from './index.ts'
import { type AnyBackend, backends, frame, setup } from './render-test-setup.tsx'

const { useChannel, useChannels, useStatus } = createHooks<AnyBackend>()

/** One component for all protocols: it knows none. */
export function Room({ id, log = [] }: { readonly id: number | undefined; readonly log?: unknown[] }) {
  const room = useChannel('room-{id}', id === undefined ? 'skip' : { id })
  const publish = usePublish(room)
  const { state } = useChannelStatus(room)
  const last = useLatest(room, 'message', { initial: { text: 'nothing' }, select: ({ text }) => text })
  const { items, dropped } = useHistory(room, 'message', { max: 2 })
  const said = useChannelReducer(
    room,
    { said: 0 },
    {
      message: (count) => ({ ...count, said: count.said + 1 }),
    },
  )
  useEvent(room, 'message', ({ text }) => log.push(text))
  useGap(room, ({ continuity }) => log.push(`gap ${continuity}`), { complete: true })
  return (
    <button type="button" onClick={() => publish('message', { text: 'mine' })}>
      {`${state}; last ${last}; ${items.map(({ text }) => text)} and ${dropped}; ${said.said} said`}
    </button>
  )
}

/** The behaviour that does not depend on a protocol, on all of them, in whatever DOM this runs. */
export function behaviour(): void {
  describe.each(backends)('the same component over %s', (backend) => {
    it('shows what is said, every message of one tick, and leaves when it is gone', async () => {
      const fake = setup(backend)
      const log: unknown[] = []
      const page = await fake.show(<Room id={1} log={log} />)
      expect(page.text()).toBe('joined; last nothing;  and 0; 0 said')
      await fake.emit('room-1', 'message', { text: 'a' }, { text: 'b' }, { text: 'b' })
      await frame()
      expect(log).toEqual(['a', 'b', 'b'])
      expect(page.text()).toBe('joined; last b; b,b and 1; 3 said')
      await page.unmount()
      await fake.clock.advance(1000)
      expect(fake.client.untyped('room-1').status.get().state).toBe('left')
    })

    it('publishes, and follows its parameters to another channel', async () => {
      const fake = setup(backend)
      const page = await fake.show(<Room id={undefined} />)
      expect(page.text()).toMatch(/^left/)
      expect(fake.transport.sessions).toHaveLength(0)
      await page.change(<Room id={1} />)
      await page.click()
      await page.change(<Room id={2} />)
      await page.click()
      expect(fake.server.received.map(({ channel }) => channel)).toEqual(['room-1', 'room-2'])
      await fake.emit('room-1', 'message', { text: 'of the old one' })
      await fake.emit('room-2', 'message', { text: 'of the new one' })
      await frame()
      expect(page.text()).toMatch(/^joined; last of the new one/)
    })

    it('comes back after a drop, tells of the gap once, and goes on with the same state', async () => {
      const fake = setup(backend)
      const log: unknown[] = []
      const page = await fake.show(<Room id={1} log={log} />)
      await fake.emit('room-1', 'message', { text: 'before' })
      await fake.drop()
      expect(page.text()).toMatch(/^joining; /)
      await fake.advance(2000)
      await fake.emit('room-1', 'message', { text: 'after' })
      await frame()
      expect(page.text()).toMatch(/^joined; last after; before,after/)
      expect(log).toEqual(['before', expect.stringMatching(/^gap/), 'after'])
    })

    it('listens to a list of channels, and joins and leaves only what came and went', async () => {
      const fake = setup(backend)
      function Rooms({ ids }: { readonly ids: readonly number[] }) {
        const rooms = useChannels(
          'room-{id}',
          ids.map((id) => ({ id })),
        )
        const [said, setSaid] = useState<string[]>([])
        useEvent(rooms, 'message', ({ text }, { channel }) =>
          setSaid((before) => [...before, `${channel} ${text}`]),
        )
        return said.join(', ')
      }
      const page = await fake.show(<Rooms ids={[1, 2, 2]} />)
      await page.change(<Rooms ids={[2, 3]} />)
      await fake.advance(1000)
      for (const id of [1, 2, 3]) await fake.emit(`room-${id}`, 'message', { text: 'x' })
      expect(page.text()).toBe('room-2 x, room-3 x')
      const joins = fake.frames().filter((text) => /room-\d/.test(text) && !/unsub|leave/.test(text))
      for (const id of [1, 2, 3]) expect(joins.some((text) => text.includes(`room-${id}`))).toBe(true)
    })

    it('tells people of a lost connection only when it lasts, and retries when asked', async () => {
      const fake = setup(backend)
      function Banner() {
        useChannel('news')
        const { human, status, retryNow } = useStatus({ delayMs: 2000 })
        return <button type="button" onClick={retryNow}>{`${human} ${status}`}</button>
      }
      const page = await fake.show(<Banner />)
      expect(page.text()).toBe('fine connected')
      fake.server.outage()
      await fake.advance(1500)
      expect(page.text()).toBe('fine reconnecting')
      await fake.advance(1000)
      expect(page.text()).toBe('lost reconnecting')
      fake.server.restore()
      await page.click()
      await fake.advance(1000)
      expect(page.text()).toBe('fine connected')
    })
  })
}
