import { createRawWs, defineChannels, event } from '@org/realtime-raw-ws'

const channels = defineChannels({ 'room.{id}': { Said: event<{ text: string }>() } })
const url = new URLSearchParams(location.search).get('url') ?? 'ws://127.0.0.1:6001/raw'

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
  document.title = `${outcome}, heard ${await heard}`
  await client.close()
}

main()
