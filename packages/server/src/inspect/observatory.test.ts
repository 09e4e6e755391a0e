import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import type { StoreState } from '../adapter.ts'
import type { Cluster, NodeReport } from '../cluster.ts'
import type { ConnectionInfo, TalkingConnection } from '../connection-info.ts'
import { createHooks } from '../hooks.ts'
import { Observatory } from './observatory.ts'
import type { InspectLine } from './report.ts'

const connection: TalkingConnection = {
  id: 'a-1',
  endpoint: 'raw',
  address: '::1',
  since: 0,
  bufferedBytes: 0,
  received: { frames: 2, bytes: 20 },
  sent: { frames: 3, bytes: 30 },
  client: 'c1',
  user: undefined,
  channels: ['room'],
  kindOf: () => ({ type: 'pub', channels: ['room'] }),
}

const node: NodeReport = {
  id: 'n1',
  address: '127.0.0.1:6001',
  startedAt: 0,
  connections: 1,
  channels: 1,
  isDraining: false,
}

function setup(connections: readonly ConnectionInfo[] = [connection], store?: StoreState) {
  const clock = createFakeClock()
  const hooks = createHooks()
  const hello = { kind: 'hello', mode: 'development', startedAt: 0, control: false } as const
  const cluster: Cluster = { own: () => node, all: async () => [node, { ...node, id: 'n2' }], store }
  const observatory = new Observatory({ on: hooks.on, connections: () => connections, cluster }, clock, hello)
  const look = (payloads = false) => {
    const lines: InspectLine[] = []
    const stream = {
      writableLength: 0,
      write: (text: string) =>
        lines.push(
          ...text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ),
    }
    return { lines, stream, stop: observatory.watch(stream, payloads) }
  }
  return { clock, hooks, observatory, look }
}

describe('Observatory', () => {
  it('listens only while somebody looks, and leaves nothing behind', async () => {
    const { clock, hooks, look } = setup()
    expect(hooks.has('send')).toBe(false)
    const [one, other] = [look(), look()]
    expect(hooks.has('send')).toBe(true)
    one.stop()
    one.stop()
    expect(hooks.has('send')).toBe(true)
    other.stop()
    expect(hooks.has('send')).toBe(false)
    expect(clock.pending).toEqual([])
  })

  it('tells how much there was a second', async () => {
    const { clock, hooks, look } = setup()
    const { lines, stop } = look()
    await clock.advance(500)
    for (let count = 0; count < 20; count++) hooks.emit('send', connection, 'äb')
    hooks.emit('receive', connection, new Uint8Array(7))
    await clock.advance(1000)
    const states = lines.filter((line) => line.kind === 'state')
    expect(states.map(({ rates }) => rates)).toEqual([
      { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 },
      { framesIn: 1, framesOut: 20, bytesIn: 7, bytesOut: 60 },
    ])
    stop()
  })

  it('shows the newest connections and the largest channels, and counts the rest', async () => {
    const many = Array.from({ length: 250 }, (_, index) => ({
      ...connection,
      id: `a-${index}`,
      channels: ['all', `only-${index}`],
    }))
    const { clock, look } = setup(many)
    const { lines, stop } = look()
    await clock.advance(100)
    const state = lines.find((line) => line.kind === 'state')
    expect(state).toMatchObject({ connectionCount: 250, channelCount: 251 })
    expect(state?.connections.map(({ id }) => id).slice(0, 2)).toEqual(['a-249', 'a-248'])
    expect([state?.connections.length, state?.channels.length]).toEqual([200, 200])
    expect(state?.channels[0]).toEqual({ endpoint: 'raw', name: 'all', subscribers: 250 })
    stop()
  })

  it('counts what is too much instead of keeping it', async () => {
    const { clock, hooks, look } = setup()
    const { lines, stop } = look()
    for (let count = 0; count < 1000; count++) hooks.emit('send', connection, 'x')
    await clock.advance(100)
    expect(lines).toHaveLength(301)
    expect(lines.at(-1)).toEqual({ kind: 'lost', lines: 702 })
    hooks.emit('send', connection, 'x')
    await clock.advance(100)
    expect(lines.at(-1)).toMatchObject({ kind: 'frame' })
    stop()
  })

  it('writes nothing to who does not read, and tells later how much that was', async () => {
    const { clock, hooks, look } = setup()
    const { lines, stream, stop } = look()
    stream.writableLength = 2_000_000
    hooks.emit('send', connection, 'x')
    await clock.advance(100)
    expect(lines).toEqual([])
    stream.writableLength = 0
    hooks.emit('crash', new Error('token=s3cret'), 'rule')
    await clock.advance(100)
    expect(lines).toMatchObject([
      { kind: 'crash', where: 'rule', message: 'token=[redacted]' },
      { kind: 'lost', lines: 3 },
    ])
    stop()
  })

  it('tells of the nodes where there is a store that they share, and of none elsewhere', async () => {
    const store = { isAway: true, store: '127.0.0.1:6379', reason: 'refused' } as const
    for (const given of [store, undefined]) {
      const { clock, look } = setup([connection], given)
      const { lines, stop } = look()
      await clock.advance(1500)
      const told = lines.filter((line) => line.kind === 'cluster')
      const nodes = [node, { ...node, id: 'n2' }]
      const line = { kind: 'cluster', at: expect.any(Number), node: 'n1', store, nodes }
      expect(told).toEqual(given ? [line, line] : [])
      stop()
      expect(clock.pending).toEqual([])
    }
  })

  it('gives each who looks what it asked for', async () => {
    const { clock, hooks, look } = setup()
    const [bare, full] = [look(), look(true)]
    hooks.emit('send', connection, `{"token":"s3cret","pad":"${'x'.repeat(3000)}"}`)
    await clock.advance(100)
    const textOf = (lines: readonly InspectLine[]) => lines.find((line) => line.kind === 'frame')?.text
    expect(textOf(bare.lines)).toBeUndefined()
    expect(textOf(full.lines)).toMatch(/^\{"token":"\[redacted\]","pad":"x+\.\.\.$/)
    bare.stop()
    full.stop()
  })
})
