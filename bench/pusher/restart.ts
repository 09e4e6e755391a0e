// A server that closes with 4200 and is away for 4 s, over and over with other seeds: how long after it is back our
// clients are. Whole clients on a fake clock; prints its figures as JSON.

import { createPusher } from '@org/realtime-pusher'
import { createFakeClock, createFakeSignals, createMemoryTransport } from '@org/realtime-testing'

const SEEDS = 50
const OUTAGE_MS = 4000
const STEP_MS = 10

async function backAfter(seed: number): Promise<number> {
  const clock = createFakeClock({ seed })
  const transport = createMemoryTransport({ clock })
  let isDown = false
  transport.onDial((peer) => {
    if (isDown) return peer.refuse()
    peer.accept()
    const data = JSON.stringify({ socket_id: '1.1', activity_timeout: 30 })
    peer.send(JSON.stringify({ event: 'pusher:connection_established', data }))
  })
  const signals = createFakeSignals()
  const client = createPusher({ key: 'app-key', host: 'localhost', clock, transport, signals })
  await client.connect()
  await clock.advance(60_000)
  isDown = true
  for (const peer of transport.open) {
    peer.send('{"event":"pusher:error","data":{"code":4200,"message":"Restarting"}}')
    peer.end({ code: 4200, reason: 'Restarting' })
  }
  await clock.advance(OUTAGE_MS)
  isDown = false
  const upAt = clock.now()
  while (client.status.get().status !== 'connected') await clock.advance(STEP_MS)
  const ms = clock.now() - upAt
  await client.close()
  return ms
}

const all: number[] = []
for (let seed = 1; seed <= SEEDS; seed++) all.push(await backAfter(seed))
all.sort((a, b) => a - b)
console.log(JSON.stringify({ seeds: SEEDS, medianMs: all[SEEDS >> 1], worstMs: all.at(-1) }))
process.exit()
