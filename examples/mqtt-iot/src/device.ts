import type { Clock } from '@org/realtime-core/kit'
import { createMqtt } from '@org/realtime-mqtt'
import { channels } from './channels.ts'

const EVERY_MS = 1000
const RETAINED = { delivery: 'at-least-once', retain: true } as const

/** A thermometer that can be switched off: over TCP, with a last will. The result ends it in good order. */
export function startDevice(id: string, url: string, clock: Clock): () => Promise<void> {
  const client = createMqtt({
    channels,
    url,
    clock,
    clientId: `device-${id}`,
    credentials: { username: `device-${id}` },
    will: { topic: `devices/${id}/status`, payload: JSON.stringify('offline'), qos: 1, retain: true },
  })
  const status = client.channel('devices/{id}/status', { id })
  const temperature = client.channel('devices/{id}/temperature', { id })
  let isOn = true
  let celsius = 20

  client.channel('devices/{id}/set', { id }, { qos: 1 }).on('message', ({ on }) => {
    isOn = on
  })
  client.status.subscribe(({ status: word }) => {
    if (word === 'connected') void status.publish('message', 'online', RETAINED)
  })
  let cancel = clock.after(0, function measure() {
    celsius += (isOn ? 21 : 15) / 20 - celsius / 20 + (clock.random() - 0.5) / 5
    void temperature.publish('message', { celsius: Math.round(celsius * 10) / 10 }, { retain: true })
    cancel = clock.after(EVERY_MS, measure)
  })

  return async () => {
    cancel()
    // One that was refused for good has said so already.
    await status.publish('message', 'offline', RETAINED).catch(() => {})
    await client.close()
  }
}
