import { describe, expect, it } from 'vitest'
import { decoded, setupPusher } from './pusher-test-setup.ts'

const ping = { event: 'pusher:ping' }

describe('/app/{key}: silence', () => {
  it.each([
    ['pusher', { code: 4201 }],
    ['reverb', 'cut'],
  ] as const)('asks after half of the time, and then ends it, as %s does', async (dialect, end) => {
    const { connect, clock } = setupPusher({ dialect })
    const guest = await connect()
    await clock.advance(59_999)
    expect(guest.take()).toEqual([])
    await clock.advance(1)
    expect(guest.take()).toMatchObject([ping])
    await clock.advance(59_999)
    expect([guest.take(), guest.end]).toEqual([[], undefined])
    await clock.advance(1)
    expect(guest.take().map(decoded)).toMatchObject([{ event: 'pusher:error', data: { code: 4201 } }])
    if (end === 'cut') expect(guest.end).toBe('cut')
    else expect(guest.end).toMatchObject(end)
  })

  it('stays with whoever answers', async () => {
    const { connect, clock } = setupPusher()
    const guest = await connect()
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000)
      expect(guest.take()).toMatchObject([ping])
      await guest.say({ event: 'pusher:pong' })
    }
    expect(guest.end).toBeUndefined()
  })

  it('ends whom soketi has sent nothing, however much is heard', async () => {
    const { connect, clock } = setupPusher({ dialect: 'soketi' })
    const guest = await connect()
    for (let n = 0; n < 3; n++) {
      await clock.advance(30_000)
      await guest.say({ type: 'heartbeat' })
    }
    await clock.advance(29_999)
    expect(guest.end).toBeUndefined()
    await clock.advance(1)
    expect(guest.end).toMatchObject({ code: 4201 })
  })

  it('leaves whoever asks, also as soketi', async () => {
    const { connect, clock } = setupPusher({ dialect: 'soketi' })
    const guest = await connect()
    for (let n = 0; n < 10; n++) {
      await clock.advance(119_000)
      expect(await guest.say(ping)).toMatchObject([{ event: 'pusher:pong' }])
    }
    expect(guest.end).toBeUndefined()
  })
})
