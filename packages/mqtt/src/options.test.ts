import { describe, expect, it } from 'vitest'
import { createMqtt } from './create-mqtt.ts'
import type { MqttOptions } from './mqtt-options.ts'

describe('createMqtt', () => {
  it.each([
    [{ keepAliveMs: -1 }, 'keepAliveMs'],
    [{ keepAliveMs: 65_535_001 }, 'keepAliveMs'],
    [{ sessionExpiryMs: Number.NaN }, 'sessionExpiryMs'],
    [{ inFlight: 0 }, 'inFlight'],
    [{ receiveMaximum: 65_536 }, 'receiveMaximum'],
    [{ maximumPacketBytes: 1 }, 'maximumPacketBytes'],
    [{ topicAliasMaximum: -1 }, 'topicAliasMaximum'],
    [{ version: 3 }, 'version'],
    [{ republish: 'qos2' }, 'republish'],
    [{ events: 'first-level' }, 'events'],
    [{ will: { topic: 'a/#', payload: '' } }, 'will.topic'],
    [{ will: { payload: '' } }, 'will.topic'],
    [{ will: { topic: 'a', payload: '', qos: 3 } }, 'will.qos'],
    [{ will: { topic: 'a', payload: '', delayMs: -1 } }, 'will.delayMs'],
    [{ receiveMaximum: 1.5 }, 'receiveMaximum'],
    [{ payload: 'xml' }, 'payload'],
    [{ clean: false, store: './session' }, 'store'],
  ])('refuses %j by its name', (options, option) => {
    expect(() =>
      createMqtt({ url: 'ws://broker', ...(options as unknown as Partial<MqttOptions<never>>) }),
    ).toThrow(
      expect.objectContaining({ code: 'option.invalid', details: expect.objectContaining({ option }) }),
    )
  })
})
