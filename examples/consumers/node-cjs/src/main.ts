import { RealtimeError } from '@org/realtime-core'
import { createRawWs, defineChannels, event, RealtimeError as SameError } from '@org/realtime-raw-ws'

const channels = defineChannels({ 'room.{id}': { Said: event<{ text: string }>() } })
const url = process.env['REALTIME_URL'] ?? 'ws://127.0.0.1:6001/raw'

async function main(): Promise<void> {
  const client = createRawWs({ url, channels })
  const room = client.channel('room.{id}', { id: 7 })
  const heard = new Promise<string>((resolve) => {
    room.on('Said', ({ text }) => resolve(text))
  })
  // @ts-expect-error the registry has no such event
  room.on('Gone', () => {})()
  await client.connect()
  const { outcome } = await room.publish('Said', { text: 'hi' }, { delivery: 'at-least-once' })
  console.log(`${outcome}, heard ${await heard}`)
  await client.close()
  if (RealtimeError !== SameError) throw new Error('There are two copies of core')
}

main()
