import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { APP, setupPusher } from './pusher-test-setup.ts'

describe('publishPusher()', () => {
  it('publishes to a channel of an app, text as it is and anything else as JSON', async () => {
    const { connect, publishPusher } = setupPusher()
    const guest = await connect()
    await guest.join('a')
    await publishPusher('a', 'E', { n: 1 })
    await publishPusher('a', 'E', 'text', { app: APP.id })
    await settled()
    expect(guest.take()).toEqual([
      { event: 'E', channel: 'a', data: '{"n":1}' },
      { event: 'E', channel: 'a', data: 'text' },
    ])
  })

  it('leaves one socket out', async () => {
    const { connect, publishPusher } = setupPusher()
    const [one, other] = [await connect(), await connect()]
    for (const guest of [one, other]) await guest.join('a')
    await publishPusher('a', 'E', 1, { except: one.socketId })
    await settled()
    expect([one.take().length, other.take().length]).toEqual([0, 1])
  })

  it.each([
    ['a', 'pusher:x', 1, {}, 'reserved'],
    ['a b', 'E', 1, {}, 'Invalid channel name'],
    ['a', 'E', 'x'.repeat(10_241), {}, 'less than 10000 bytes'],
    ['a', 'E', 1, { app: 'other' }, 'no app other'],
  ])('refuses %s %s %.5s %j', async (channel, event, payload, options, reason) => {
    const { publishPusher } = setupPusher()
    await expect(publishPusher(channel, event, payload, options)).rejects.toMatchObject({
      code: 'publish.refused',
      message: expect.stringContaining(reason),
    })
  })

  it('refuses what is no JSON', async () => {
    const { publishPusher } = setupPusher()
    await expect(publishPusher('a', 'E', 1n)).rejects.toMatchObject({
      code: 'publish.refused',
      message: expect.stringContaining('no JSON'),
    })
  })

  it('says so where nobody is served', async () => {
    const { publishPusher } = setupPusher({ apps: [] })
    await expect(publishPusher('a', 'E')).rejects.toMatchObject({ code: 'publish.refused' })
  })
})
