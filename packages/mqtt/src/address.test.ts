import { describe, expect, it } from 'vitest'
import { toAddress } from './address.ts'
import { createMqtt } from './create-mqtt.ts'

describe('toAddress', () => {
  it.each([
    ['broker.example.org', 'ws://broker.example.org/mqtt'],
    ['localhost:8083', 'ws://localhost:8083/mqtt'],
    ['[::1]:8083', 'ws://[::1]:8083/mqtt'],
    ['broker/other', 'ws://broker/other'],
    ['ws://broker', 'ws://broker/mqtt'],
    ['wss://broker:443', 'wss://broker:443/mqtt'],
    ['wss://broker/', 'wss://broker/'],
    ['wss://broker/path?token=1', 'wss://broker/path?token=1'],
    ['wss://broker?token=1', 'wss://broker?token=1'],
    ['https://broker', 'wss://broker/mqtt'],
    ['mqtt://broker', 'mqtt://broker'],
    ['tcp://broker:1883', 'mqtt://broker:1883'],
    ['mqtts://broker', 'mqtts://broker'],
    ['ssl://broker', 'mqtts://broker'],
    ['/mqtt', '/mqtt'],
  ])('makes %s into %s', (given, address) => expect(toAddress(given)).toBe(address))

  it('refuses what no client of MQTT speaks', () => {
    expect(() => toAddress('ftp://broker')).toThrow('[option.invalid]')
  })

  it.each(['mqtt://me:secret@broker', 'wss://me:secret@broker/mqtt', 'me:secret@broker'])(
    'refuses user and password in %s, which nobody would use, and does not repeat them',
    (url) => {
      expect(() => toAddress(url)).toThrow(/^\[option.invalid] Option url must be (?!.*secret).*credentials$/)
    },
  )

  it('of a client that cannot be right stops it for good', async () => {
    for (const url of ['ftp://broker', 'mqtt://', 'ws://a b', undefined]) {
      const client = createMqtt({ url: url as string })
      await expect(client.connect()).rejects.toMatchObject({ code: 'option.invalid' })
      expect(client.status.get().status).toBe('failed')
    }
  })
})
