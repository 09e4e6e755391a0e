import { once } from 'node:events'
import { connect, createServer as createTcp } from 'node:net'
import { createFakeClock } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer } from './index.ts'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { upgradeRequest } from './tcp-test-setup.ts'

describe('createServer', () => {
  it('carries a message from one client to another', async () => {
    const { port } = await startServer()
    const [one, other] = [await dialRaw(port), await dialRaw(port)]
    await one.hello()
    const { client } = await other.hello()
    one.send({ t: 'sub', chs: [{ ch: 'chat' }] })
    await one.next('subbed')
    other.send({ t: 'pub', id: 'p1', ch: 'chat', ev: 'said', data: { text: 'ä' }, ack: true })
    expect(await other.next('ack')).toEqual({ t: 'ack', id: 'p1', off: 1 })
    const msg = { t: 'msg', ch: 'chat', off: 1, ev: 'said', id: 'p1', from: client, data: { text: 'ä' } }
    expect(await one.next('msg')).toEqual(msg)
  })

  it('names the port that is in use', async () => {
    const other = createTcp().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const server = createServer({ mode: 'development', port })
    const details = { host: '127.0.0.1', port, reason: 'EADDRINUSE' }
    await expect(server.listen()).rejects.toMatchObject({ code: 'listen.failed', details })
    await server.close()
    other.close()
  })

  it.each([
    [{ port: 70_000 }, 'Option port must be a number from 0 to 65535'],
    [{ limits: { joins: 0 } }, 'Option limits.joins must be a number from 1 to 10000'],
    [{ times: { idleMs: Number.NaN } }, 'Option times.idleMs must be'],
    [{ mode: 'test' as never }, 'Option mode must be one of production, development'],
    [{ path: 'realtime/' }, 'Option path must be'],
    [{ authenticate: 'nobody' as never }, 'Option authenticate must be'],
    [{ mode: 'production' as const }, 'Option authenticate must be'],
    [{ tls: { cert: 'x', key: 'y' } }, 'Option tls must be a certificate and its key that Node can read'],
  ])('refuses %j by name', (options, message) => {
    expect(() => createServer({ mode: 'development', ...options })).toThrow(message)
  })

  it('tells by hooks what happens, in order', async () => {
    const heard: string[] = []
    const server = createServer({ mode: 'development', port: 0 })
    server.on('start', ({ url }) => heard.push(`start ${new URL(url).hostname}`))
    server.on('connect', ({ endpoint }) => heard.push(`connect ${endpoint}`))
    server.on('receive', (_connection, frame) => heard.push(`receive ${frame}`))
    server.on('send', (_connection, frame) => heard.push(`send ${String(frame).slice(0, 14)}`))
    server.on('disconnect', ({ user }, { code }) => heard.push(`disconnect ${typeof user} ${code}`))
    server.on('stop', () => heard.push('stop'))
    const { port } = await server.listen()
    const guest = await dialRaw(port)
    await guest.hello()
    await server.close()
    expect(heard).toEqual([
      'start 127.0.0.1',
      'connect raw',
      'receive {"t":"hello","v":1}',
      'send {"t":"welcome"',
      'disconnect undefined 1001',
      'stop',
    ])
  })

  it('shows connections, channels and members, and puts out one connection', async () => {
    const { port, server } = await startServer()
    const guest = await dialRaw(port)
    const { client } = await guest.hello()
    guest.send({ t: 'sub', chs: [{ ch: 'presence-a' }] })
    await guest.next('subbed')
    const [connection] = server.connections()
    expect(connection).toMatchObject({
      endpoint: 'raw',
      address: '127.0.0.1',
      bufferedBytes: 0,
      client,
      user: client,
      channels: ['presence-a'],
      received: { frames: 2, bytes: 58 },
      sent: { frames: 2 },
    })
    expect(server.channels()).toEqual([{ name: 'presence-a', subscribers: 1 }])
    expect(await server.members('presence-a')).toEqual([{ id: client }])
    expect([server.disconnect(connection?.id ?? ''), server.disconnect('nobody')]).toEqual([true, false])
    expect(await guest.ended).toEqual({ code: 4010, reason: 'Put out by the server' })
    expect([server.connections(), server.channels()]).toEqual([[], []])
  })

  it('expires the token of one connection', async () => {
    const { port, server } = await startServer()
    const guest = await dialRaw(port)
    await guest.hello()
    const [connection] = server.connections()
    expect([server.expire(connection?.id ?? ''), server.expire('nobody')]).toEqual([true, false])
    expect(await guest.ended).toMatchObject({ code: 4004 })
  })

  it.each([
    ['a channel against the rules', '@x', 'e', 1],
    ['an event against the rules', 'a', '', 1],
    ['a payload that is no JSON', 'a', 'e', 1n],
    ['an id against the rules', 'a', 'e', 1, ''],
    ['a payload over frameBytes', 'a', 'e', 'x'.repeat(5000)],
    ['bytes over frameBytes', 'a', 'e', new Uint8Array(5000)],
  ])('refuses to publish %s', async (_what, channel, event, payload, id?: string) => {
    const { server } = await startServer({ limits: { frameBytes: 4096 } })
    await expect(
      server.publish(channel, event, payload, id === undefined ? {} : { id }),
    ).rejects.toMatchObject({ code: 'publish.refused' })
  })

  it('listens once, and not after it was closed', async () => {
    const { server, port } = await startServer()
    expect(await server.listen()).toMatchObject({ port })
    await server.close()
    const closed = createServer({ mode: 'development' })
    await closed.close()
    await expect(closed.listen()).rejects.toMatchObject({ code: 'server.closed' })
  })
})

describe('server.close', () => {
  it('asks clients to move, serves those that stay, lets no other in, and ends the rest', async () => {
    const clock = createFakeClock()
    const { port, server, url } = await startServer({ clock })
    const [leaving, staying] = [await dialRaw(port), await dialRaw(port)]
    await leaving.hello()
    await staying.hello()
    const closed = server.close({ drainMs: 300 })
    expect([await leaving.next('drain'), await staying.next('drain')]).toEqual([
      { t: 'drain', ms: 200 },
      { t: 'drain', ms: 200 },
    ])
    const statuses = ['/up', '/ready'].map(async (path) => (await fetch(url + path)).status)
    expect(await Promise.all(statuses)).toEqual([200, 503])
    await expect(dialRaw(port)).rejects.toThrow('503')
    leaving.send({ t: 'bye' })
    expect(await leaving.ended).toMatchObject({ code: 1000 })
    staying.send({ t: 'ping' })
    await staying.next('pong')
    await clock.advance(300)
    expect(await staying.ended).toMatchObject({ code: 1001 })
    await closed
    await expect(fetch(`${url}/up`)).rejects.toThrow()
  })

  it('does not wait for the end of the window when everybody has moved', async () => {
    const { port, server } = await startServer()
    const guest = await dialRaw(port)
    await guest.hello()
    const closed = server.close({ drainMs: 60_000 })
    await guest.next('drain')
    guest.send({ t: 'bye' })
    await closed
  })

  it('does not wait for who does not answer', async () => {
    const { port, server } = await startServer({ times: { closeMs: 50 } })
    const guest = await dialRaw(port)
    guest.socket.pause()
    await server.close()
    expect(server.connections()).toEqual([])
  })

  it('does not wait for who keeps a refused upgrade open', async () => {
    const { port, server } = await startServer()
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.write(upgradeRequest().replace('/raw', '/nothing'))
    await once(socket.resume(), 'end')
    await server.close()
  })

  it('lets go of what rules of faults hold back', async () => {
    const { port, server } = await startServer()
    server.faults.add({ at: 'open', do: 'freeze' })
    const guest = await dialRaw(port)
    await server.close()
    expect(await guest.ended).toMatchObject({ code: 1001 })
  })
})
