import { createTestClient } from '@org/realtime-testing'
import { renderToString } from '@vue/server-renderer'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSSRApp } from 'vue'
import {
  createHooks,
  createRealtime,
  useChannelReducer,
  useChannelStatus,
  useEvent,
  useGap,
  useHistory,
  useLatest,
  useMembers,
} from './index.ts'
import { channels } from './registry-test-setup.ts'

const { client } = createTestClient({ channels })
const { useChannel, useChannels, useStatus } = createHooks<typeof client>()

const everything = {
  setup() {
    const news = useChannel('news')
    const desk = useChannel('presence-desk')
    const rooms = useChannels('room-{id}', [{ id: 1 }, { id: 2 }])
    useEvent(rooms, 'Said', () => {})
    useGap(news, () => {})
    const status = useStatus()
    const joined = useChannelStatus(news)
    const last = useLatest(news, 'Told', { initial: { n: 7 } })
    const history = useHistory(news, 'Told', { initial: [{ n: 8 }] })
    const sum = useChannelReducer(news, 9, { Told: (before, { n }) => before + n })
    const members = useMembers(desk, ({ list }) => list.length)
    return () => {
      const { human, status: raw, since } = status.value
      const states = `${human} ${raw} ${since} ${joined.value.state} ${last.value.n}`
      return `${states} ${history.value.items[0]?.n} ${sum.value} ${members.value} ${rooms.value.length}`
    }
  },
}

describe('on a server', () => {
  it('14: renders what the first render in the browser shows, and subscribes to nothing', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const render = () => renderToString(createSSRApp(everything).use(createRealtime(fake.client)))
    expect(await render()).toBe('fine idle 0 left 7 8 9 0 2')
    await fake.settled()
    expect(fake.transport.sessions).toEqual([])
    // Also from a client that somebody else has connected.
    await fake.client.connect()
    expect(await render()).toBe('fine idle 0 left 7 8 9 0 2')
  })
})
