// Needs --expose-gc; prints its figures as JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { createImmediateClient } from '../immediate-client.ts'

const CHANNELS = 10_000
const LINGER_MS = 20

/** How channels are let go of: by the last listener's removal, which lets them linger, or at once. */
type Leaving = 'linger' | 'now'

const leaving = process.argv[2] as Leaving
const { client } = await createImmediateClient({ subscribe: { lingerMs: LINGER_MS } })
const names = Array.from({ length: CHANNELS }, (_, index) => `private-booking.${index}`)

const before = await heapBytes()
const cycles = []
for (let cycle = 0; cycle < 2; cycle++) cycles.push(await runCycle())
console.log(JSON.stringify({ before, cycles, channels: CHANNELS }))
process.exit()

async function runCycle() {
  let channels = names.map((name) => client.untyped(name))
  let stops = channels.map((channel) => channel.on('BookingStatusUpdated', () => {}))
  await expectAll('joined')
  const joined = await heapBytes()
  if (leaving === 'now') for (const channel of channels) channel.leave({ now: true })
  else for (const stop of stops) stop()
  await sleep(LINGER_MS + 100)
  await expectAll('left')
  channels = []
  stops = []
  return { joined, released: await heapBytes() }

  async function expectAll(state: string) {
    await sleep(10)
    const others = channels.filter(({ status }) => status.get().state !== state)
    if (others.length) throw new Error(`${others.length} of ${CHANNELS} channels are not ${state}`)
  }
}

/** What is reachable: collected until another collection finds nothing more. */
async function heapBytes() {
  let bytes = Infinity
  for (;;) {
    await sleep(10)
    globalThis.gc?.()
    const { heapUsed } = process.memoryUsage()
    if (heapUsed > bytes - 10_000) return Math.min(heapUsed, bytes)
    bytes = heapUsed
  }
}
