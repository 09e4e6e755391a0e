import { createTestClient } from '@org/realtime-testing'
import { Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createHooks,
  RealtimeProvider,
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
const { useChannel, useChannels, useStatus, useSuspenseChannel } = createHooks<typeof client>()

function Everything() {
  const news = useChannel('news')
  const desk = useSuspenseChannel('presence-desk')
  const rooms = useChannels('room-{id}', [{ id: 1 }, { id: 2 }])
  useEvent(rooms, 'Said', () => {})
  useGap(news, () => {})
  const { human, status, since } = useStatus()
  const { state } = useChannelStatus(news)
  const last = useLatest(news, 'Told', { initial: { n: 7 } })
  const { items } = useHistory(news, 'Told', { initial: [{ n: 8 }] })
  const sum = useChannelReducer(news, 9, { Told: (before, { n }) => before + n })
  const members = useMembers(desk, ({ list }) => list.length)
  return `${human} ${status} ${since} ${state} ${last.n} ${items[0]?.n} ${sum} ${members} ${rooms.length}`
}

describe('on a server', () => {
  it('14: renders what the first render in the browser shows, and subscribes to nothing', async () => {
    const fake = createTestClient({ channels, atEnd: onTestFinished })
    const page = (
      <RealtimeProvider client={fake.client}>
        <Suspense fallback="waiting">
          <Everything />
        </Suspense>
      </RealtimeProvider>
    )
    const html = renderToString(page)
    expect(html).toContain('fine idle 0 left 7 8 9 0 2')
    await fake.settled()
    expect(fake.transport.sessions).toEqual([])
    // Also from a client that somebody else has connected.
    await fake.client.connect()
    expect(renderToString(page)).toBe(html)
  })
})
