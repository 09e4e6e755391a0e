import { type RequestOptions, request } from 'node:https'
import { type RealtimeError, websocketTransport } from '@org/realtime-core'
import { createPusher } from '@org/realtime-pusher'
import PusherJs from 'pusher-js'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { buildCli, createFolder } from '../cli/cli-test-setup.ts'
import { parseMetrics } from '../metrics/metrics-test-setup.ts'
import { dialPusher } from '../pusher/live-test-setup.ts'
import { APP, KEY } from '../pusher/pusher-test-setup.ts'
import { startRelay } from '../relay-test-setup.ts'
import { dialRaw } from '../socket-test-setup.ts'
import { makeSignedCertificate } from '../tls-test-setup.ts'
import { until } from '../until-test-setup.ts'
import { type NodeProcess, startNodeProcess } from './cluster-test-setup.ts'
import { startRedis } from './redis-test-setup.ts'

const OF_EACH_KIND = 5
const ORIGIN = 'https://app.example.org'
/** As in production: the last is asked after two thirds of it. */
const DRAIN_MS = 3000
const MOVED_WITHIN_MS = 3000

const cli = buildCli()

it('14: two servers over TLS, what they count, whom they let ask, and where clients go when one ends', async () => {
  const { ca, one, two } = await startNodes()
  await countsExactly(ca, [one, two])
  await letsOneOriginAsk(ca, one)
  await isNotDialledForEver(one)

  let dials = 0
  const { port } = await startRelay(() => {
    dials++
    return [one, two].find(({ isUp }) => isUp)?.port
  })
  const clients = [dialOurs, dialTheirs].flatMap((dial) =>
    Array.from({ length: OF_EACH_KIND }, () => dial(port, ca)),
  )
  await until(() => expect(clients.every(({ isConnected }) => isConnected)).toBe(true))
  expect([await connectionsOf(ca, one), await connectionsOf(ca, two)]).toEqual([clients.length, 0])

  // It is told how long the node takes to ask all, and stays until it has been asked whether it is ready.
  const stays = await dialRaw(one.port, { ca })
  await stays.hello()
  const askedAt = performance.now()
  const ended = one.stop()
  const { ms: spreadMs } = await stays.next('drain')
  await until(async () =>
    expect(await get(ca, one, '/ready')).toMatchObject({ status: 503, text: 'Draining\n' }),
  )
  stays.socket.terminate()
  await until(() => expect(clients.every(({ movedAt }) => movedAt < Number.POSITIVE_INFINITY)).toBe(true))
  const movedMs = Math.max(...clients.map(({ movedAt }) => movedAt)) - askedAt
  process.stdout.write(`${clients.length} clients were elsewhere ${movedMs.toFixed(0)} ms after SIGTERM\n`)
  // What is certain on any machine: by when the last is told, how long it then waits, and that it dials once.
  expect(spreadMs).toBe((2 / 3) * DRAIN_MS)
  expect(spreadMs + Math.max(...clients.map(({ waitMs }) => waitMs))).toBeLessThan(MOVED_WITHIN_MS)
  expect(clients.map(({ codes }) => codes)).toEqual(clients.map(() => [4200]))
  expect(dials).toBe(2 * clients.length)
  expect(await connectionsOf(ca, two)).toBe(clients.length)
  await ended
})

/** Two nodes with a certificate that an authority of its own has signed. */
async function startNodes(): Promise<{
  readonly ca: string
  readonly one: NodeProcess
  readonly two: NodeProcess
}> {
  const { ca, cert, key } = makeSignedCertificate()
  const folder = createFolder({
    'cert.pem': cert,
    'key.pem': key,
    // Without counts of subscriptions, which come when they like.
    'config.json': JSON.stringify({ pusher: { apps: [APP] } }),
  })
  const redis = await startRedis()
  const tls = [`--tls.cert=${folder}/cert.pem`, `--tls.key=${folder}/key.pem`]
  const options = [
    `--config=${folder}/config.json`,
    ...tls,
    `--cors.origins=${ORIGIN}`,
    `--drainMs=${DRAIN_MS}`,
  ]
  const start = () => startNodeProcess(cli, redis.port, options)
  const [one, two] = await Promise.all([start(), start()])
  return { ca, one, two }
}

/** A client by frames at each node, who hear each other: a node has counted what they have sent and got. */
async function countsExactly(ca: string, nodes: readonly NodeProcess[]): Promise<void> {
  const guests = await Promise.all(nodes.map(({ port }) => dialPusher(port, KEY, { ca })))
  const before = await Promise.all(nodes.map((node) => trafficOf(ca, node)))
  const meters = guests.map(({ socket }) => measure(socket))
  for (const guest of guests) await guest.join('private-room')
  for (const [index, guest] of guests.entries())
    guest.send({
      event: 'client-said',
      channel: 'private-room',
      data: { from: index, text: '€'.repeat(100) },
    })
  for (const guest of guests) await guest.next('client-said')
  const after = await Promise.all(nodes.map((node) => trafficOf(ca, node)))
  const grown = after.map((sums, index) =>
    sums.map((sum, each) => sum - (before[index]?.[each] ?? Number.NaN)),
  )
  expect(grown).toEqual(meters)
  for (const { socket } of guests) socket.close()
  await Promise.all(guests.map(({ ended }) => ended))
}

const COUNTERS = ['messages_received', 'received_bytes', 'messages_sent', 'sent_bytes'] as const

async function trafficOf(ca: string, node: NodeProcess): Promise<readonly number[]> {
  const seen = parseMetrics((await get(ca, node, '/metrics')).text)
  return COUNTERS.map((name) => seen.get(`realtime_${name}_total{endpoint="pusher"}`) ?? Number.NaN)
}

/** In the order of `COUNTERS`, as the client sees it from now on. */
function measure(socket: WebSocket): readonly number[] {
  const sums = [0, 0, 0, 0]
  const add = (at: 0 | 2, bytes: number): void => {
    sums[at] = (sums[at] ?? 0) + 1
    sums[at + 1] = (sums[at + 1] ?? 0) + bytes
  }
  socket.on('message', (frame) => add(2, Buffer.byteLength(`${frame}`)))
  const send = socket.send.bind(socket) as (frame: string) => void
  socket.send = (frame: unknown) => {
    add(0, Buffer.byteLength(`${frame}`))
    send(`${frame}`)
  }
  return sums
}

async function connectionsOf(ca: string, node: NodeProcess): Promise<number | undefined> {
  return parseMetrics((await get(ca, node, '/metrics')).text).get('realtime_connections{endpoint="pusher"}')
}

async function letsOneOriginAsk(ca: string, node: NodeProcess): Promise<void> {
  const ask = async (origin: string) => {
    const headers = { Origin: origin, 'Access-Control-Request-Method': 'GET' }
    const { status, headers: said } = await get(ca, node, '/usage', { method: 'OPTIONS', headers })
    return [status, said['access-control-allow-origin']]
  }
  expect(await ask(ORIGIN)).toEqual([204, ORIGIN])
  expect(await ask('https://evil.example')).toEqual([403, undefined])
}

/** A client that does not know the authority gives up after as many dials as it may make, and says why. */
async function isNotDialledForEver(node: NodeProcess): Promise<void> {
  let dials = 0
  const { port } = await startRelay(() => {
    dials++
    return node.port
  })
  const backoff = { maxAttempts: 2, baseMs: 10 }
  const client = createPusher({ key: KEY, url: `wss://127.0.0.1:${port}`, backoff })
  onTestFinished(() => client.close())
  const refusal = await client.connect().then(
    () => undefined,
    (error: RealtimeError) => error,
  )
  expect(refusal).toMatchObject({
    code: 'connection.gave-up',
    cause: { code: 'connection.lost', cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
  })
  expect([dials, client.status.get().status]).toEqual([1 + backoff.maxAttempts, 'failed'])
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Not `fetch`, which cannot be given an authority. */
const get = (
  ca: string,
  { port }: NodeProcess,
  path: string,
  options: RequestOptions = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const url = `https://127.0.0.1:${port}${path}`
    request(url, { ca, agent: false, ...options }, async (reply) => {
      let text = ''
      for await (const part of reply.setEncoding('utf8')) text += part
      resolve({ status: reply.statusCode, headers: reply.headers, text })
    })
      .on('error', reject)
      .end()
  })

/** What is seen of a client of any make. */
interface Seen {
  isConnected: boolean
  /** What its connections ended with. */
  readonly codes: unknown[]
  /** How long it chose to wait before it dialled again, where that can be seen: pusher-js says 1 s, and dials at once. */
  waitMs: number
  /** When it was connected again. */
  movedAt: number
}

function dialOurs(port: number, ca: string): Seen {
  const { seen, connected, lost } = watch()
  const transport = websocketTransport({ tls: { ca } })
  // Otherwise one that has just come waits a second before it dials again.
  const connection = { minDialGapMs: 1 }
  const client = createPusher({ key: KEY, url: `wss://127.0.0.1:${port}`, transport, connection })
  onTestFinished(() => client.close())
  client.status.subscribe(() => {
    const { status, lastError, nextRetryAt } = client.status.get()
    if (nextRetryAt !== undefined) seen.waitMs = Math.max(seen.waitMs, nextRetryAt - Date.now())
    if (status === 'connected') connected()
    else if (seen.isConnected) lost(lastError?.details)
  })
  client.connect().catch(() => {})
  return seen
}

function dialTheirs(port: number, ca: string): Seen {
  const { seen, connected, lost } = watch()
  // It has no option for an authority; its sockets are made here.
  PusherJs.Runtime.createWebSocket = (url) => new WebSocket(url, { ca }) as never
  const where = { cluster: '', wsHost: '127.0.0.1', wssPort: port, forceTLS: true }
  const client = new PusherJs(KEY, { ...where, enabledTransports: ['ws'] })
  onTestFinished(() => client.disconnect())
  client.connection.bind('connected', connected)
  // It tells of one end up to three times.
  client.connection.bind('error', ({ data }: { data?: unknown }) => seen.isConnected && lost(data))
  return seen
}

function watch() {
  const seen: Seen = { isConnected: false, codes: [], waitMs: 0, movedAt: Number.POSITIVE_INFINITY }
  return {
    seen,
    connected(): void {
      seen.isConnected = true
      if (seen.codes.length) seen.movedAt = performance.now()
    },
    lost(why: unknown): void {
      seen.isConnected = false
      seen.codes.push((why as { code?: unknown } | undefined)?.code)
    },
  }
}
