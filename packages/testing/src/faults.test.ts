import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'
import { type FaultOptions, type Faults, injectFaults } from './faults.ts'
import { createMemoryTransport } from './memory-transport.ts'
import { settled } from './settled.ts'

async function setup(options?: FaultOptions) {
  const transport = createMemoryTransport({ autoAccept: true })
  const faults = injectFaults(transport, options)
  const log: unknown[] = []
  const dial = async () => {
    const events = { open() {}, end() {}, frame: (frame: unknown) => log.push(frame) }
    const session = transport({ url: 'ws://memory', subprotocols: [] }, events)
    await settled()
    return { session, peer: transport.last }
  }
  return { faults, log, dial, ...(await dial()) }
}

describe('injectFaults', () => {
  const verbs: [string, (faults: Faults) => unknown, string[]][] = [
    ['drops the nth frame', (faults) => faults.drop(2), ['a', 'c']],
    ['duplicates the nth frame', (faults) => faults.duplicate(2), ['a', 'b', 'b', 'c']],
    ['swaps the nth frame with the next', (faults) => faults.reorder(2), ['a', 'c', 'b']],
    ['takes several faults at once', (faults) => [faults.drop(), faults.duplicate(3)], ['b', 'c', 'c']],
    ['loses everything while muted', (faults) => faults.mute(), []],
    ['does nothing once stopped', (faults) => [faults.mute(), faults.stop()], ['a', 'b', 'c']],
  ]
  it.each(verbs)('%s', async (_name, fault, expected) => {
    const { faults, peer, log } = await setup()
    fault(faults)
    peer.send('a', 'b', 'c')
    await settled()
    expect(log).toEqual(expected)
  })

  it('counts from the call on, over all sessions', async () => {
    const { faults, peer, log, dial } = await setup()
    peer.send('a')
    faults.drop(2)
    peer.send('b')
    const { peer: second } = await dial()
    second.send('c', 'd')
    await settled()
    expect(log).toEqual(['a', 'b', 'd'])
  })

  it('delays a frame by the clock, and others overtake it', async () => {
    const clock = createFakeClock()
    const { faults, peer, log } = await setup({ clock })
    faults.delay(1, 100)
    peer.send('a', 'b')
    await clock.advance(99)
    expect(log).toEqual(['b'])
    await clock.advance(1)
    expect(log).toEqual(['b', 'a'])
  })

  it('treats the other direction as well', async () => {
    const { faults, session, peer } = await setup({ direction: 'to-peer' })
    const heard: unknown[] = []
    peer.onFrame((frame) => heard.push(frame))
    faults.drop()
    session.send('a')
    session.send('b')
    faults.mute()
    session.send('c')
    faults.unmute()
    session.send('d')
    await settled()
    expect(heard).toEqual(['b', 'd'])
  })

  it('refuses what it cannot do', async () => {
    const { faults } = await setup()
    expect(() => faults.drop(0)).toThrow('counted from 1')
    expect(() => faults.delay(1, 10)).toThrow('clock')
    faults.drop(2)
    expect(() => faults.duplicate(2)).toThrow('already')
  })
})
