import { createMqtt } from '@org/realtime-mqtt'
import { createPusher } from '@org/realtime-pusher'
import { createRakit, createRawWs } from '@org/realtime-raw-ws'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startRelay } from '../relay-test-setup.ts'
import { buildCli, linesOf, type Running } from './cli-test-setup.ts'

const { run } = buildCli()
const CLIENTS = 10
/** Long enough for a machine that is busy: what is tested is that nobody has to be ended. */
const DRAIN_MS = 9000

interface Client {
  connect(): Promise<void>
  close(): Promise<void>
  readonly status: { get(): { readonly status: string }; subscribe(listener: () => void): () => void }
}

async function start(): Promise<{ readonly running: Running; readonly port: number }> {
  const running = run(['--port=0', '--mqtt.tcp=off', '--log.format=json', `--drainMs=${DRAIN_MS}`])
  const [, port] = await running.sees(/"raw":"ws:\/\/127\.0\.0\.1:(\d+)\/raw"/)
  return { running, port: Number(port) }
}

/** Where a balancer sends the next client. */
async function firstReady(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    const isReady = await fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return port
  }
  return undefined
}

it('moves every client of every protocol to another node when a process gets SIGTERM', {
  timeout: 60_000,
}, async () => {
  const [one, two] = await Promise.all([start(), start()])
  const { port } = await startRelay(() => firstReady([one.port, two.port]))
  const at = `ws://127.0.0.1:${port}`
  const kinds: Readonly<Record<string, (index: number) => Client>> = {
    raw: () => createRawWs({ url: `${at}/raw` }),
    pusher: () => createPusher({ key: 'app-key', host: '127.0.0.1', port }),
    mqtt: (index) => createMqtt({ url: `${at}/mqtt`, clientId: `moving-${index}` }),
    rakit: () => createRakit({ url: `${at}/rakit` }),
  }
  const clients = Object.entries(kinds).flatMap(([kind, create]) =>
    Array.from({ length: CLIENTS }, (_, index) => ({ kind, client: create(index) })),
  )
  onTestFinished(async () => void (await Promise.all(clients.map(({ client }) => client.close()))))
  await Promise.all(clients.map(({ client }) => client.connect()))
  expect(linesOf(one.running, 'connect')).toHaveLength(clients.length)
  // Whoever moves before it leaves is never without a connection.
  const lost = new Set<string>()
  for (const { kind, client } of clients)
    client.status.subscribe(() => {
      if (client.status.get().status !== 'connected') lost.add(kind)
    })

  one.running.child.kill('SIGTERM')
  expect(await one.running.ended).toBe(0)
  await vi.waitFor(() => expect(linesOf(two.running, 'connect')).toHaveLength(clients.length), 30_000)
  await vi.waitFor(() =>
    expect(clients.map(({ client }) => client.status.get().status)).toEqual(clients.map(() => 'connected')),
  )

  const ends = linesOf(one.running, 'disconnect')
  const codes = (endpoint: string): readonly unknown[] => [
    ...new Set(ends.filter((line) => line.endpoint === endpoint).map(({ code }) => code)),
  ]
  expect(ends).toHaveLength(clients.length)
  expect({ raw: codes('raw'), pusher: codes('pusher'), mqtt: codes('mqtt') }).toEqual({
    raw: [1000],
    pusher: [4200],
    mqtt: [1008],
  })
  expect(lost.has('raw')).toBe(false)
})
