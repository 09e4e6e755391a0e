import { describe, expect, it } from 'vitest'
import { createHostCheck, createOriginCheck } from './origin.ts'

describe('createOriginCheck', () => {
  it.each([
    ['own', undefined, true],
    ['own', 'http://localhost:3000', true],
    ['own', 'https://app.localhost', true],
    ['own', 'http://[::1]:8080', true],
    ['own', 'https://rt.example.org', true],
    ['own', 'https://evil.example', false],
    ['own', 'http://localhost.evil.example', false],
    ['own', 'null', false],
    ['own', '', false],
    ['any', 'https://evil.example', true],
  ] as const)('%s: %j is %s', (origins, origin, isAllowed) => {
    expect(createOriginCheck(origins)(origin, 'RT.example.org')).toBe(isAllowed)
  })

  it.each([
    ['https://app.example.org', 'https://app.example.org', true],
    ['https://App.Example.org', 'https://app.example.org', true],
    ['https://app.example.org', 'https://app.example.org:8443', false],
    ['https://app.example.org', 'http://app.example.org', false],
    ['https://app.example.org', 'https://appxexample.org', false],
    ['https://app.example.org', 'https://app.example.org.evil.example', false],
    ['https://*.example.org', 'https://a.b.example.org', true],
    ['https://*.example.org', 'https://example.org', false],
    ['https://*.example.org', 'https://evil.example/x.example.org', false],
    ['http://localhost:*', 'http://localhost:5173', true],
    ['http://localhost:5173', 'http://localhost:5174', false],
    ['https://app.example.org', undefined, true],
  ])('[%s]: %s is %s', (pattern, origin, isAllowed) => {
    expect(createOriginCheck([pattern])(origin, 'x')).toBe(isAllowed)
  })

  it.each(['app.example.org', 'https://', 'https://a.*.org', '*', 'https://x/path'])(
    'refuses the pattern %s',
    (pattern) => {
      expect(() => createOriginCheck([pattern])).toThrow('Option origins must be')
    },
  )
})

describe('createHostCheck', () => {
  it.each([
    [['localhost'], 'localhost:6001', true],
    [['localhost'], 'app.localhost', true],
    [['127.0.0.1', '[::1]'], '[::1]:6001', true],
    [['127.0.0.1'], '127.0.0.1:6001', true],
    [['localhost'], 'evil.example:6001', false],
    [['RT.example.org'], 'rt.example.org', true],
    [['rt.example.org'], 'app.localhost', false],
    [['localhost'], undefined, false],
    [['localhost'], 'a b', false],
    ['any', 'evil.example', true],
  ] as const)('%j: %j is %s', (hosts, host, isAllowed) => {
    expect(createHostCheck(hosts)(host)).toBe(isAllowed)
  })
})
