import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineChannels, event } from '@org/realtime-core'
import { createFakeClock, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createPublisher, type PublisherOptions } from '../publisher.ts'
import { dialPusher, startPusher } from '../pusher/live-test-setup.ts'
import { APP } from '../pusher/pusher-test-setup.ts'

const channels = defineChannels({
  availability: { Updated: event<{ n: number }>(), Checked: z.object({ n: z.number() }) },
  'private-booking.{userId}': { Changed: event<{ code: string }>() },
  'private-encrypted-vault': { Opened: event<object>() },
})
const app = { appId: APP.id, key: APP.key, secret: APP.secret, channels }

async function setup(options: Partial<PublisherOptions<typeof channels>> = {}, server = {}) {
  const started = await startPusher(server)
  return {
    ...started,
    publisher: createPublisher({ ...app, port: started.port, firstWaitMs: 1, ...options }),
  }
}

/** A server that answers in this order, and then takes everything. */
async function startStub(...answers: { status: number; headers?: Record<string, string>; body?: string }[]) {
  const requests: { path: string; body: Record<string, unknown> }[] = []
  const http = createServer(async (request, reply) => {
    let body = ''
    for await (const part of request) body += part
    requests.push({ path: `${request.url}`.replace(/\?.*/, ''), body: JSON.parse(body) })
    const { status, headers, body: text = '{}' } = answers.shift() ?? { status: 200 }
    reply.writeHead(status, { ...headers, Connection: 'close' }).end(text)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return { requests, port: (http.address() as AddressInfo).port }
}

describe('createPublisher', () => {
  it.each(['pusher', 'soketi', 'reverb'] as const)('publishes to a %s', async (dialect) => {
    const { port, publisher } = await setup({}, { dialect })
    const guest = await dialPusher(port)
    await guest.join('private-booking.42')
    await publisher.channel('private-booking.{userId}', { userId: 42 }).publish('Changed', { code: 'ü' })
    expect(await guest.next('Changed')).toEqual({
      event: 'Changed',
      channel: 'private-booking.42',
      data: { code: 'ü' },
    })
  })

  it('has a backend that encrypts, given the key, and shows no key that is none', async () => {
    const encryptionMasterKeyBase64 = Buffer.alloc(32, 7).toString('base64')
    const { port, publisher } = await setup({ encryptionMasterKeyBase64 })
    const guest = await dialPusher(port)
    await guest.join('private-encrypted-vault')
    await publisher.backend.trigger('private-encrypted-vault', 'Opened', { by: 'me' })
    expect(await guest.next('Opened')).toMatchObject({
      data: { nonce: expect.any(String), ciphertext: expect.any(String) },
    })
    expect(() => createPublisher({ ...app, encryptionMasterKeyBase64: 'c2hvcnQ=' })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ value: '[hidden]' }) }),
    )
  })

  it('leaves out the socket that it is told to', async () => {
    const { port, publisher } = await setup()
    const [one, two] = [await dialPusher(port), await dialPusher(port)]
    for (const guest of [one, two]) await guest.join('availability')
    const others = publisher.toOthers(one.socketId).channel('availability')
    await others.publish('Updated', { n: 1 })
    await publisher.toOthers(one.socketId).publishBatch([others.entry('Updated', { n: 2 })])
    await publisher.channel('availability').publish('Updated', { n: 3 })
    expect(await one.next('Updated')).toMatchObject({ data: { n: 3 } })
    expect(await two.next('Updated')).toMatchObject({ data: { n: 1 } })
  })

  it('publishes many in chunks of ten, in order', async () => {
    const { requests, port } = await startStub()
    const publisher = createPublisher({ ...app, port })
    const availability = publisher.channel('availability')
    await publisher.publishBatch(Array.from({ length: 25 }, (_, n) => availability.entry('Updated', { n })))
    const sent = requests.map(({ body }) =>
      (body['batch'] as { data: string }[]).map(({ data }) => JSON.parse(data).n),
    )
    expect(sent).toEqual(
      [10, 10, 5].map((count, chunk) => Array.from({ length: count }, (_, n) => chunk * 10 + n)),
    )
  })

  it('stops at the chunk that is not taken', async () => {
    const { requests, port } = await startStub({ status: 200 }, { status: 413 })
    const publisher = createPublisher({ ...app, port })
    const entry = publisher.channel('availability').entry('Updated', { n: 1 })
    await expect(publisher.publishBatch(Array.from({ length: 30 }, () => entry))).rejects.toMatchObject({
      code: 'publish.failed',
      details: { channels: ['availability'], status: 413, attempts: 1 },
    })
    expect(requests).toHaveLength(2)
  })

  it('refuses what does not fit the registry, before anything is sent', async () => {
    const { requests, port } = await startStub()
    const publisher = createPublisher({ ...app, port })
    const availability = publisher.channel('availability')
    await expect(availability.publish('Checked', { n: 'x' as never })).rejects.toMatchObject({
      code: 'publish.refused',
    })
    await expect(availability.publish('Other' as 'Updated', { n: 1 })).rejects.toMatchObject({
      code: 'publish.refused',
    })
    await expect(publisher.channel('private-encrypted-vault').publish('Opened', {})).rejects.toMatchObject({
      code: 'publish.refused',
      details: { channel: 'private-encrypted-vault' },
      message: expect.stringContaining('`encryptionMasterKeyBase64`'),
    })
    expect(() => publisher.channel('other' as 'availability')).toThrow('[option.invalid]')
    expect(requests).toEqual([])
  })

  it('publishes to any channel without a registry', async () => {
    const { requests, port } = await startStub()
    const publisher = createPublisher({ appId: '1', key: 'k', secret: 's', port })
    await publisher.channel('anything').publish('Said', [1])
    expect(requests).toEqual([
      { path: '/apps/1/events', body: { name: 'Said', data: '[1]', channels: ['anything'] } },
    ])
  })

  it.each([{ appId: '' }, { key: undefined }, { secret: '' }, { maxAttempts: 0 }, { timeoutMs: Number.NaN }])(
    'throws for %j',
    (missing) => {
      expect(() => createPublisher({ ...app, ...missing } as never)).toThrow('[option.invalid]')
    },
  )
})

describe('createPublisher: a server that does not take it', () => {
  it('is tried again after 429, 5xx and a lost network, no sooner than it asks for', async () => {
    const { requests, port } = await startStub(
      { status: 429, headers: { 'Retry-After': '3' } },
      { status: 503 },
    )
    const clock = createFakeClock()
    const done = createPublisher({ ...app, port, clock })
      .channel('availability')
      .publish('Updated', { n: 1 })
    const wait = async (most: number): Promise<number> => {
      for (;;) {
        const found = clock.pending.find(({ dueIn }) => dueIn <= most)
        if (found) return found.dueIn
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expect(await wait(3000)).toBe(3000)
    await clock.advance(3000)
    const second = await wait(500)
    expect(second).toBeGreaterThanOrEqual(250)
    await clock.advance(second)
    await done
    expect(requests).toHaveLength(3)
  })

  it('is given up after so many tries, and says how it was', async () => {
    const { port } = await startStub(...Array.from({ length: 3 }, () => ({ status: 500 })))
    const publisher = createPublisher({ ...app, port, maxAttempts: 3, firstWaitMs: 1 })
    await expect(publisher.channel('availability').publish('Updated', { n: 1 })).rejects.toMatchObject({
      code: 'publish.failed',
      details: { channels: ['availability'], status: 500, attempts: 3 },
    })
  })

  it('is not tried again after a refusal, also when soketi hides it', async () => {
    const { port, requests } = await startStub({ status: 200, body: '{"error":"no","code":401}' })
    await expect(
      createPublisher({ ...app, port })
        .channel('availability')
        .publish('Updated', { n: 1 }),
    ).rejects.toMatchObject({ details: { status: 401, attempts: 1 } })
    expect(requests).toHaveLength(1)
  })

  it('is told from no server at all', async () => {
    const publisher = createPublisher({ ...app, port: 1, maxAttempts: 2, firstWaitMs: 1 })
    await expect(publisher.channel('availability').publish('Updated', { n: 1 })).rejects.toMatchObject({
      code: 'publish.failed',
      details: { status: undefined, attempts: 2 },
    })
  })

  it('gets all through at the rate that a real server allows', async () => {
    const { port, publisher } = await setup({}, { apps: [{ ...APP, maxBackendEventsPerSecond: 2 }] })
    const guest = await dialPusher(port)
    await guest.join('availability')
    const availability = publisher.channel('availability')
    for (const n of [1, 2, 3]) await availability.publish('Updated', { n })
    for (const n of [1, 2, 3]) expect(await guest.next('Updated')).toMatchObject({ data: { n } })
  })
})

describe('throttle', () => {
  const valuesOf = (requests: readonly { body: Record<string, unknown> }[]) =>
    requests.map(({ body }) => (body['batch'] as { data: string }[]).map(({ data }) => JSON.parse(data).n))

  it('publishes at once, then every so often, and the last value always', async () => {
    const { requests, port } = await startStub()
    const clock = createFakeClock()
    const update = createPublisher({ ...app, port, clock })
      .channel('availability')
      .throttle('Updated', { everyMs: 100 })
    for (let ms = 0; ms < 1000; ms += 10) {
      update({ n: ms })
      await clock.advance(10)
    }
    await clock.advance(90)
    await update.flush()
    const sent = valuesOf(requests).flat()
    expect(sent[0]).toBe(0)
    expect(sent.at(-1)).toBe(990)
    expect(sent.length).toBeLessThanOrEqual(11)
    expect(clock.pending).toEqual([])
  })

  it('keeps the last value of each key', async () => {
    const { requests, port } = await startStub()
    const clock = createFakeClock()
    const update = createPublisher({ ...app, port, clock })
      .channel('availability')
      .throttle('Updated', { everyMs: 100, key: ({ n }) => `${n % 2}` })
    for (const n of [1, 2, 3, 4]) update({ n })
    await update.flush()
    expect(valuesOf(requests)).toEqual([[1], [3, 4]])
  })

  it('keeps all, in batches', async () => {
    const { requests, port } = await startStub()
    const clock = createFakeClock()
    const update = createPublisher({ ...app, port, clock })
      .channel('availability')
      .throttle('Updated', { everyMs: 100, keep: 'all' })
    for (const n of [1, 2, 3]) update({ n })
    await update.flush()
    expect(valuesOf(requests)).toEqual([[1], [2, 3]])
  })

  it('tells what could not be published, and goes on', async () => {
    const { requests, port } = await startStub({ status: 400 })
    const errors: unknown[] = []
    const update = createPublisher({ ...app, port })
      .channel('availability')
      .throttle('Updated', { everyMs: 1, onError: (error) => errors.push(error) })
    update({ n: 1 })
    await update.flush()
    update({ n: 2 })
    await update.flush()
    await settled()
    expect(errors).toMatchObject([{ code: 'publish.failed' }])
    expect(requests).toHaveLength(2)
  })
})
