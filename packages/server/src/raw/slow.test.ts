import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { setupRaw } from './raw-test-setup.ts'

const KB = 1024
const limits = { bufferBytes: 64 * KB }

describe('/raw: a client that reads too slowly', () => {
  it('is ended when more than bufferBytes wait for it, and nobody else notices', async () => {
    const { enter, publish } = setupRaw({ limits })
    const [slow, other] = [await enter('a'), await enter('a')]
    for (const guest of [slow, other]) guest.take()
    slow.bufferedBytes = 64 * KB
    await publish('a', 'said', 1)
    expect(slow.take()).toMatchObject([{ t: 'msg', off: 1 }])
    slow.bufferedBytes++
    await publish('a', 'said', 2)
    expect([slow.end, slow.take()]).toMatchObject([{ code: 4005 }, []])
    expect(other.take()).toHaveLength(2)
  })

  it('is ended too when it only asks and never reads', async () => {
    const { enter } = setupRaw({ limits })
    const guest = await enter()
    guest.bufferedBytes = 65 * KB
    await guest.say({ t: 'ping' })
    expect(guest.end).toMatchObject({ code: 4005 })
  })

  it('gets no messages for a while with the policy drop, and hears of the gap when it reads again', async () => {
    const { enter, publish, clock } = setupRaw({ limits, slowConsumer: 'drop' })
    const guest = await enter('a')
    const { epoch } = await publish('a', 'said', 1)
    guest.bufferedBytes = 33 * KB
    for (const n of [2, 3]) await publish('a', 'said', n)
    await clock.advance(500)
    expect(guest.take().map((frame) => Object(frame).t)).toEqual(['msg'])
    guest.bufferedBytes = 0
    await clock.advance(100)
    expect(guest.take()).toEqual([{ t: 'gap', ch: 'a', epoch, off: 3 }])
    await publish('a', 'said', 4)
    expect(guest.take()).toMatchObject([{ t: 'msg', off: 4 }])
  })

  it('hears of the gap before the next message when that comes first', async () => {
    const { enter, publish, clock } = setupRaw({ limits, slowConsumer: 'drop' })
    const guest = await enter('a')
    guest.take()
    guest.bufferedBytes = 33 * KB
    const { epoch } = await publish('a', 'said', 1)
    guest.bufferedBytes = 0
    await publish('a', 'said', 2)
    await clock.advance(1000)
    expect(guest.take()).toMatchObject([
      { t: 'gap', epoch, off: 1 },
      { t: 'msg', off: 2 },
    ])
  })

  it('gets what it missed no faster than it reads, and then what came meanwhile', async () => {
    const { enter, publish, clock } = setupRaw({ limits })
    const { epoch } = await publish('a', 'said', 1)
    for (const n of [2, 3]) await publish('a', 'said', n)
    const guest = await enter()
    guest.bufferedBytes = 17 * KB
    guest.send({ t: 'sub', chs: [{ ch: 'a', epoch, off: 1 }] })
    await clock.advance(100)
    expect(guest.take()).toEqual([])
    await publish('a', 'said', 4)
    guest.bufferedBytes = 0
    await clock.advance(20)
    expect(guest.take().map((frame) => Object(frame).off)).toEqual([1, 2, 3, 4])
  })

  it('leaves nothing behind when it goes while it is waited for', async () => {
    const { enter, publish, clock, channels } = setupRaw({ limits })
    const { epoch } = await publish('a', 'said', 1)
    const guest = await enter()
    guest.bufferedBytes = 17 * KB
    guest.send({ t: 'sub', chs: [{ ch: 'a', epoch, off: 0 }] })
    await settled()
    await guest.drop()
    await clock.advance(20)
    expect([channels(), guest.take()]).toEqual([[], []])
  })

  it('is ended when more changes come than may wait for the answer to its join', async () => {
    const { enter, core, publish, clock } = setupRaw({ limits, history: { messages: 0 } })
    const guest = await enter()
    guest.bufferedBytes = 17 * KB
    guest.send({ t: 'sub', chs: [{ ch: 'a' }] })
    await settled()
    for (let n = 0; n <= 10_000; n++) void core.adapter.append('a', { event: 'said', payload: undefined })
    await publish('a', 'said')
    expect(guest.end).toMatchObject({ code: 1013 })
    await clock.advance(20)
  })
})
