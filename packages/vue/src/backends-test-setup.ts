import { describe, expect, it } from 'vitest'
import { h, ref } from 'vue'
import {
  useChannelReducer,
  useChannelStatus,
  useEvent,
  useGap,
  useHistory,
  useLatest,
  usePublish,
} from './index.ts'
import { backends, changed, component, frame, hooks, setup } from './render-test-setup.ts'

const { useChannel, useChannels, useStatus } = hooks

/** One component for all protocols: it knows none. */
export const room = (id: () => number | undefined, log: unknown[] = []) =>
  component(() => {
    const channel = useChannel('room-{id}', () => {
      const given = id()
      return given === undefined ? 'skip' : { id: given }
    })
    const publish = usePublish(channel)
    const status = useChannelStatus(channel)
    const last = useLatest(channel, 'message', { initial: { text: 'nothing' }, select: ({ text }) => text })
    const history = useHistory(channel, 'message', { max: 2 })
    const count = useChannelReducer(channel, { said: 0 }, { message: ({ said }) => ({ said: said + 1 }) })
    useEvent(channel, 'message', ({ text }) => log.push(text))
    useGap(channel, ({ continuity }) => log.push(`gap ${continuity}`), { complete: true })
    return () => {
      const items = history.value.items.map(({ text }) => text).join()
      const text = `${status.value.state}; last ${last.value}; ${items} and ${history.value.dropped}; ${count.value.said} said`
      return h('button', { onClick: () => publish('message', { text: 'mine' }) }, text)
    }
  })

/** The behaviour that does not depend on a protocol, on all of them, in whatever DOM this runs. */
export function behaviour(): void {
  describe.each(backends)('the same component over %s', (backend) => {
    it('shows what is said, every message of one tick, and leaves when it is gone', async () => {
      const fake = setup(backend)
      const log: unknown[] = []
      const page = await fake.show(room(() => 1, log))
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
      const id = ref<number>()
      const page = await fake.show(room(() => id.value))
      expect(page.text()).toMatch(/^left/)
      expect(fake.transport.sessions).toHaveLength(0)
      id.value = 1
      await changed()
      await page.click()
      id.value = 2
      await changed()
      await page.click()
      await changed()
      expect(fake.server.received.map(({ channel }) => channel)).toEqual(['room-1', 'room-2'])
      await fake.emit('room-1', 'message', { text: 'of the old one' })
      await fake.emit('room-2', 'message', { text: 'of the new one' })
      await frame()
      expect(page.text()).toMatch(/^joined; last of the new one/)
    })

    it('comes back after a drop, tells of the gap once, and goes on with the same state', async () => {
      const fake = setup(backend)
      const log: unknown[] = []
      const page = await fake.show(room(() => 1, log))
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
      const ids = ref([1, 2, 2])
      const said = ref<string[]>([])
      const page = await fake.show(
        component(() => {
          const rooms = useChannels('room-{id}', () => ids.value.map((id) => ({ id })))
          useEvent(rooms, 'message', ({ text }, { channel }) => said.value.push(`${channel} ${text}`))
          return () => said.value.join(', ')
        }),
      )
      ids.value = [2, 3]
      await changed()
      await fake.advance(1000)
      for (const id of [1, 2, 3]) await fake.emit(`room-${id}`, 'message', { text: 'x' })
      expect(page.text()).toBe('room-2 x, room-3 x')
    })

    it('tells people of a lost connection only when it lasts, and retries when asked', async () => {
      const fake = setup(backend)
      const page = await fake.show(
        component(() => {
          useChannel('news')
          const status = useStatus({ delayMs: 2000 })
          return () =>
            h(
              'button',
              { onClick: () => status.value.retryNow() },
              `${status.value.human} ${status.value.status}`,
            )
        }),
      )
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
