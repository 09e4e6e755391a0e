import { describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createServer, type IngestOptions, type ServerOptions } from '../index.ts'
import { createMemoryCore } from '../memory-test-setup.ts'
import { dialPusher } from '../pusher/live-test-setup.ts'
import { dialRaw, startServer } from '../socket-test-setup.ts'
import { createVerbs } from '../verbs.ts'
import { resolveIngest } from './ingest-options.ts'
import { createIngest } from './ingest-routes.ts'

const token = 'a-token-of-24-characters'
const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ tag: `t${n % 50}`, value: n }))

interface Request {
  readonly name?: string
  readonly authorization?: string
}

async function start(ingest: Partial<IngestOptions> = {}, more: ServerOptions = {}) {
  const sources = { scada: { channel: 'live', event: 'Measured' } }
  const started = await startServer({ ...more, ingest: { token, sources, ...ingest } })
  const post = async (body: unknown, { name = 'scada', authorization = `Bearer ${token}` }: Request = {}) => {
    const reply = await fetch(`${started.url}/ingest/${name}`, {
      method: 'POST',
      headers: { authorization },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: reply.status, retry: reply.headers.get('retry-after'), body: await reply.json() }
  }
  return { ...started, post }
}

describe('POST /ingest/{source}', () => {
  it('takes 10,000 rows, and lets the last one of each key out to subscribers of Pusher', async () => {
    const throttle = { everyMs: 50, key: 'tag', keep: 'latest' } as const
    const { port, post } = await start({
      sources: { scada: { to: 'pusher', channel: 'scada-realtime', event: 'Measured', throttle } },
    })
    const guest = await dialPusher(port)
    await guest.join('scada-realtime')
    expect(await post({ rows: rowsOf(10_000) })).toMatchObject({ status: 202, body: { accepted: 10_000 } })
    const last = new Map<unknown, unknown>()
    while (last.size < 50 || [...last.values()].some((value) => Number(value) < 9950)) {
      const { tag, value } = (await guest.next('Measured')).data as { tag: string; value: number }
      last.set(tag, value)
    }
    expect(last).toEqual(
      new Map(
        rowsOf(10_000)
          .slice(-50)
          .map(({ tag, value }) => [tag, value]),
      ),
    )
    // The first row goes out at once.
    expect(guest.frames.filter(({ event }) => event === 'Measured').length).toBeLessThanOrEqual(51)
  })

  it('lets rows and what they come to out to subscribers of /raw', async () => {
    const aggregate = { everyMs: 20, key: 'tag', channel: 'sums', event: 'Summed' }
    const { port, post } = await start({
      sources: { scada: { channel: 'live', event: 'Measured', aggregate } },
    })
    const guest = await dialRaw(port)
    await guest.hello()
    guest.send({ t: 'sub', chs: [{ ch: 'live' }, { ch: 'sums' }] })
    await guest.next('subbed')
    await guest.next('subbed')
    await post([
      { tag: 'a', value: -1 },
      { tag: 'a', value: -2 },
    ])
    const heard = [await guest.next('msg'), await guest.next('msg'), await guest.next('msg')]
    expect(heard).toMatchObject([
      { ch: 'live', ev: 'Measured', data: { value: -1 } },
      { ch: 'live', ev: 'Measured', data: { value: -2 } },
      {
        ch: 'sums',
        ev: 'Summed',
        data: { key: 'a', values: { value: { average: -1.5, min: -2, max: -1, count: 2 } } },
      },
    ])
  })

  it.each([
    ['without the token', [], { authorization: '' }, 401, 'unauthenticated'],
    ['with another token', [], { authorization: 'Bearer another-token-of-24-ch' }, 401, 'unauthenticated'],
    ['for a source that is none', [], { name: 'other' }, 404, 'not-found'],
    ['that is no JSON', '{', {}, 400, 'bad-body'],
    ['that holds no rows', { value: 1 }, {}, 400, 'bad-body'],
    ['with a row that is none', [{}, 1], {}, 400, 'bad-body'],
    ['with too many rows', rowsOf(101), {}, 413, 'too-large'],
    ['that is too long', 'x'.repeat(5000), {}, 413, 'too-large'],
  ] as const)('refuses a request %s', async (_, body, request, status, code) => {
    const { post, crashes } = await start({ rows: 100, bodyBytes: 4096 })
    expect(await post(body, request)).toMatchObject({ status, body: { error: { code } } })
    expect(crashes).toEqual([])
  })

  it('lets out what waits for its window before the server ends', async () => {
    const window = { everyMs: 60_000, key: 'tag' }
    const { server, port, post } = await start({
      sources: { scada: { channel: 'live', throttle: window, aggregate: { ...window, event: 'Summed' } } },
    })
    const guest = await dialRaw(port)
    await guest.hello()
    guest.send({ t: 'sub', chs: [{ ch: 'live' }] })
    await guest.next('subbed')
    await post([{ tag: 'a', value: 1 }])
    await post([{ tag: 'a', value: 3 }])
    await server.close()
    await guest.ended
    const told = guest.frames.filter(({ t }) => t === 'msg')
    expect(told).toMatchObject([
      { ev: 'scada', data: { value: 1 } },
      { ev: 'scada', data: { value: 3 } },
      { ev: 'Summed', data: { count: 2, values: { value: { average: 2 } } } },
    ])
  })

  it('says when to come back to whoever is too fast', async () => {
    const clock = { ...systemClock, now: () => 0 }
    const { post } = await start({ perSecond: 10, burst: 20 }, { clock })
    expect(await post(rowsOf(20))).toMatchObject({ status: 202 })
    expect(await post(rowsOf(20))).toMatchObject({
      status: 429,
      retry: '2',
      body: { error: { code: 'rate-limited', message: 'Too many rows, too fast' } },
    })
  })

  it.each([
    ['memory is short', 86, false, 429, 'Memory is short'],
    ['the server goes away', 1, true, 503, 'The server goes away'],
  ])('refuses while %s', async (_, used, isDraining, status, message) => {
    const core = createMemoryCore()
    const sources = { scada: { channel: 'live' } }
    const { routes } = createIngest(resolveIngest({ token, sources }, ['raw']), {
      core,
      verbs: createVerbs(core),
      isDraining: () => isDraining,
      usedPercent: () => used,
    })
    const { url } = await startServer({ routes })
    const headers = { authorization: `Bearer ${token}` }
    const reply = await fetch(`${url}/ingest/scada`, { method: 'POST', headers, body: '[]' })
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([status, '5'])
    expect(await reply.json()).toMatchObject({ error: { message } })
  })
})

describe('sources', () => {
  it.each([
    [{ token: 'short' }, 'ingest.token'],
    [{ sources: {} }, 'ingest.sources'],
    [{ sources: { a: {} } }, 'ingest.sources.a.channel'],
    [
      { sources: { a: { channel: 'c', to: 'pusher' } } },
      'Option ingest.sources.a.to must be one of raw, mqtt',
    ],
    [{ sources: { a: { channel: 'c', rows: false } } }, 'ingest.sources.a.rows'],
    [{ sources: { a: { channel: 'c', throttle: { everyMs: 0 } } } }, 'ingest.sources.a.throttle.everyMs'],
    [
      { sources: { a: { channel: 'c', throttle: { every: 1 } } } },
      'ingest.sources.a.throttle must be an object of everyMs, key, keep',
    ],
    [{ rows: 0 }, 'ingest.rows'],
  ])('that are wrong are refused by name: %j', (given, message) => {
    const ingest = { token, sources: { a: { channel: 'c' } }, ...given } as IngestOptions
    expect(() => createServer({ mode: 'development', pusher: false, ingest })).toThrow(message)
  })
})
