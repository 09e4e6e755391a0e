import { createPusher } from '@org/realtime-pusher'
import { createFakeClock, createMemoryTransport, type MemoryPeer, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { admit, createMemoryCore } from '../memory-test-setup.ts'
import type { Dialect } from './dialect.ts'
import { APP, KEY } from './pusher-test-setup.ts'

const dialects = ['pusher', 'soketi', 'reverb'] satisfies Dialect[]

/** Our client at our server, on one fake clock. */
async function setup(dialect: Dialect) {
  const clock = createFakeClock()
  const core = createMemoryCore({ pusher: { dialect, apps: [APP] } }, clock)
  const transport = createMemoryTransport({ clock })
  const peers: MemoryPeer[] = []
  transport.onDial((peer) => {
    peers.push(peer)
    admit(core, peer, `/app/${KEY}`)
  })
  const client = createPusher({ key: KEY, host: 'localhost', transport, clock })
  onTestFinished(async () => {
    await client.close()
    await core.stop()
  })
  const statuses: string[] = []
  client.untyped('scada-realtime').join()
  await settled()
  await clock.advance(1)
  client.status.subscribe(({ status }) => statuses.push(status))
  return { clock, peers, client, statuses }
}

describe.each(dialects)('acceptance scenario 12, an idle dashboard at a %s', (dialect) => {
  it('stays connected for ten minutes, because it asks', async () => {
    const { clock, peers, client, statuses } = await setup(dialect)
    const frames: string[] = []
    client.trace.subscribe((entry) => {
      if (entry.type === 'frame' && entry.direction === 'out') frames.push(entry.text ?? '')
    })
    await clock.advance(600_000)
    expect(client.status.get().status).toBe('connected')
    expect(statuses.filter((status) => status !== 'connected')).toEqual([])
    expect(peers).toHaveLength(1)
    expect(frames.filter((frame) => frame.includes('pusher:ping')).length).toBeGreaterThanOrEqual(10)
  })

  it('finds a server that answers no more within both times, and comes back', async () => {
    const { clock, peers, client, statuses } = await setup(dialect)
    await clock.advance(1000)
    peers[0]?.stall()
    // 25 s of silence until it asks, 5 s for the answer.
    await clock.advance(31_000)
    expect(statuses).toContain('reconnecting')
    await clock.advance(2000)
    expect(client.status.get().status).toBe('connected')
    expect(peers).toHaveLength(2)
  })
})
