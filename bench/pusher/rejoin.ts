// 500 private channels after a lost connection: how long until all are joined again, beside pusher-js, in turns.
// The peer is a process of its own; prints its figures as JSON.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createPusher } from '@org/realtime-pusher'
import PusherJs from 'pusher-js'

const CHANNELS = 500
const ROUNDS = 5
const names = Array.from({ length: CHANNELS }, (_, n) => `private-user.${n}`)
const peer = fork(process.argv[2] as string)
const [{ port }] = (await once(peer, 'message')) as [{ port: number }]
const endpoint = `http://127.0.0.1:${port}/broadcasting/auth`

/** Joins all, loses the connection, and measures from the loss until the last is joined again. */
async function measure(open: (joined: () => void) => () => void): Promise<number> {
  let count = 0
  let done = (): void => {}
  const all = (): Promise<void> =>
    new Promise((resolve) => {
      count = 0
      done = resolve
    })
  const joined = (): void => {
    if (++count === CHANNELS) done()
  }
  const first = all()
  const close = open(joined)
  await first
  const again = all()
  const startedAt = performance.now()
  peer.send('drop')
  await again
  const ms = performance.now() - startedAt
  close()
  return ms
}

function ours(batch: boolean) {
  return (joined: () => void): (() => void) => {
    const client = createPusher({
      key: 'app-key',
      host: '127.0.0.1',
      port,
      auth: { endpoint, batch },
      // The delay before the first dial is the same lottery for both: it is not what is measured here.
      backoff: { firstMs: 1000, jitter: 0 },
    })
    for (const name of names) {
      const channel = client.untyped(name)
      channel.status.subscribe(({ state }) => state === 'joined' && joined())
      channel.join()
    }
    return () => void client.close()
  }
}

function theirs(joined: () => void): () => void {
  const pusher = new PusherJs('app-key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    authEndpoint: endpoint,
  })
  for (const name of names) pusher.subscribe(name).bind('pusher:subscription_succeeded', joined)
  return () => pusher.disconnect()
}

const ms: Record<'batch' | 'single' | 'theirs', number[]> = { batch: [], single: [], theirs: [] }
for (let round = 0; round < ROUNDS; round++) {
  ms.batch.push(await measure(ours(true)))
  ms.theirs.push(await measure(theirs))
  ms.single.push(await measure(ours(false)))
}
peer.kill()
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number
console.log(JSON.stringify({ batch: median(ms.batch), single: median(ms.single), theirs: median(ms.theirs) }))
process.exit()
