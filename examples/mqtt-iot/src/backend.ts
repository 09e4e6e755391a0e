import type { CreateBackend } from '@org/example-backend'
import { startDevice } from './device.ts'

const DEVICES = ['kitchen', 'cellar', 'roof']
const PUBLISH = { publish: true }

export const createBackend: CreateBackend = (clock) => {
  let cut = (_id: string): void => {}
  return {
    channels: {
      'devices/{id}/temperature': PUBLISH,
      'devices/{id}/status': PUBLISH,
      'devices/{id}/set': PUBLISH,
      'devices/+/temperature': true,
      'devices/+/status': true,
    },
    routes: [
      {
        path: '/api/devices/{id}/cut',
        methods: ['POST'],
        handle(_request, reply, { id = '' }) {
          cut(id)
          reply.writeHead(202).end()
        },
      },
    ],
    start({ server, address }) {
      cut = (id) => void server.faults.add({ at: 'now', do: 'cut', client: `device-${id}` })
      // Without a port of TCP they use what the browser uses.
      const url = address.mqttUrl ?? `ws://${address.host}/mqtt`
      const devices = DEVICES.map((id) => startDevice(id, url, clock))
      return async () => void (await Promise.all(devices.map((end) => end())))
    },
  }
}
