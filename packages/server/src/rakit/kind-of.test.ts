import { describe, expect, it } from 'vitest'
import { kindOf } from './kind-of.ts'

describe('kindOf', () => {
  it.each([
    ['plain', 'text', []],
    ['{"message":"x"}', 'text', []],
    ['{"ping":1}', 'ping', []],
    ['{"command":"presence"}', 'presence', []],
    ['{"command":7}', 'command', []],
    ['{"event":"subscribe","channel":"chat"}', 'subscribe', ['chat']],
    ['{"channel":"chat","data":1,"client_id":"a"}', 'channel', ['chat']],
    ['{"type":"presence","users":{}}', 'presence', []],
    ['{"to":"a","message":"x"}', 'to', []],
  ])('calls %s %s', (frame, type, channels) => {
    expect(kindOf(frame)).toEqual({ type, channels })
  })

  it('calls bytes text, as nobody reads them', () => {
    expect(kindOf(new Uint8Array(2))).toEqual({ type: 'text', channels: [] })
  })
})
