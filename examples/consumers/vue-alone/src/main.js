import { createRawWs } from '@org/realtime-raw-ws'
import { createHooks } from '@org/realtime-vue'

const client = createRawWs({ url: process.env['REALTIME_URL'] ?? 'ws://127.0.0.1:6001/raw' })
const room = client.untyped('room.7')
const heard = new Promise((resolve) => {
  room.on('Said', ({ text }) => resolve(text))
})
const { useStatus } = createHooks(client)
if (useStatus().value.human !== 'fine') throw new Error('The composables do not run')
await client.connect()
const { outcome } = await room.publish('Said', { text: 'hi' }, { delivery: 'at-least-once' })
console.log(`${outcome}, heard ${await heard}`)
await client.close()
