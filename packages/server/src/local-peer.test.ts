import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { isLocalPeer } from './local-peer.ts'

const from = (remoteAddress: string, headers: IncomingMessage['headers'] = {}) =>
  isLocalPeer({ socket: { remoteAddress } as IncomingMessage['socket'], headers })

describe('isLocalPeer', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('takes %s for this machine', (address) => {
    expect(from(address)).toBe(true)
  })

  it.each(['10.0.0.1', '::ffff:10.0.0.1', '1127.0.0.1', '::2', ''])('takes %s for another', (address) => {
    expect(from(address)).toBe(false)
  })

  it('believes no proxy on this machine', () => {
    expect(from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false)
  })
})
