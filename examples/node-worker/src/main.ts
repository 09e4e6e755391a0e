import { setTimeout as sleep } from 'node:timers/promises'
import { createMqtt } from '@org/realtime-mqtt'
import Pusher from 'pusher'
import { channels, type Job } from './channels.ts'

const { MQTT_URL: url = 'mqtt://127.0.0.1:1883', PUSHER_HOST: host = '127.0.0.1:6001' } = process.env
const WORK_MS = 200
const RETRY_MS = 1000

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
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)

function stop(): void {
  console.log('Worker ends after the job in hand')
  stopping.abort()
}

/** Whether it is done: it is not before pages were told. */
async function work({ id, image }: Job): Promise<boolean> {
  await sleep(WORK_MS)
  try {
    await pages.trigger('jobs', 'JobDone', { id, image })
  } catch (error) {
    console.error(`Job ${id}: pages could not be told: ${(error as Error).message}`)
    return false
  }
  console.log(`Job ${id}: ${image} is done`)
  return true
}

client.onError((error) => console.error(error.message))
client.status.subscribe(({ status }) => console.log(`Worker is ${status}`))

const jobs = client
  .channel('jobs/resize', { qos: 1 })
  .events('message', { signal: stopping.signal, meta: true })
for await (const [job, { ack }] of jobs) {
  let isDone = await work(job)
  while (!isDone && !stopping.signal.aborted) {
    await sleep(RETRY_MS)
    isDone = await work(job)
  }
  if (isDone) ack?.()
}
await client.close({ drainMs: 1000 })
