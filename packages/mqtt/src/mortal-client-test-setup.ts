import { createMqtt } from './create-mqtt.ts'
import type { MqttOptions } from './mqtt-options.ts'

// A program: a client with the options of its first argument. It says when it is connected, and leaves when told to.
const client = createMqtt(JSON.parse(process.argv[2] as string) as MqttOptions<never>)
await client.connect()
process.stdout.write('connected\n')
process.stdin.once('data', async () => {
  await client.close()
  process.exit()
})
