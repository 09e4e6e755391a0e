import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'
import { createMemoryTransport } from './memory-transport.ts'
import { type ReplyRule, type ScriptOptions, scriptPeer } from './scripted-peer.ts'
import { settled } from './settled.ts'

async function setup(rules: readonly ReplyRule[], options?: ScriptOptions) {
  const transport = createMemoryTransport()
  const script = scriptPeer(transport, rules, options)
  const log: unknown[] = []
  const events = {
    open: () => log.push('open'),
    end: () => log.push('end'),
    frame: (frame: unknown) => log.push(frame),
  }
  const session = transport({ url: 'ws://memory', subprotocols: [] }, events)
  await settled()
  return { script, session, log, transport }
}

describe('scriptPeer', () => {
  it('accepts, greets and answers by the first rule that fits', async () => {
    const { session, log } = await setup(
      [
        { when: 'ping', reply: 'pong' },
        { when: /^p/, reply: ['x', 'y'] },
        { when: (frame) => typeof frame !== 'string', reply: (frame) => `bytes: ${frame}` },
      ],
      { greeting: 'hello' },
    )
    session.send('ping')
    session.send('push')
    session.send(Uint8Array.of(1, 2))
    session.send('unknown')
    await settled()
    expect(log).toEqual(['open', 'hello', 'pong', 'x', 'y', 'bytes: 1,2'])
  })

  it('uses a rule no more often than it may', async () => {
    const { session, log } = await setup([
      { when: 'a', reply: 'first', times: 1 },
      { when: 'a', reply: 'later' },
    ])
    for (let count = 0; count < 3; count++) session.send('a')
    await settled()
    expect(log.slice(1)).toEqual(['first', 'later', 'later'])
  })

  it('answers late by the clock, and not at all when the session is over by then', async () => {
    const clock = createFakeClock()
    const { session, log, transport } = await setup([{ when: 'a', reply: 'b', afterMs: 50 }], { clock })
    session.send('a')
    await clock.advance(49)
    expect(log.slice(1)).toEqual([])
    await clock.advance(1)
    session.send('a')
    await settled()
    transport.last.end()
    await clock.advance(50)
    expect(log.slice(1)).toEqual(['b', 'end'])
  })

  it('lets a rule play the peer itself', async () => {
    const { session, log } = await setup([{ when: 'bye', reply: (_frame, peer) => peer.end({ code: 4000 }) }])
    session.send('bye')
    await settled()
    expect(log).toEqual(['open', 'end'])
  })

  it('leaves ignored frames unanswered and puts faults into its own', async () => {
    const { script, session, log } = await setup([{ when: /./, reply: 'ok' }])
    script.ignore('ping')
    session.send('ping')
    session.send('a')
    await settled()
    script.drop()
    session.send('b')
    session.send('c')
    await settled()
    script.stop()
    session.send('d')
    await settled()
    expect(log.slice(1)).toEqual(['ok', 'ok'])
  })

  it('plays one session when given a peer', async () => {
    const transport = createMemoryTransport({ autoAccept: true })
    const log: unknown[] = []
    const events = { open() {}, end() {}, frame: (frame: unknown) => log.push(frame) }
    const session = transport({ url: 'ws://memory', subprotocols: [] }, events)
    await settled()
    scriptPeer(transport.last, [{ when: 'a', reply: 'b' }])
    session.send('a')
    await settled()
    expect(log).toEqual(['b'])
  })
})
