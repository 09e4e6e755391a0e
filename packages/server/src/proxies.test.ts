import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { toAddressKey } from './address-key.ts'
import { createAddressOf } from './proxies.ts'

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

describe('createAddressOf()', () => {
  it.each([
    ['no proxy', 0, '10.0.0.1', '203.0.113.9', '10.0.0.1'],
    ['one', 1, '10.0.0.1', 'forged, 203.0.113.9', '203.0.113.9'],
    ['one on this machine', 1, '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['one of IPv6', 1, 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['one that adds ports', 1, '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['one that adds ports to IPv6', 1, '10.0.0.1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['one that says no address', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
    ['one that says nothing', 1, '10.0.0.1', undefined, '10.0.0.1'],
    ['more than there are', 3, '10.0.0.1', '203.0.113.9', '10.0.0.1'],
    ['a client that passes it by', 1, '198.51.100.7', '203.0.113.9', '198.51.100.7'],
  ])('behind %s', (_, proxyHops, peer, forwarded, address) => {
    expect(createAddressOf({ proxyHops, proxies: 'private' })(request(peer, forwarded))).toBe(address)
  })

  it('believes those of a list, or anybody', () => {
    const listed = createAddressOf({
      proxyHops: 1,
      proxies: ['198.51.100.0/24', '2001:db8::/32', '192.0.2.1'],
    })
    const all = createAddressOf({ proxyHops: 1, proxies: 'any' })
    const heard = ['198.51.100.7', '2001:db8::1', '192.0.2.1', '192.0.2.2', '10.0.0.1', 'not one']
    expect(heard.map((peer) => listed(request(peer, '203.0.113.9')) === '203.0.113.9')).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
    expect(all(request('198.51.100.7', '203.0.113.9'))).toBe('203.0.113.9')
  })

  it.each(['10.0.0.0/33', 'proxy.example.org', '10.0.0', ''])('refuses %j', (proxy) => {
    expect(() => createAddressOf({ proxyHops: 1, proxies: [proxy] })).toThrow('Option proxies must be')
  })
})

describe('toAddressKey()', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:DB8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s', (address, key) => {
    expect(toAddressKey(address)).toBe(key)
  })
})
