import { describe, expect, it } from 'vitest'
import { parseBinaryFrame } from './binary-frame.ts'
import { message, setupStrict } from './strict-test-setup.ts'

async function setup() {
  const strict = setupStrict()
  const opened = await strict.open()
  opened.heard()
  return { ...strict, ...opened }
}

const wanted = (id = '1', more = {}) => message({ id, delivery: 'at-least-once', ...more })

describe('strict publishes', () => {
  it('sends without asking for an answer, and waits for one when delivery asks for it', async () => {
    const { link, heard } = await setup()
    expect([link.publish?.(message()), link.publish?.(wanted('2'))]).toEqual(['sent', 'pending'])
    const frame = { t: 'pub', ch: 'room', ev: 'said', data: { text: 'ä' } }
    expect(heard()).toEqual([
      { ...frame, id: '1' },
      { ...frame, id: '2', ack: true },
    ])
  })

  it('sends direct messages to the client that the name means', async () => {
    const { link, heard } = await setup()
    link.publish?.(wanted('1', { key: '@c-9', payload: '7' }))
    expect(heard()).toEqual([{ t: 'send', to: 'c-9', id: '1', ev: 'said', ack: true, data: 7 }])
  })

  it('sends bytes as they are', async () => {
    const { link, peer } = await setup()
    link.publish?.(message({ payload: Uint8Array.of(0, 255) }))
    const read = parseBinaryFrame(peer.sent.at(-1) as Uint8Array)
    expect([read?.header, read?.payload]).toEqual([
      '{"t":"pub","ch":"room","id":"1","ev":"said"}',
      Uint8Array.of(0, 255),
    ])
  })

  it('settles each publish once, by its id', async () => {
    const { link, log, say } = await setup()
    link.publish?.(wanted('1'))
    link.publish?.(wanted('2'))
    const refusal = { t: 'nack', id: '2', code: 'forbidden', message: 'No', ch: 'room', ev: 'said' }
    await say({ t: 'ack', id: '1', off: 3 }, { t: 'ack', id: '1' }, { t: 'ack', id: 'unknown' }, refusal)
    expect(log).toMatchObject([
      ['settled', '1', 'acknowledged'],
      [
        'settled',
        '2',
        {
          refused: {
            code: 'publish.refused',
            details: { channel: 'room', event: 'said', id: '2', code: 'forbidden' },
          },
        },
      ],
    ])
  })

  it('tells the refusal of a publish that nobody waits for as an error', async () => {
    const { link, log, say } = await setup()
    link.publish?.(message())
    await say({ t: 'nack', id: '1', code: 'forbidden', message: 'No', ch: 'room', ev: 'said' })
    await say({ t: 'nack', id: 'x', code: 'bad-name', message: 'No' })
    expect(log).toMatchObject([
      ['error', { code: 'publish.refused', details: { channel: 'room', event: 'said', id: '1' } }],
      ['error', { code: 'publish.refused', details: { channel: '', event: '', id: 'x' } }],
    ])
  })

  it('sends again what was refused for a while', async () => {
    const { link, log, say, clock } = await setup()
    link.publish?.(wanted())
    await say({ t: 'nack', id: '1', code: 'rate-limited', message: 'Slowly', retryMs: 400 })
    await clock.advance(399)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual([['settled', '1', 'resend']])
    expect(clock.pending).toEqual([])
  })

  it('is not driven into a storm by a server that wants everything again at once', async () => {
    const { link, log, say, clock } = await setup()
    link.publish?.(wanted())
    await say({ t: 'nack', id: '1', code: 'unavailable', message: 'Again', retryMs: -1 })
    await clock.advance(99)
    expect(log).toEqual([])
    await say({ t: 'refused', ch: 'room', code: 'unavailable', message: 'Again', retryMs: 0 })
    expect(log).toMatchObject([['refused', 'room', {}, { afterMs: 100 }]])
  })

  it.each([
    ['text', message({ payload: JSON.stringify('x'.repeat(950)) })],
    ['text of few characters and many bytes', message({ payload: JSON.stringify('€'.repeat(320)) })],
    ['bytes', message({ payload: new Uint8Array(960) })],
  ])('refuses %s that makes a frame over the limit, before it is sent', async (_kind, publish) => {
    const { link, heard } = await setup()
    expect(() => link.publish?.(publish)).toThrow(
      /^\[message.too-large\] Frame of 1\d\d\d bytes is over 1000/,
    )
    expect(heard()).toEqual([])
  })

  it('sends what just fits', async () => {
    const { link, peer } = await setup()
    const empty = '{"t":"pub","ch":"room","id":"1","ev":"said","data":""}'.length
    link.publish?.(message({ payload: JSON.stringify('x'.repeat(1000 - empty)) }))
    expect(peer.sent.at(-1)).toHaveLength(1000)
    expect(() => link.publish?.(message({ payload: JSON.stringify('x'.repeat(1001 - empty)) }))).toThrow(
      'too-large',
    )
  })
})
