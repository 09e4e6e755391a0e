import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fault, toFault } from './fault.ts'

async function inProduction(): Promise<typeof import('./fault.ts')> {
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  return await import('./fault.ts')
}

describe('fault', () => {
  it('says a sentence in development', () => {
    expect(fault('channel.timeout', { channel: 'room' }).message).toBe(
      '[channel.timeout] No answer to joining room',
    )
  })

  it('tells what its details do not hold', () => {
    expect(fault('connection.timeout', { url: 'wss://far' }, undefined, 'dialing', 10_000).message).toBe(
      '[connection.timeout] Dial took longer than 10000 ms',
    )
  })

  it.each([
    [
      'dialing',
      undefined,
      'Dial failed: does the server run, and are host, port, path and ws: or wss: right?',
    ],
    ['handshaking', 1006, 'Session ended with 1006 while handshaking'],
    [undefined, undefined, 'Transport could not start'],
  ])('says of a line that was lost while %s what to look at', (phase, code, sentence) => {
    const { message } = fault('connection.lost', code ? { code } : {}, undefined, phase)
    expect(message).toBe(`[connection.lost] ${sentence}`)
  })

  it('says of a dial that failed what its transport knows', () => {
    const { message } = fault('connection.lost', { reason: 'Use mqtt:' }, undefined, 'dialing')
    expect(message).toMatch(/right\? Use mqtt:$/)
  })

  it.each([
    ['wss://far', 'are host, port, path and ws: or wss: right?'],
    ['/raw', 'are host, port, path and ws: or wss: right?'],
    ['mqtts://far', 'are host, port and scheme right?'],
  ])('says of a dial to %s why it failed, and what %s', (url, what) => {
    const { message } = fault('connection.lost', { url }, new Error('self-signed'), 'dialing')
    expect(message).toBe(`[connection.lost] Dial failed (self-signed): does the server run, and ${what}`)
  })

  it.each([
    [new AggregateError([], ''), 'AggregateError'],
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['no route', 'no route'],
    [new Error('Cannot reach ws://far/?token=secret'), undefined],
    [new Error('far?token=secret'), undefined],
    [undefined, undefined],
  ])('says of a dial that failed with %s: %s', (cause, why) => {
    const { message } = fault('connection.lost', { url: 'ws://far' }, cause, 'dialing')
    expect(/^\S+ Dial failed(?: \((.*)\))?:/.exec(message)?.[1]).toBe(why)
  })

  it('says its code, its facts, and the words and numbers of its details in production', async () => {
    const { fault } = await inProduction()
    const error = fault('connection.timeout', { url: 'wss://far' }, undefined, 'dialing', 10_000)
    expect(error.message).toBe('[connection.timeout] dialing, 10000, wss://far')
    expect(error).toMatchObject({ code: 'connection.timeout', details: { url: 'wss://far' } })
    expect(fault('connection.closed', {}).message).toBe('[connection.closed]')
  })

  it.each([[Symbol('a')], [Object.create(null)], [1n], [{}], [undefined]])(
    'takes the value %s for no word in production',
    async (value) => {
      const { fault } = await inProduction()
      const { message } = fault('option.invalid', { option: 'url', expected: 'text', value })
      expect(message).toBe('[option.invalid] url, text')
    },
  )
})

describe('toFault', () => {
  it('keeps an error that is one already, and wraps anything else', () => {
    const known = fault('connection.stale', {})
    expect(toFault(known, 'listener.failed', {})).toBe(known)
    const cause = new Error('mine')
    expect(toFault(cause, 'listener.failed', {})).toMatchObject({ code: 'listener.failed', cause })
  })
})
