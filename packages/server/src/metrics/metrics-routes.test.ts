import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ServerOptions } from '../index.ts'
import { dialPusher } from '../pusher/live-test-setup.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { metricTable } from './metric-table.ts'
import { scrape } from './metrics-test-setup.ts'

const TOKEN = 'metrics-token-of-tests'
const production: ServerOptions = { mode: 'production', authenticate: 'anonymous' }
const page = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

describe('/metrics', () => {
  it.each([
    ['in development, from this machine', {}, {}, 200],
    ['in development, through a proxy', {}, { 'x-forwarded-for': '10.0.0.1' }, 404],
    ['in development, for a page of another origin', {}, { 'sec-fetch-site': 'cross-site' }, 403],
    ['when switched off', { metrics: false }, {}, 404],
    ['in production', production, {}, 404],
    ['in production, asked for without a token', { ...production, metrics: true }, {}, 404],
    ['with a token, without it', { ...production, metrics: { token: TOKEN } }, {}, 401],
    ['with a token', { ...production, metrics: { token: TOKEN } }, { authorization: `Bearer ${TOKEN}` }, 200],
  ] as const)('answers %s', async (_where, options, headers, status) => {
    const { url } = await startServer(options)
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(status)
  })

  it('refuses a token that is too short to be one', async () => {
    await expect(startServer({ metrics: { token: 'short' } })).rejects.toThrow('metrics.token')
  })

  it('counts connections, frames and bytes of each endpoint exactly', async () => {
    const { url, port } = await startServer()
    const guest = await dialRaw(port)
    await guest.hello()
    const gone = await dialRaw(port)
    await gone.hello()
    gone.socket.close(4999)
    await gone.ended
    guest.send({ t: 'sub', chs: [{ ch: 'room.1' }] })
    await guest.next('subbed')
    guest.send({ t: 'pub', id: 'a', ch: 'room.1', ev: 'Said', data: 1, ack: true })
    await guest.next('msg')
    await guest.next('ack')
    const seen = await scrape(url)
    const sentBytes = [...guest.frames, ...gone.frames].map((frame) => JSON.stringify(frame).length)
    expect(pick(seen, 'endpoint="raw"')).toEqual({
      'realtime_connections{endpoint="raw"}': 1,
      'realtime_connections_opened_total{endpoint="raw"}': 2,
      'realtime_connections_closed_total{endpoint="raw",code="other"}': 1,
      'realtime_messages_received_total{endpoint="raw"}': 4,
      'realtime_messages_sent_total{endpoint="raw"}': guest.frames.length + gone.frames.length,
      'realtime_received_bytes_total{endpoint="raw"}': expect.any(Number),
      'realtime_sent_bytes_total{endpoint="raw"}': sentBytes.reduce((sum, bytes) => sum + bytes, 0),
      'realtime_buffered_bytes{endpoint="raw"}': 0,
      'realtime_joins_total{endpoint="raw"}': 1,
    })
    expect(seen.get('realtime_channels')).toBe(1)
    expect(seen.get('realtime_connections{endpoint="mqtt"}')).toBe(0)
    expect((await scrape(url)).get('realtime_http_requests_total{route="/metrics",status="200"}')).toBe(1)
  })

  it('counts what is refused, in the words of each protocol', async () => {
    const { url, port, server } = await startServer({ origins: ['https://app.example.org'] })
    server.authorize('open.*', () => ({ publish: true }))
    const guest = await dialRaw(port)
    await guest.hello()
    guest.send(
      { t: 'sub', chs: [{ ch: 'closed' }] },
      { t: 'pub', id: 'a', ch: 'closed', ev: 'Said', ack: true },
    )
    await guest.next('nack')
    const stranger = await dialRaw(port, { origin: 'https://evil.example' })
    await stranger.ended
    await fetch(`${url}/nothing`, { headers: { connection: 'close' } })
    const mqtt = await connectMqtt(port)
    await expect(mqtt.subscribeAsync('closed')).rejects.toThrow()
    const pusher = await dialPusher(port)
    pusher.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth: 'app-key:wrong' } })
    await pusher.next('pusher:subscription_error')
    pusher.send({ event: 'client-a', channel: 'private-a', data: 1 })
    await pusher.next('pusher:error')
    await expect(dialPusher(port, 'no-such-key')).rejects.toThrow()
    expect(pick(await scrape(url), 'realtime_refusals_total')).toEqual({
      'realtime_refusals_total{endpoint="raw",what="join",reason="unknown-channel"}': 1,
      'realtime_refusals_total{endpoint="raw",what="publish",reason="unknown-channel"}': 1,
      'realtime_refusals_total{endpoint="raw",what="connection",reason="origin"}': 1,
      'realtime_refusals_total{endpoint="mqtt",what="join",reason="notAuthorized"}': 1,
      'realtime_refusals_total{endpoint="pusher",what="join",reason="401"}': 1,
      'realtime_refusals_total{endpoint="pusher",what="publish",reason="4301"}': 1,
      'realtime_refusals_total{endpoint="pusher",what="connection",reason="4001"}': 1,
    })
  })

  it('shows what is left out for a client, and what waits', async () => {
    const { url, port, server } = await startServer({ mqtt: { queuedMessages: 2 } })
    const away = { clean: false, clientId: 'away', properties: { sessionExpiryInterval: 60 } }
    const client = await connectMqtt(port, away)
    await client.subscribeAsync('room/#', { qos: 1 })
    await client.endAsync()
    for (const text of ['1', '2', '3', '4', '5']) await server.publishMqtt('room/1', text, { qos: 1 })
    await server.publishMqtt('kept', 'x', { retain: true })
    expect(pick(await scrape(url), 'mqtt')).toMatchObject({
      'realtime_drops_total{endpoint="mqtt",reason="queue-full"}': 3,
      realtime_mqtt_queued_messages: 2,
      realtime_mqtt_retained_messages: 1,
      'realtime_mqtt_sessions{state="up"}': 0,
      'realtime_mqtt_sessions{state="away"}': 1,
    })
  })

  it('tells of code that threw', async () => {
    const { url, server } = await startServer({
      routes: [
        {
          path: '/broken',
          handle() {
            throw new Error('broken')
          },
        },
      ],
    })
    server.on('crash', () => {})
    await fetch(`${url}/broken`)
    const seen = await scrape(url)
    expect(seen.get('realtime_crashes_total')).toBe(1)
    expect(seen.get('realtime_http_requests_total{route="/broken",status="500"}')).toBe(1)
  })

  it('says the same as JSON, with how late the event loop is', async () => {
    const { url } = await startServer()
    const [text, byQuery, byHeader] = await Promise.all([
      fetch(`${url}/metrics`),
      fetch(`${url}/metrics?json=1`),
      fetch(`${url}/metrics`, { headers: { accept: 'application/json' } }),
    ])
    expect(text.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const names = (metrics: { name: string }[]) => metrics.map(({ name }) => name)
    const shown = names(await byQuery.json())
    expect(shown).toEqual(names(await byHeader.json()))
    expect(shown).toEqual(expect.arrayContaining(metricTable.map(({ name }) => name)))
    expect(shown).toContain('nodejs_eventloop_lag_p99_seconds')
    const listed = [...(await text.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(listed).toEqual(shown)
  })

  it('has every metric in its page, and nothing else of its own', () => {
    const guide = page('docs/guides/observability.md')
    const rows = [...guide.matchAll(/^\| `(realtime_\w+)` \| (\w+) \| ([^|]*) \|/gm)].map(
      ([, name, type, labels = '']) => [name, type, labels.replaceAll('`', '').trim()],
    )
    expect(rows).toEqual(
      metricTable.map(({ name, type, labels }) => [name, type, labels.join(', ') || 'none']),
    )
  })

  it('has what the dashboard asks for', async () => {
    const { url } = await startServer()
    const all = new Set((await (await fetch(`${url}/metrics?json=1`)).json()).map(toName))
    const dashboard = page('packages/server/deploy/grafana-dashboard.json')
    const asked = [...dashboard.matchAll(/\b(?:realtime|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter((name) => !all.has(name))).toEqual([])
    for (const { name, labels } of metricTable) {
      const by = [...dashboard.matchAll(new RegExp(`by \\(([\\w, ]+)\\) \\(rate\\(${name}\\{`, 'g'))]
      for (const [, names = ''] of by)
        expect([...labels, 'instance']).toEqual(expect.arrayContaining(names.split(', ')))
    }
  })
})

const toName = ({ name }: { readonly name: string }): string => name

async function connectMqtt(port: number, options: object = {}) {
  const client = await connectAsync(`ws://127.0.0.1:${port}/mqtt`, {
    protocolVersion: 5,
    reconnectPeriod: 0,
    ...options,
  })
  onTestFinished(() => client.endAsync(true))
  return client
}

const pick = (seen: ReadonlyMap<string, number>, text: string): Record<string, number> =>
  Object.fromEntries([...seen].filter(([name]) => name.includes(text)))
