import { settled } from '@org/realtime-testing'
import { describe, expect, it } from 'vitest'
import { connected, type Setup } from './channel-test-setup.ts'
import { event, type Schema } from './index.ts'

/** A channel whose one listener has got messages already, and so gets them by the shortest way. */
async function warm(options: Setup = {}) {
  const kit = await connected({ joins: 'at once', ...options })
  const room = kit.client.untyped('a')
  const log: unknown[] = []
  const stop = room.on('said', (payload) => log.push(payload))
  await settled()
  const say = (...payloads: unknown[]): void => {
    for (const payload of payloads) kit.far().message('a', 'said', payload)
  }
  say(1, 2)
  return { ...kit, room, log, stop, say }
}

describe('a channel with one listener, once messages have come', () => {
  it('brings the next ones to a listener that was added since', async () => {
    const { room, log, say } = await warm()
    room.on('said', (payload) => log.push(`second ${payload}`))
    say(3)
    room.onAny(({ payload }) => log.push(`any ${payload}`))
    say(4)
    expect(log).toEqual([1, 2, 3, 'second 3', 4, 'second 4', 'any 4'])
  })

  it('brings none to a listener that was removed, also by itself in the middle of one', async () => {
    const { log, room, say, stop } = await warm()
    stop()
    say(3)
    const own = room.on('said', (payload) => {
      log.push(payload)
      own()
    })
    say(4, 5)
    expect(log).toEqual([1, 2, 4])
  })

  it('holds them back while a gap handler is at work', async () => {
    const { far, log, room, say } = await warm()
    let finish = (): void => {}
    room.onGap(
      () =>
        new Promise<void>((resolve) => {
          // What comes before the promise is there is not held back, and must not open a way around it.
          say(3)
          finish = resolve
        }),
    )
    far().gap('a', 'unknown')
    say(4, 5)
    expect(log).toEqual([1, 2, 3])
    finish()
    await settled()
    say(6)
    expect(log).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('keeps them behind an event whose schema takes its time', async () => {
    let finish = (_checked: { value: unknown }): void => {}
    const slow: Schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () =>
          new Promise((resolve) => {
            finish = resolve
          }),
      },
    }
    const { far, log, room, say } = await warm({
      channels: { a: { said: event(), slow } },
      validate: 'always',
    })
    room.on('slow', (payload) => log.push(payload))
    say(3)
    far().message('a', 'slow', 'x')
    say(4)
    expect(log).toEqual([1, 2, 3])
    finish({ value: 'checked' })
    await settled()
    say(5)
    expect(log).toEqual([1, 2, 3, 'checked', 4, 5])
  })

  it('brings none of a line that is lost, and those of the next one', async () => {
    const { blink, fars, log, say } = await warm()
    await blink()
    fars[0]?.message('a', 'said', 'late')
    say(3)
    expect(log).toEqual([1, 2, 3])
  })

  it('hears meta and undecoded payloads as before', async () => {
    const { far, room, say } = await warm()
    const log: unknown[] = []
    room.leave({ now: true })
    room.on('said', (payload, meta) => log.push([payload, { ...meta }]))
    await settled()
    say(3)
    far().message('a', 'said', '4', { offset: 9 } as object, (text) => Number(text))
    say(5)
    expect(log).toEqual([
      [3, { channel: 'a', event: 'said' }],
      [4, { channel: 'a', event: 'said', offset: 9 }],
      [5, { channel: 'a', event: 'said' }],
    ])
  })

  it('tells of a listener that throws, and goes on', async () => {
    const { room, log, say, stop, takeErrors } = await warm()
    stop()
    room.on('said', (payload) => {
      log.push(payload)
      throw new Error('mine')
    })
    say(3, 4)
    expect(log).toEqual([1, 2, 3, 4])
    expect(takeErrors().map(({ code, details }) => [code, details])).toEqual([
      ['listener.failed', { channel: 'a', event: 'said' }],
      ['listener.failed', { channel: 'a', event: 'said' }],
    ])
  })
})
