import { createRawWs, defineChannels, event, members, websocketTransport } from '@org/realtime-raw-ws'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { settled } from '../settled.ts'
import { strictTrace } from '../strict-trace.ts'
import '../vitest.ts'
import { type RawWsLinkOptions, rawWs } from './raw-ws.ts'
import { interceptWebSocket } from './socket-test-setup.ts'

const channels = defineChannels({
  'room.{id}': { Said: event<{ text: string }>() },
  'presence-desk': { [members]: event<{ age: number }>() },
})
const url = 'ws://realtime.test/raw'
const msw = interceptWebSocket()

function setup({ token, ...options }: RawWsLinkOptions<typeof channels> & { token?: string } = {}) {
  const rooms = rawWs.link(url, { channels, ...options })
  msw.use(rooms.handler)
  const client = createRawWs({
    url,
    channels,
    token,
    transport: websocketTransport({ WebSocket: globalThis.WebSocket }),
    backoff: { firstMs: 1, baseMs: 1 },
    connection: { minDialGapMs: 1 },
  })
  const { errors, expectError } = strictTrace(client, onTestFinished)
  onTestFinished(() => client.close())
  return { rooms, client, errors, expectError }
}

describe('the client over rawWs.link', () => {
  it('hears what is emitted, before and after its connection was lost', async () => {
    const { rooms, client } = setup()
    const heard: string[] = []
    const gaps: string[] = []
    const room = client.channel('room.{id}', { id: 7 })
    room.on('Said', ({ text }) => heard.push(text))
    room.onGap(({ continuity }) => gaps.push(continuity))
    const far = rooms.channel('room.{id}', { id: 7 })
    await far.emit('Said', { text: 'a' })
    expect(heard).toEqual(['a'])
    rooms.server.dropAll()
    await far.emit('Said', { text: 'b' })
    await expect.poll(() => heard).toEqual(['a', 'b'])
    expect(gaps).toEqual([])
  })

  it('publishes, and is told when it was taken or refused', async () => {
    const { rooms, client } = setup()
    const room = client.channel('room.{id}', { id: 7 })
    const receipt = await room.publish('Said', { text: 'a' }, { delivery: 'at-least-once' })
    expect(receipt.outcome).toBe('acknowledged')
    expect(rooms.server).toHaveReceived('room.7', 'Said', { text: 'a' })
    rooms.server.refusePublish('room.7', 'forbidden')
    await expect(room.publish('Said', { text: 'b' }, { delivery: 'at-least-once' })).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel: 'room.7', code: 'forbidden' },
    })
  })

  it('fails when its token is denied', async () => {
    const { client } = setup({ token: 'old', authenticate: () => undefined })
    await expect(client.connect()).rejects.toMatchObject({ code: 'auth.failed' })
    expect(client.status.get().status).toBe('failed')
  })

  it('is refused a channel', async () => {
    const { rooms, client, expectError } = setup()
    expectError('channel.rejected')
    rooms.server.refuse('room.7', { code: 'limit' })
    const room = client.channel('room.{id}', { id: 7 })
    room.join()
    await expect.poll(() => room.status.get().state).toBe('rejected')
  })

  it('sees members come and go', async () => {
    const { rooms, client } = setup({ token: 'ann', authenticate: (id = '') => ({ id, info: { age: 8 } }) })
    const desk = client.channel('presence-desk')
    desk.join()
    const names = (): string[] => desk.members.get().list.map(({ id }) => id)
    await vi.waitFor(() => expect(desk).toBeJoined(), 25_000)
    expect(desk.members.get().me).toEqual({ id: 'ann', info: { age: 8 } })
    rooms.server.enter('presence-desk', { id: 'bob', info: { age: 9 } })
    await settled()
    expect(names()).toEqual(['ann', 'bob'])
    rooms.server.exit('presence-desk', 'bob')
    await settled()
    expect(names()).toEqual(['ann'])
  })

  it('moves to another connection when it is asked to', async () => {
    const { rooms, client } = setup()
    const room = client.channel('room.{id}', { id: 7 })
    room.join()
    await vi.waitFor(() => expect(room).toBeJoined(), 25_000)
    rooms.server.drain(1)
    await expect.poll(() => rooms.transport.sessions.length).toBe(2)
    await expect.poll(() => rooms.transport.open.length).toBe(1)
    expect(client).toBeConnected()
  })
})
