import type { Frame } from '@org/realtime-core/kit'
import { describe, expect, it } from 'vitest'
import { carry } from './carry.ts'
import { createMemoryTransport } from './memory-transport.ts'
import { settled } from './settled.ts'

function setup() {
  const transport = createMemoryTransport()
  const log: unknown[] = []
  const carried = carry(transport, {
    subprotocols: ['v1'],
    send: (frame: Frame) => log.push(frame),
    close: (code, reason) => log.push(['close', code, reason]),
    cut: () => log.push('cut'),
  })
  const heard: Frame[] = []
  const peer = transport.last
  peer.onFrame((frame) => heard.push(frame))
  return { transport, carried, peer, log, heard }
}

describe('carry', () => {
  it('brings frames of the socket to the far end, also those from before it was let in', async () => {
    const { carried, peer, heard } = setup()
    carried.frame('early')
    await settled()
    peer.accept()
    carried.frame('too')
    await settled()
    carried.frame(Uint8Array.of(1))
    await settled()
    expect([peer.target.subprotocols, heard]).toEqual([['v1'], ['early', 'too', Uint8Array.of(1)]])
  })

  it('brings frames of the far end to the socket, in bytes that are its own', async () => {
    const { peer, log } = setup()
    peer.accept()
    peer.send('a', Uint8Array.of(1, 2))
    await settled()
    expect(log).toEqual(['a', Uint8Array.of(1, 2)])
  })

  it('ends the socket as the far end does, and cuts it where no close frame may', async () => {
    const [closed, dropped, refused] = [setup(), setup(), setup()]
    closed.peer.accept()
    closed.peer.end({ code: 4001, reason: 'no' })
    dropped.peer.accept()
    dropped.peer.drop()
    refused.peer.refuse()
    await settled()
    expect([closed.log, dropped.log, refused.log]).toEqual([[['close', 4001, 'no']], ['cut'], ['cut']])
    closed.carried.frame('too late')
  })

  it('ends the session as the socket does', async () => {
    const { carried, peer, transport } = setup()
    peer.accept()
    await settled()
    carried.over(4002, 'enough')
    await settled()
    expect([peer.state, peer.closedBy, transport.open]).toEqual([
      'over',
      { code: 4002, reason: 'enough' },
      [],
    ])
  })
})
