import { describe, expect, it } from 'vitest'
import { createRedact } from './redact.ts'

const redact = createRedact()

describe('createRedact', () => {
  it.each([
    ['{"t":"hello","v":1,"token":"s3cret"}', '{"t":"hello","v":1,"token":"[redacted]"}'],
    ['{"session" : "s3cret", "client":"c1"}', '{"session" : "[redacted]", "client":"c1"}'],
    ['{"password":"a\\"s3cret","x":1}', '{"password":"[redacted]","x":1}'],
    ['{"secret":["s3cret","s3cret2"],"a":[1]}', '{"secret":"[redacted]","a":[1]}'],
    ['{"secret":[["s3cret"],"s3cret2"],"a":[1]}', '{"secret":"[redacted]","a":[1]}'],
    ['{"credentials":{"a":"}\\"s3cret","b":{"c":"s3cret"}},"x":1}', '{"credentials":"[redacted]","x":1}'],
    [
      '{"data":"{\\"auth\\":{\\"a\\":\\"s3cret\\\\\\"}\\"},\\"b\\":1}"}',
      '{"data":"{\\"auth\\":\\"[redacted]\\",\\"b\\":1}"}',
    ],
    ['{ auth: { user: 1, key: [s3cret] }, x: 1 }', '{ auth: [redacted], x: 1 }'],
    ['{"auth":{"a":"s3cret', '{"auth":"[redacted]"'],
    ['{"secret":1234}', '{"secret":[redacted]}'],
    [
      '{"data":"{\\"auth\\":\\"key:s3cret\\",\\"a\\":1}"}',
      '{"data":"{\\"auth\\":\\"[redacted]\\",\\"a\\":1}"}',
    ],
    ['{"access_token":"s3cret', '{"access_token":"[redacted]"'],
    ['/raw?token=s3cret&v=1', '/raw?token=[redacted]&v=1'],
    ["{ token: 's3cret' }", "{ token: '[redacted]' }"],
    ['Authorization: Bearer s3cret.abc', 'Authorization: [redacted]'],
    ['it said Bearer s3cret', 'it said Bearer [redacted]'],
    ['bad eyJhbGci.eyJzdWIi.c2lnbmF0', 'bad [redacted]'],
    ['no such token s3cret-of-mine', 'no such token [redacted]'],
    ['cookie: sid=s3cret', 'cookie: [redacted]'],
    ['token=true-s3cret', 'token=[redacted]'],
  ])('takes the secret out of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted)
  })

  it.each([
    '{"session_name":"Yoga","tokens":5}',
    '{"cors.credentials":false,"auth":null,"session":true}',
    'the key is app-key',
    'authorize booking.1',
    'the token expired yesterday',
  ])('leaves %s alone', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('takes known secrets out wherever they stand', () => {
    expect(createRedact(['', 'hunter2'])('a hunter2hunter2 b')).toBe('a [redacted][redacted] b')
  })

  it.each([
    ['names', '"token":"'.repeat(100_000)],
    ['backslashes', `"token":${'\\'.repeat(500_000)}"x`],
    ['dashes', 'a-'.repeat(500_000)],
    ['objects', '"token":{'.repeat(100_000)],
    ['lists', '"token":['.repeat(100_000)],
    ['quotes', `"token":"${'\\"'.repeat(500_000)}`],
  ])('comes to an end with a million characters of %s', (_name, text) => {
    expect(redact(text).length).toBeGreaterThan(0)
  })
})
