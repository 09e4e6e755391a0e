import { describe, expect, it } from 'vitest'
import { type AddressOptions, createAddress } from './address.ts'

const KEY = 'app-key'
const QUERY = '?protocol=7&client=realtime-js&version=1&flash=false'

const address = async (options: Omit<AddressOptions, 'key'>): Promise<string> => {
  const { url } = createAddress({ key: KEY, ...options })
  return url instanceof Function ? url() : url
}

describe('createAddress', () => {
  it.each<[string, Omit<AddressOptions, 'key'>, string]>([
    ['this machine without TLS', { host: 'localhost', port: 6001 }, 'ws://localhost:6001/app/app-key'],
    ['this machine by number', { wsHost: '127.0.0.1' }, 'ws://127.0.0.1:80/app/app-key'],
    ['another machine with TLS', { wsHost: 'ws.example.org' }, 'wss://ws.example.org:443/app/app-key'],
    ['a cluster of Pusher', { cluster: 'eu' }, 'wss://ws-eu.pusher.com:443/app/app-key'],
    ['a host rather than a cluster', { cluster: 'mt1', wsHost: 'a.test' }, 'wss://a.test:443/app/app-key'],
    ['an empty cluster, as Echo gives it', { cluster: '', wsHost: 'a.test' }, 'wss://a.test:443/app/app-key'],
    ['no TLS when told', { wsHost: 'a.test', wsPort: 8080, forceTLS: false }, 'ws://a.test:8080/app/app-key'],
    [
      'TLS when told',
      { host: 'localhost', wssPort: 8443, forceTLS: true },
      'wss://localhost:8443/app/app-key',
    ],
    [
      'the transports of Echo',
      { host: 'localhost', enabledTransports: ['ws', 'wss'] },
      'ws://localhost:80/app/app-key',
    ],
    ['only wss', { host: 'localhost', enabledTransports: ['wss'] }, 'wss://localhost:443/app/app-key'],
    [
      'ports as text, from the environment',
      { host: 'localhost', wsPort: '8080' },
      'ws://localhost:8080/app/app-key',
    ],
    [
      'the usual port for one that is empty',
      { host: 'localhost', wsPort: '' },
      'ws://localhost:80/app/app-key',
    ],
    [
      'the usual port for none',
      { host: 'a.test', port: '', wssPort: null as never },
      'wss://a.test:443/app/app-key',
    ],
    [
      'without looking at a port that is not used',
      { host: 'localhost', wsPort: 8080, wssPort: 'none' },
      'ws://localhost:8080/app/app-key',
    ],
    ['an address in brackets', { host: '[::1]', port: 8080 }, 'ws://[::1]:8080/app/app-key'],
    ['a path', { host: 'localhost', wsPath: '/realtime' }, 'ws://localhost:80/realtime/app/app-key'],
    [
      'a path without a slash',
      { host: 'localhost', wsPath: 'realtime' },
      'ws://localhost:80/realtime/app/app-key',
    ],
    ['a url', { url: 'ws://a.test:6001' }, 'ws://a.test:6001/app/app-key'],
    ['a url with a slash', { url: 'wss://a.test/' }, 'wss://a.test/app/app-key'],
    ['a url with the app', { url: 'ws://a.test/app/other' }, 'ws://a.test/app/other'],
    ['a function for a url', { url: async () => 'wss://a.test' }, 'wss://a.test/app/app-key'],
  ])('dials %s', async (_what, options, expected) => {
    expect(await address(options)).toBe(expected + QUERY)
  })

  it('leaves the query of a url alone', async () => {
    expect(await address({ url: 'ws://a.test/app/x?protocol=7' })).toBe('ws://a.test/app/x?protocol=7')
  })

  it.each<[string, unknown]>([
    ['key', {}],
    ['key', { key: '', host: 'a.test' }],
    ['key', { key: undefined, host: 'a.test' }],
    ['host', { key: KEY }],
    ['host', { key: KEY, wsHost: '', cluster: '' }],
    ['port', { key: KEY, host: 'a.test', port: 70_000 }],
    ['wsPort', { key: KEY, host: 'a.test', wsPort: 'eighty', forceTLS: false }],
    ['wsPort', { key: KEY, host: 'localhost', wsPort: -1 }],
    ['wsPort', { key: KEY, host: 'localhost', wsPort: '0' }],
    ['host', { key: KEY, host: 'https://a.test' }],
    ['host', { key: KEY, host: 'localhost:8080' }],
    ['host', { key: KEY, host: '[::1]:8080' }],
    ['host', { key: KEY, host: '[::1' }],
    ['host', { key: KEY, host: '::1' }],
    ['host', { key: KEY, host: 'a.test/ws' }],
    ['host', { key: KEY, host: ' a.test' }],
    ['wssPort', { key: KEY, host: 'a.test', wssPort: 1.5 }],
    ['enabledTransports', { key: KEY, host: 'a.test', enabledTransports: ['xhr_polling'] }],
  ])('throws option.invalid naming %s', (option, options) => {
    expect(() => createAddress(options as AddressOptions)).toThrow(
      expect.objectContaining({ code: 'option.invalid', details: expect.objectContaining({ option }) }),
    )
  })

  it('goes on with TLS, once', async () => {
    const { url, secure } = createAddress({ key: KEY, host: 'localhost', wssPort: 8443 })
    expect([secure(), secure()]).toEqual([true, false])
    expect(await (url as () => string)()).toBe(`wss://localhost:8443/app/app-key${QUERY}`)
  })

  it('goes on with TLS to a url, and has nothing more to offer where it was so already', async () => {
    const plain = createAddress({ key: KEY, url: 'ws://a.test' })
    await (plain.url as () => Promise<string>)()
    expect(plain.secure()).toBe(true)
    expect(await (plain.url as () => Promise<string>)()).toBe(`wss://a.test/app/app-key${QUERY}`)
    const tls = createAddress({ key: KEY, url: 'wss://a.test' })
    await (tls.url as () => Promise<string>)()
    expect(tls.secure()).toBe(false)
  })
})
