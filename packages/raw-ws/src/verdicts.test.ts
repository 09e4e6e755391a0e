import { describe, expect, it } from 'vitest'
import type { Code } from './envelope.ts'
import { toDenial, toFailure } from './verdicts.ts'

describe('toFailure', () => {
  it.each([
    [1000, undefined],
    [1001, undefined],
    [1003, ['retry', 'protocol.violation']],
    [1006, undefined],
    [1007, ['retry', 'protocol.violation']],
    [1008, ['retry', 'protocol.violation']],
    [1009, ['retry', 'protocol.violation']],
    [1011, undefined],
    [1012, undefined],
    [1013, undefined],
    [4000, ['retry', 'protocol.violation']],
    [4001, ['stop', 'auth.failed']],
    [4002, ['stop', 'connection.refused']],
    [4003, ['stop', 'connection.replaced']],
    [4004, ['retry-now', 'auth.failed']],
    [4005, undefined],
    [4006, undefined],
    [4007, ['retry-now', 'connection.lost']],
    [4008, ['retry', 'connection.timeout']],
    [4010, ['stop', 'connection.refused']],
    [4999, undefined],
  ])('makes of close code %d: %j', (code, expected) => {
    const failure = toFailure({ code, reason: 'why' })
    expect(failure && [failure.verdict, failure.error.code]).toEqual(expected)
    if (failure) expect(failure.error.details).toMatchObject({ code, reason: 'why' })
  })

  it('knows nothing of an end without a code', () => {
    expect(toFailure({ error: new Error('reset') })).toBeUndefined()
  })
})

describe('toDenial', () => {
  it.each([
    ['unauthenticated', true, 'stop', 'auth.failed'],
    ['__proto__', true, 'stop', 'connection.refused'],
    ['constructor', false, 'retry', 'connection.lost'],
    ['unauthenticated', false, 'retry', 'auth.failed'],
    ['expired', false, 'retry-now', 'auth.failed'],
    ['expired', true, 'stop', 'auth.failed'],
    ['bad-version', true, 'stop', 'connection.refused'],
    ['bad-frame', false, 'retry', 'protocol.violation'],
    ['limit', false, 'retry', 'connection.lost'],
    ['limit', true, 'stop', 'connection.refused'],
    ['rate-limited', false, 'retry', 'connection.lost'],
    ['unavailable', false, 'retry', 'connection.lost'],
  ] as const)('makes of %s, final %s: %s, %s', (code, final, verdict, error) => {
    const denial = toDenial({ code: code as Code, message: 'why', final })
    expect([denial.verdict, denial.error.code]).toEqual([verdict, error])
    expect(denial.error.details).toMatchObject({ reason: `${code}: why` })
  })
})
