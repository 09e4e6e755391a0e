/** What servers of this kind have been seen to do wrong: one test for each, and the server still serves others. */
import { once } from 'node:events'
import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { setupRaw } from './raw/raw-test-setup.ts'
import { dialRaw, startServer } from './socket-test-setup.ts'
import { dialTcp, toWsFrame, upgradeRequest } from './tcp-test-setup.ts'

const hello = JSON.stringify({ t: 'hello', v: 1 })

describe('frames', () => {
  it.each([
    ['plain text', 'Halo semua!'],
    ['a number', '7'],
    ['a list', '[]'],
    ['an object of another protocol', '{"message":"Halo"}'],
    ['a heartbeat of another protocol', '{"type":"ping"}'],
    ['a null heartbeat', '{"ping":null}'],
  ])('does not broadcast %s that it does not know', async (_what, text) => {
    const { enter } = setupRaw()
    const [other, guest] = [await enter('a'), await enter('a')]
    for (const each of [other, guest]) each.take()
    expect(await guest.say(text)).toMatchObject([{ t: 'error', code: 'bad-frame' }])
    expect(other.take()).toEqual([])
  })

  it.each(['broadcast', 'disconnect', 'presence', 'broadcast_to_channel', 'private_message'])(
    'runs no command %s for a client',
    async (command) => {
      const { enter } = setupRaw()
      const [other, guest] = [await enter('a'), await enter()]
      other.take()
      const frame = { t: command, command, channel: 'a', client_id: other.id, to: other.id, message: 'x' }
      expect(await guest.say(frame)).toMatchObject([{ t: 'error', code: 'unknown-type' }])
      expect([other.take(), other.end]).toEqual([[], undefined])
    },
  )

  it.each([true, 1, null, ['a'], { ch: 'a' }])(
    'takes %j for no channel, so that none matches loosely',
    async (ch) => {
      const { enter, publish, channels } = setupRaw()
      const guest = await enter()
      const answers = await guest.say({ t: 'sub', chs: [{ ch }] }, { t: 'pub', id: '1', ch, ev: 'x' })
      expect(answers).toMatchObject([{ code: 'bad-frame' }, { code: 'bad-frame' }])
      await publish('true', 'x')
      expect([guest.take(), channels()]).toEqual([[], []])
    },
  )

  it.each([undefined, null, {}, 7])('leaks no private message whose receiver is %j', async (to) => {
    const { enter } = setupRaw()
    const [other, guest] = [await enter(), await enter()]
    expect(await guest.say({ t: 'send', id: '1', to, ev: 'hi', data: {} })).toMatchObject([
      { code: 'bad-frame' },
    ])
    expect(other.take()).toEqual([])
  })

  it('carries null, empty and non-ASCII payloads as they are', async () => {
    const { enter } = setupRaw()
    const guest = await enter('a')
    guest.take()
    const values = [null, '', 0, false, [], {}, 'é/日本😀\u2028']
    await guest.say(...values.map((data, n) => ({ t: 'pub', id: `${n}`, ch: 'a', ev: 'x', data })))
    const hearer = await enter()
    const [joined] = await hearer.say({ t: 'sub', chs: [{ ch: 'a' }] })
    const position = { epoch: Object(joined).epoch, off: 0 }
    const [, ...replayed] = await hearer.say({ t: 'sub', chs: [{ ch: 'a', ...position }] })
    expect(replayed.map((frame) => Object(frame).data)).toEqual(values)
  })

  it('joins a channel once, however often it is asked, and leaves it when asked', async () => {
    const { enter, publish, channels } = setupRaw()
    const guest = await enter('a', 'a')
    await guest.say({ t: 'sub', chs: [{ ch: 'a' }] })
    await publish('a', 'x')
    expect(guest.take()).toHaveLength(1)
    await guest.say({ t: 'unsub', ch: 'a' })
    await publish('a', 'x')
    expect([guest.take(), channels()]).toEqual([[], []])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes the name %s like any other: as channel, event, id and parameter',
    async (name) => {
      const { enter, authorize, publish } = setupRaw()
      authorize('{__proto__}', (_user, params) => ({
        publish: Object.values(params)[0] === name,
        presence: true,
      }))
      const guest = await enter()
      expect(await guest.say({ t: 'sub', chs: [{ ch: name }] })).toMatchObject([{ t: 'subbed', ch: name }])
      const pub = { t: 'pub', id: name, ch: name, ev: name, ack: true }
      expect(await guest.say(pub, pub)).toMatchObject([
        { t: 'msg', ch: name, ev: name, id: name, off: 1 },
        { t: 'ack', id: name, off: 1 },
        { t: 'ack', id: name, off: 1 },
      ])
      await publish(name, name, { [name]: 1 })
      expect(guest.take()).toMatchObject([{ ev: name, data: { [name]: 1 } }])
      expect(await guest.say(`{"t":"${name}"}`)).toMatchObject([{ t: 'error', code: 'unknown-type' }])
      expect(({} as Record<string, unknown>)['1']).toBeUndefined()
    },
  )

  it('opens no channel that the rules do not name, beside those they do', async () => {
    const { enter, authorize } = setupRaw()
    authorize('private-booking.{userId}', () => true)
    const guest = await enter()
    const names = [
      'private-user.42',
      'private-booking.42.x',
      'private-booking.',
      'xprivate-booking.42',
      'private-booking.42 ',
    ]
    const answers = await guest.say(...names.map((ch) => ({ t: 'sub', chs: [{ ch }] })))
    expect(answers.map((answer) => Object(answer).code)).toEqual(names.map(() => 'unknown-channel'))
  })

  it('tells a client its own id, and the public one is not the secret', async () => {
    const { connect, connections } = setupRaw()
    const { client, session } = await connect().hello()
    expect(connections()[0]?.client).toBe(client)
    expect(JSON.stringify(connections())).not.toContain(session)
  })
})

describe('sockets', () => {
  it('answers a WebSocket to a path without an endpoint by a readable 404, and does not hang', async () => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest().replace('/raw', '/'))
    await tcp.until('No endpoint here')
    expect(tcp.text).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
    await tcp.closed
  })

  it.each([
    ['a wrong method', 'GET /raw', 'POST /raw', 405],
    ['a missing key', /Sec-WebSocket-Key.*\r\n/, '', 400],
    ['an old version', 'Version: 13', 'Version: 7', 400],
    ['another subprotocol', 'realtime.v1', 'mqtt', 400],
    ['no subprotocol', /Sec-WebSocket-Protocol.*\r\n/, '', 400],
  ])('refuses an upgrade with %s by a whole HTTP answer', async (_what, from, to, status) => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest().replace(from, to))
    await tcp.closed
    expect(tcp.text).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\n\r\n`, 's'))
  })

  it('takes a handshake and frames that come byte by byte, while others are served', async () => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    const other = await dialRaw(port)
    tcp.socket.setNoDelay()
    for (const char of upgradeRequest(['Cookie: '.padEnd(3000, 'x')])) tcp.write(char)
    await other.hello()
    await tcp.until('\r\n\r\n')
    for (const byte of toWsFrame(hello)) {
      tcp.write(Uint8Array.of(byte))
      await settled()
    }
    await tcp.until('"welcome"')
  })

  it('takes a message in fragments, with a ping between them, and answers that with its payload', async () => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest())
    await tcp.until('\r\n\r\n')
    tcp.write(toWsFrame(hello.slice(0, 5), { fin: false }))
    tcp.write(toWsFrame('payload', { opcode: 9 }))
    await tcp.until('payload')
    tcp.write(toWsFrame(hello.slice(5), { opcode: 0 }))
    await tcp.until('"welcome"')
  })

  it('lets nobody wait while one client has sent half a frame', async () => {
    const { port } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest())
    await tcp.until('\r\n\r\n')
    tcp.write(toWsFrame('x'.repeat(3000)).subarray(0, 2049))
    const other = await dialRaw(port)
    await other.hello()
    other.send({ t: 'ping' })
    await other.next('pong')
  })

  it('sends nothing of others to who has not finished the handshake', async () => {
    const { port, server } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest().slice(0, 40))
    const other = await dialRaw(port)
    await other.hello()
    other.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await other.next('subbed')
    await server.publish('a', 'x', 1)
    await other.next('msg')
    expect(tcp.text).toBe('')
    tcp.write(upgradeRequest().slice(40))
    await tcp.until('101 Switching Protocols')
  })

  it('ends connections by a close frame with a code, also when it stops', async () => {
    const { port, server } = await startServer()
    const [left, stopped] = [await dialRaw(port), await dialRaw(port)]
    await left.hello()
    left.send({ t: 'bye' })
    expect(await left.ended).toMatchObject({ code: 1000 })
    await stopped.hello()
    await server.close()
    expect(await stopped.ended).toMatchObject({ code: 1001 })
  })

  it('refuses pages of other origins by default, so that they hear why', async () => {
    const { port } = await startServer()
    const evil = await dialRaw(port, { origin: 'https://evil.example' })
    expect(await evil.ended).toEqual({ code: 4002, reason: 'This origin may not connect' })
    const own = await dialRaw(port, { origin: `http://localhost:${port}` })
    await own.hello()
  })

  it.each([
    ['text that is no UTF-8', toWsFrame(Uint8Array.of(0xff, 0xfe)), 1007],
    ['a frame that is not masked', toWsFrame('{}', { isMasked: false }), 1002],
    ['an opcode that is not known', toWsFrame('', { opcode: 5 }), 1002],
    ['a frame over frameBytes', toWsFrame('', { lengthBytes: 5000 }), 1009],
    ['a message over frameBytes in fragments', null, 1009],
  ])('ends %s on that socket alone', async (_what, frame, code) => {
    const { port, crashes } = await startServer({ limits: { frameBytes: 4096 } })
    const [bad, other] = [await dialTcp(port), await dialRaw(port)]
    await other.hello()
    bad.write(upgradeRequest())
    await bad.until('\r\n\r\n')
    if (frame) bad.write(frame)
    else for (let n = 0; n < 5; n++) bad.write(toWsFrame('x'.repeat(1000), { opcode: n ? 0 : 1, fin: false }))
    await bad.until(String.fromCharCode(0x88, 2, code >> 8, code & 0xff))
    await bad.closed
    other.send({ t: 'ping' })
    await other.next('pong')
    expect(crashes).toEqual([])
  })

  it('forgets a connection that was cut in the middle of a frame', async () => {
    const { port, server } = await startServer()
    const tcp = await dialTcp(port)
    tcp.write(upgradeRequest())
    await tcp.until('\r\n\r\n')
    tcp.write(toWsFrame(hello).subarray(0, 9))
    expect(server.connections()).toHaveLength(1)
    tcp.socket.resetAndDestroy()
    await once(tcp.socket, 'close')
    await expect.poll(() => server.connections()).toEqual([])
  })
})
