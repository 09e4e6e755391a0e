import { createFakeClock, createMemoryTransport, settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { createRakit } from './create-rakit.ts'
import { setupRakit } from './rakit-test-setup.ts'

/** Two clients in one room, each with all that it hears. */
async function setupPair(...server: Parameters<typeof setupRakit>) {
  const { clock, served, client } = setupRakit(...server)
  const [a, b] = [client(), client()]
  for (const { client } of [a, b]) {
    client.connect()
    await settled()
  }
  const heard = { room: b.hear('@room'), me: b.hear('@me'), aRoom: a.hear('@room'), aMe: a.hear('@me') }
  await settled()
  return { clock, served, a, b, heard, aId: `${a.client.rakit.id.get()}`, bId: `${b.client.rakit.id.get()}` }
}

describe('createRakit', () => {
  it('takes its id from the first text frame, and another one on the next connection', async () => {
    const { a, aId, clock, served } = await setupPair()
    expect(aId).toMatch(/^\w{8}$/)
    const ids: unknown[] = []
    a.client.rakit.id.subscribe((id) => ids.push(id))
    served.dropAll()
    await clock.advance(5000)
    expect(ids).toEqual([undefined, expect.stringMatching(/^\w{8}$/)])
    expect(ids[1]).not.toBe(aId)
  })

  it('says so when the first frame is not that of a Rakit server, and tries again', async () => {
    const clock = createFakeClock()
    const transport = createMemoryTransport({ autoAccept: true })
    const client = createRakit({ url: 'memory://other', clock, transport })
    client.connect().catch(() => {})
    await settled()
    transport.last.send('{"t":"welcome"}')
    await settled()
    expect(client.status.get()).toMatchObject({
      status: 'connecting',
      lastError: { code: 'protocol.violation' },
    })
    await client.close()
  })

  it('reads a broadcast through its double encoding, with its sender', async () => {
    const { a, heard, aId } = await setupPair()
    const receipt = await a.client.rakit.broadcast('Halo semua!')
    await settled()
    expect(receipt.outcome).toBe('sent')
    expect([heard.room, heard.aRoom, heard.me]).toEqual([
      [['message', 'Halo semua!', aId]],
      [['message', 'Halo semua!', aId]],
      [],
    ])
  })

  it('gives the text of messages as it came when it is not to decode them', async () => {
    const { served, client } = setupRakit()
    const { client: raw, hear } = client({ decodeMessages: false })
    const room = hear('@room')
    await raw.connect()
    served.enter().frame('{"message":"Halo semua!"}')
    await settled()
    expect(room.at(-1)).toEqual(['message', '{"message":"Halo semua!"}', expect.any(String)])
  })

  it('brings any JSON to the room, and text, objects and lists to one client', async () => {
    const { a, heard, bId } = await setupPair()
    const room = a.client.untyped('@room')
    const values = ['', ' x ', '{"a":1}', 7, true, null, [1], { message: 'x', é: ['/'] }]
    for (const value of values) await room.publish('message', value)
    const direct = a.client.untyped(`@${bId}`)
    for (const value of ['Halo!', '7', [1], { to: 'x' }]) await direct.publish('message', value)
    await settled()
    expect(heard.room.map((each) => (each as unknown[])[1])).toEqual(values)
    expect(heard.me.map((each) => (each as unknown[])[1])).toEqual(['Halo!', '7', [1], { to: 'x' }])
  })

  it('sends to one client alone', async () => {
    const { a, heard, aId, bId } = await setupPair()
    await a.client.rakit.sendTo(bId, ' Halo! ')
    await a.client.rakit.sendTo('nobody00', 'Halo!')
    await settled()
    expect([heard.me, heard.aMe, heard.room]).toEqual([[['message', 'Halo!', aId]], [], []])
  })

  it('takes a room-wide text that is not wrapped for a private one, because Rakit marks neither', async () => {
    const { served, heard } = await setupPair()
    served.enter().frame('hello')
    await settled()
    expect(heard.me).toEqual([['message', 'hello', expect.any(String)]])
  })

  it('delivers bare text as text, whoever claims to have sent it', async () => {
    const { a, b, heard, bId } = await setupPair()
    b.client.untyped('chat').join()
    await settled()
    await a.client.rakit.toAll('to all')
    await a.client.rakit.toChannel('chat', 'to chat')
    await a.client.rakit.toChannel('other', 'to nobody')
    await a.client.rakit.toClient(bId, 'to b')
    await settled()
    expect(heard.room).toEqual([
      ['text', 'to all', undefined],
      ['text', 'to chat', undefined],
      ['text', 'to b', undefined],
    ])
  })

  it('flags everything as not trusted, because all of it can be forged', async () => {
    const { a, b } = await setupPair()
    const metas: unknown[] = []
    for (const name of ['@room', '@me', 'chat'])
      b.client.untyped(name).onAny(({ meta }) => metas.push([meta.channel, meta.trusted, meta.from]))
    await settled()
    const forged = { channel: 'chat', data: 1, client_id: 'admin000' }
    await a.client.rakit.toAll(JSON.stringify(forged))
    await a.client.rakit.toAll('{"client_id":"admin000","message":"x"}')
    await a.client.rakit.toAll('Client #admin000 connected')
    await a.client.rakit.toAll('{"type":"presence","users":[{"id":"admin000"}]}')
    await settled()
    expect(metas).toEqual([
      ['chat', false, 'admin000'],
      ['@me', false, 'admin000'],
      ['@room', false, undefined],
    ])
    expect(b.client.rakit.members.get().list).toEqual([
      { id: 'admin000', info: { name: 'Guest', trusted: false } },
    ])
    expect(b.client.rakit.id.get()).not.toBe('admin000')
  })

  it('brings channel messages to subscribers, the sender too, with everything that JSON can hold', async () => {
    const { a, b, aId } = await setupPair()
    const chat = { a: a.hear('chat'), b: b.hear('chat') }
    await settled()
    const values = ['é / € 😀 " \\ \n', 7, true, [1, { a: null }], { deep: { list: [] } }]
    for (const value of values) await a.client.untyped('chat').publish('message', value)
    await settled()
    const expected = values.map((value) => ['message', value, aId])
    expect([chat.a, chat.b]).toEqual([expected, expected])
  })

  it('never subscribes twice on one socket, and again on the next', async () => {
    const { a, clock, served } = await setupPair()
    const count = (): number =>
      a.transport.last.sent.filter((frame) => `${frame}`.includes('subscribe')).length
    for (let turn = 0; turn < 3; turn++) {
      const stop = a.client.untyped('chat').join()
      await settled()
      stop()
      await clock.advance(2000)
    }
    expect(count()).toBe(1)
    a.client.untyped('chat').join()
    served.dropAll()
    await clock.advance(5000)
    expect([a.transport.sessions.length, count()]).toEqual([2, 1])
  })

  it('drops locally what still comes for a channel that it left', async () => {
    const { a, b, clock } = await setupPair()
    const seen: unknown[] = []
    const stop = b.client.untyped('chat').onAny(({ payload }) => seen.push(payload))
    await settled()
    stop()
    await clock.advance(2000)
    await a.client.untyped('chat').publish('message', 1)
    await settled()
    expect(seen).toEqual([])
  })

  it.each([
    ['a message of null', 'chat', 'message', null],
    ['a number to one client', '@abcdefgh', 'message', 7],
    ['an event that Rakit does not have', 'chat', 'said', 'x'],
    ['an object as bare text, which would go to everybody', '@abcdefgh', 'text', { a: 1 }],
  ])('refuses %s before it is sent', async (_what, channel, event, payload) => {
    const { a } = await setupPair()
    const count = a.transport.last.sent.length
    await expect(a.client.untyped(channel).publish(event, payload)).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel, event },
    })
    expect(a.transport.last.sent).toHaveLength(count)
  })

  it('refuses bytes', async () => {
    const { a } = await setupPair()
    await expect(a.client.untyped('chat').publish('message', Uint8Array.of(1))).rejects.toMatchObject({
      code: 'message.malformed',
    })
  })

  it('refuses to ask for a disconnect, which would only be told to everybody', async () => {
    const { a, bId } = await setupPair()
    expect(() => a.client.rakit.disconnect(bId)).toThrow('[capability.missing] Rakit disconnects nobody')
  })

  it('refuses to listen to the messages of another client, and to a name that is too long', async () => {
    const { client } = setupRakit()
    const { client: alone, expectError } = client()
    expectError('channel.rejected', 2)
    const names = ['@abcdefgh', 'x'.repeat(2040)]
    for (const name of names) alone.untyped(name).join()
    await settled()
    for (const name of names)
      expect(alone.untyped(name).status.get()).toMatchObject({
        state: 'rejected',
        error: { details: { channel: name } },
      })
  })

  it('keeps the members of the room as a store that tells who came and who went', async () => {
    const { a, b, aId, bId, clock } = await setupPair()
    const { members } = a.client.rakit
    expect([members.get().list.map(({ id }) => id), members.get().me?.id]).toEqual([[aId, bId], aId])
    const diffs: unknown[] = []
    members.subscribe((_all, { joined, left }) => {
      if (joined.length || left.length) diffs.push([joined.map(({ id }) => id), left.map(({ id }) => id)])
    })
    a.client.rakit.presence.refresh()
    await b.client.close()
    await settled()
    expect(diffs).toEqual([[[], [bId]]])
    await a.client.close()
    await clock.advance(100)
    expect(diffs.at(-1)).toEqual([[], [aId]])
    a.client.rakit.presence.refresh()
  })

  it('is not cut for being idle: it beats every 4 seconds, and expects no answer', async () => {
    const { a, clock } = await setupPair()
    const before = a.transport.last.sent.length
    await clock.advance(60_000)
    const beats = a.transport.last.sent.slice(before).filter((frame) => frame === '{"ping":1}')
    expect([a.client.status.get().status, a.transport.sessions.length]).toEqual(['connected', 1])
    expect(beats.length).toBeGreaterThanOrEqual(12)
  })

  it('asks for the members at most every 25 s of silence, and once for all when it is answered to all', async () => {
    const { a, b, clock } = await setupPair()
    await clock.advance(200_000)
    const asked = [a, b].flatMap(({ transport }) =>
      transport.last.sent.filter((frame) => frame === '{"command":"presence"}'),
    )
    expect(asked.length).toBeLessThanOrEqual(2 * 8)
    expect(a.client.status.get()).toMatchObject({ status: 'connected', health: 'ok', rttMs: 0 })
  })

  it('finds a silent server within 30 seconds, and at once after a wake signal', async () => {
    const { a, clock } = await setupPair()
    const [first] = a.transport.sessions
    first?.stall()
    await clock.advance(30_000)
    expect([first?.closedBy, a.client.status.get().status]).toEqual(['dead', 'connected'])
    const second = a.transport.last
    second.stall()
    a.client.reconnectNow()
    await clock.advance(2000)
    expect(second.closedBy).toBe('dead')
  })

  it('takes 1006 for a normal end, and comes back', async () => {
    const { a, served, clock } = await setupPair()
    served.dropAll({ code: 1006, reason: '' })
    await settled()
    expect(a.client.status.get()).toMatchObject({
      status: 'reconnecting',
      lastError: { code: 'connection.lost', details: { code: 1006 } },
    })
    await clock.advance(5000)
    expect(a.client.status.get().status).toBe('connected')
  })

  it('refuses 2,041 bytes locally and sends 2,040, after which the server still answers others', async () => {
    const { a, b, heard } = await setupPair()
    const wrap = '{"message":""}'.length
    await expect(a.client.rakit.broadcast('x'.repeat(2041 - wrap))).rejects.toMatchObject({
      code: 'message.too-large',
      details: { bytes: 2041, limitBytes: 2040 },
    })
    await expect(a.client.rakit.broadcast('é'.repeat(1014))).rejects.toMatchObject({
      code: 'message.too-large',
    })
    await a.client.rakit.broadcast('x'.repeat(2040 - wrap))
    await b.client.rakit.broadcast('still there')
    await settled()
    expect(heard.room.map((each) => `${(each as unknown[])[1]}`.length)).toEqual([2026, 11])
  })

  it('paces what it writes, so that a burst of small messages does not stop the server for all', async () => {
    const { a, b, heard, clock } = await setupPair()
    const sent = Array.from({ length: 200 }, (_, n) => a.client.rakit.broadcast(`message ${n}`))
    await settled()
    b.client.rakit.broadcast('from b')
    await settled()
    expect(heard.room.map((each) => (each as unknown[])[1])).toContain('from b')
    await clock.advance(2000)
    for (const receipt of await Promise.all(sent)) expect(receipt.outcome).toBe('sent')
    const texts = heard.room.map((each) => (each as unknown[])[1]).filter((text) => text !== 'from b')
    expect(texts).toEqual(Array.from({ length: 200 }, (_, n) => `message ${n}`))
  })

  it('lets what waits for its turn wait where it can still be taken back', async () => {
    const { a, clock } = await setupPair()
    const sent = Array.from({ length: 200 }, () => a.client.rakit.broadcast('x'.repeat(100)))
    await settled()
    await a.client.close()
    await clock.advance(1000)
    const outcomes = (await Promise.all(sent)).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'sent').length).toBeLessThan(40)
    expect(outcomes.at(-1)).toBe('dropped')
  })

  it('offers subprotocols only when told to, because a server that picks none would break the handshake', async () => {
    const { client } = setupRakit({ compat: 'exact', subprotocols: ['json'] })
    const [plain, told] = [client(), client({ subprotocols: ['mqtt', 'json'] })]
    await Promise.all([plain.client.connect(), told.client.connect()])
    expect([plain, told].map(({ transport }) => transport.last.target.subprotocols)).toEqual([
      [],
      ['mqtt', 'json'],
    ])
  })

  it.each([0, 99, Number.NaN])('refuses maxOutgoingBytes of %d', (maxOutgoingBytes) => {
    expect(() => createRakit({ url: 'ws://127.0.0.1:6001', maxOutgoingBytes })).toThrow('[option.invalid]')
  })

  it('shows in its trace what a frame is, and what is in it only when asked', async () => {
    for (const tracePayloads of [false, true]) {
      const { client, served } = setupRakit()
      const { client: traced } = client({ tracePayloads })
      const frames: unknown[] = []
      traced.trace.subscribe((entry) => entry.type === 'frame' && frames.push(entry.text))
      await traced.connect()
      traced.rakit.broadcast('secret').catch(() => {})
      served.enter().frame('{"command":"broadcast","message":"secret"}')
      await settled()
      expect(frames.join().includes('secret')).toBe(tracePayloads)
      expect(frames.length).toBeGreaterThan(3)
    }
  })
})
