import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it, vi } from 'vitest'
import type { TalkingConnection } from '../connection-info.ts'
import { createHooks } from '../hooks.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { createLog } from './log.ts'
import type { LogEntry, LogOptions } from './log-options.ts'
import { logServer } from './log-server.ts'

const connection: TalkingConnection = {
  id: 'a-1',
  endpoint: 'raw',
  address: '::1',
  since: Date.UTC(2030, 0, 1) - 1500,
  bufferedBytes: 0,
  received: { frames: 2, bytes: 20 },
  sent: { frames: 3, bytes: 30 },
  client: 'c1',
  user: '42',
  channels: [],
  kindOf: () => ({ type: 'pub', channels: ['room'] }),
}

function setup(options: LogOptions = {}) {
  const entries: Omit<LogEntry, 'at'>[] = []
  const clock = createFakeClock()
  const log = createLog({ ...options, sink: ({ at: _at, ...entry }) => entries.push(entry) }, { clock })
  const hooks = createHooks()
  return { entries, hooks, stop: logServer(hooks, log, clock) }
}

describe('logServer', () => {
  it('tells start, connections and stop', () => {
    const { entries, hooks } = setup()
    hooks.emit('start', { host: '127.0.0.1', port: 6001, url: 'http://127.0.0.1:6001' })
    hooks.emit('connect', connection)
    hooks.emit('receive', connection, 'frame')
    hooks.emit('disconnect', connection, { code: 1006, reason: '' })
    hooks.emit('stop')
    const about = { connection: 'a-1', endpoint: 'raw', address: '::1' }
    expect(entries).toEqual([
      { level: 'info', event: 'start', url: 'http://127.0.0.1:6001', host: '127.0.0.1', port: 6001 },
      { level: 'info', event: 'connect', ...about },
      {
        level: 'info',
        event: 'disconnect',
        ...about,
        code: 1006,
        reason: '',
        client: 'c1',
        user: '42',
        ms: 1500,
        received: 2,
        sent: 3,
      },
      { level: 'info', event: 'stop' },
    ])
  })

  it('tells the size of frames at debug, and nothing of what is in them', () => {
    const { entries, hooks } = setup({ level: 'debug' })
    hooks.emit('receive', connection, '{"data":"é"}')
    hooks.emit('send', connection, new Uint8Array(3))
    expect(entries).toEqual([
      { level: 'debug', event: 'receive', connection: 'a-1', type: 'pub', channels: ['room'], bytes: 13 },
      { level: 'debug', event: 'send', connection: 'a-1', type: 'pub', channels: ['room'], bytes: 3 },
    ])
  })

  it('shows frames when asked, without their secrets, and not without end', () => {
    const { entries, hooks } = setup({ level: 'debug', payloads: true })
    hooks.emit('receive', connection, `{"t":"hello","token":"s3cret","pad":"${'x'.repeat(3000)}"}`)
    expect(entries[0]?.['frame']).toMatch(/^\{"t":"hello","token":"\[redacted\]","pad":"x+\.\.\.$/)
    expect(`${entries[0]?.['frame']}`).toHaveLength(2003)
    hooks.emit('send', connection, new TextEncoder().encode('\0{"session":"s3cret"}\xff'))
    expect(entries[1]?.['frame']).toBe('·{"session":"[redacted]"}··')
  })

  it('tells crashes with their stack', () => {
    const { entries, hooks } = setup({ level: 'error' })
    hooks.crash(new Error('broken'), 'rule for a.{id}')
    hooks.crash('text', 'hook start')
    expect(entries).toMatchObject([
      {
        event: 'crash',
        where: 'rule for a.{id}',
        message: 'broken',
        stack: expect.stringContaining('broken'),
      },
      { event: 'crash', where: 'hook start', message: 'text' },
    ])
  })

  it('hears nothing more once it has ended', () => {
    const { entries, hooks, stop } = setup({ level: 'debug' })
    stop()
    hooks.emit('stop')
    expect(entries).toEqual([])
    expect(hooks.has('receive')).toBe(false)
  })
})

describe('createServer', () => {
  it('logs what happens when it is asked to, to its end', async () => {
    const events: string[] = []
    const { server, port } = await startServer({ log: { sink: ({ event }) => events.push(event) } })
    const client = await dialRaw(port)
    client.socket.terminate()
    await vi.waitFor(() => expect(events).toContain('disconnect'), 25_000)
    await server.close()
    expect(events).toEqual(['start', 'connect', 'disconnect', 'stop'])
  })
})
