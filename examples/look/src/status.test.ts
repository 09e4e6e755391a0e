import { RealtimeError } from '@org/realtime-core'
import { describe, expect, it } from 'vitest'
import { toEnd } from './status.ts'

const failed = (lastError?: RealtimeError) => toEnd({ status: 'failed', lastError })?.text

describe('toEnd()', () => {
  it('says nothing of a line that is there or may come back', () => {
    for (const status of ['idle', 'connecting', 'connected', 'reconnecting', 'paused'] as const)
      expect(toEnd({ status, lastError: new RealtimeError('connection.refused', '', {}) })).toBeUndefined()
  })

  it('says why it has ended, each in its own words', () => {
    const codes = [
      'auth.failed',
      'connection.refused',
      'connection.replaced',
      'connection.gave-up',
      'protocol.violation',
    ] as const
    const texts = codes.map((code) => failed(new RealtimeError(code, '', {})))
    expect(new Set(texts).size).toBe(codes.length)
    expect(texts.at(-1)).toBe(failed())
    for (const text of texts) expect(text).toMatch(/^The .+\. Nothing new arrives here\.$/)
  })

  it('tells who has left alone from who was sent away', () => {
    expect(toEnd({ status: 'closed', lastError: undefined })).toMatchObject({
      action: 'Connect',
      tone: 'rest',
    })
    expect(toEnd({ status: 'failed', lastError: undefined })).toMatchObject({
      action: 'Try again',
      tone: 'bad',
    })
  })
})
