import { setTimeout as sleep } from 'node:timers/promises'
import { createMqtt } from '@org/realtime-mqtt'
import Pusher from 'pusher'
import { channels, type Job } from './channels.ts'

const { MQTT_URL: url = 'mqtt://127.0.0.1:1883', PUSHER_HOST: host = '127.0.0.1:6001' } = process.env
const WORK_MS = 200

const [hostname = '', port = ''] = host.split(':')
const pages = new Pusher({
  appId: 'worker',
  key: 'worker-key',
  secret: 'worker-secret',
  host: hostname,
  port,
  useTLS: false,
})

const client = createMqtt({
  channels,
  url,
  clientId: 'resize-worker',
  credentials: { username: 'resize-worker' },
  clean: false,
  manualAck: true,
  receiveMaximum: 1,
})

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

async function work({ id, image }: Job): Promise<void> {
  await sleep(WORK_MS)
  await pages.trigger('jobs', 'JobDone', { id, image })
  console.log(`Job ${id}: ${image} is done`)
}

client.onError((error) => console.error(error.message))
client.status.subscribe(({ status }) => console.log(`Worker is ${status}`))

const jobs = client
  .channel('jobs/resize', { qos: 1 })
  .events('message', { signal: stopping.signal, meta: true })
for await (const [job, { ack }] of jobs) {
  await work(job)
  ack?.()
}
await client.close({ drainMs: 1000 })
