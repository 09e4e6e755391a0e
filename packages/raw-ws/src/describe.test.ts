import { describe, expect, it } from 'vitest'
import { toBinaryFrame } from './binary-frame.ts'
import { describeFrame } from './describe.ts'

const hello = '{"t":"hello","v":1,"token":"secret","session":"secret"}'
const subbed = '{"t":"subbed","ch":"a","members":[{"id":"m","info":{"name":"secret"}}]}'
const nested = '{"t":"pub","ch":"a","ev":"said","data":{"token":"secret","text":"hi"}}'

describe('describeFrame', () => {
  it('shows what a frame is about, without tokens, sessions and payloads', () => {
    expect([hello, subbed, nested].map((frame) => describeFrame(frame, false))).toEqual([
      '{"t":"hello","v":1,"token":"…","session":"…"}',
      '{"t":"subbed","ch":"a","members":[{"id":"m","info":"…"}]}',
      '{"t":"pub","ch":"a","ev":"said","data":"…"}',
    ])
  })

  it('shows payloads when asked, but nothing in them that is named like a secret', () => {
    expect(describeFrame(nested, true)).toBe(
      '{"t":"pub","ch":"a","ev":"said","data":{"token":"…","text":"hi"}}',
    )
    expect(describeFrame(hello, true)).not.toContain('secret')
  })

  it('shows the header of a binary frame', () => {
    expect(describeFrame(toBinaryFrame('{"t":"msg","ch":"a"}', Uint8Array.of(1)), true)).toBe(
      '{"t":"msg","ch":"a"}',
    )
  })

  it.each(['secret', '', new Uint8Array(1)])('shows nothing of what it cannot read', (frame) => {
    expect(describeFrame(frame, true)).toBe('unreadable')
  })
})
