import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFakeClock, createMemoryTransport, settled } from '@org/realtime-testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMqtt } from './create-mqtt.ts'
import { createFakeBroker } from './fake-broker-test-setup.ts'
import { fileStore } from './file-store.ts'
import { defineStore, type KeptSession, memoryStore } from './session-store.ts'

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'session')
}

function withResolver() {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const sorted = async (store: KeptSession): Promise<[string, number[]][]> =>
  [...(await store.load())].map(([key, value]): [string, number[]] => [key, [...value]]).sort()

describe.each([
  ['memoryStore', () => memoryStore()],
  ['fileStore', () => fileStore(temporaryFile())],
] as const)('%s', (_name, create) => {
  it('gives back what was put and not deleted', async () => {
    const store = create()
    expect(await sorted(store)).toEqual([])
    await store.put('a', Uint8Array.of(1, 0, 255))
    await store.put('b', new Uint8Array(0))
    await store.put('ä', Uint8Array.of(2))
    await store.delete('b')
    await store.put('a', Uint8Array.of(3))
    await store.delete('c')
    expect(await sorted(store)).toEqual([
      ['a', [3]],
      ['ä', [2]],
    ])
  })
})

describe('fileStore', () => {
  it('refuses a path that is none', () => {
    expect(() => fileStore(undefined as never)).toThrow('[option.invalid] Option path')
  })

  it('survives the process, and a line that was cut', async () => {
    const path = temporaryFile()
    const store = fileStore(path)
    await Promise.all([store.put('a', Uint8Array.of(1)), store.put('b', Uint8Array.of(2)), store.delete('a')])
    appendFileSync(path, '["c","AQ')
    expect(await sorted(fileStore(path))).toEqual([['b', [2]]])
    expect(readFileSync(path, 'utf8')).toBe('["b","Ag=="]\n')
  })

  it('does not grow with the past', async () => {
    const path = temporaryFile()
    const store = fileStore(path)
    await store.put('kept', Uint8Array.of(1))
    const writes: Promise<void>[] = []
    for (let count = 0; count < 6000; count++)
      writes.push(store.put('x', Uint8Array.of(1)), store.delete('x'))
    await Promise.all(writes)
    expect(readFileSync(path, 'utf8').length).toBeLessThan(1000)
    await store.put('y', Uint8Array.of(2))
    expect(await sorted(fileStore(path))).toEqual([
      ['kept', [1]],
      ['y', [2]],
    ])
  })

  it('rejects what cannot be written or read', async () => {
    const path = join(temporaryFile(), 'below', 'nothing')
    await expect(fileStore(path).put('a', Uint8Array.of(1))).rejects.toMatchObject({ code: 'ENOENT' })
    const folder = temporaryFile()
    rmSync(folder, { force: true })
    writeFileSync(folder, '')
    await expect(fileStore(join(folder, 'x')).load()).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

/** One process after the other, on the same store and server. `die` ends one without a word to anybody. */
function processes(kept: KeptSession) {
  const broker = createFakeBroker()
  const writes = new Set<Promise<void>>()
  const noted = (write: Promise<void>): Promise<void> => {
    writes.add(write)
    const forget = (): void => void writes.delete(write)
    write.then(forget, forget)
    return write
  }
  const store = defineStore({
    load: kept.load,
    put: (...record) => noted(kept.put(...record)),
    delete: (key) => noted(kept.delete(key)),
  })
  /** Everything that was to be written is. */
  const written = async (): Promise<void> => {
    while (writes.size) await Promise.all(writes)
  }
  const start = (options: object = {}) => {
    const clock = createFakeClock()
    const transport = createMemoryTransport({ clock })
    broker.attach(transport)
    const client = createMqtt({
      url: 'ws://broker',
      clean: false,
      sessionExpiryMs: 60_000,
      backoff: { jitter: 0 },
      ...{ store, clock, transport, ...options },
    })
    const errors: unknown[] = []
    client.onError((error) => errors.push(error))
    return {
      client,
      clock,
      errors,
      async die() {
        for (const peer of transport.open) peer.stall()
        broker.dropAll()
        await settled()
      },
    }
  }
  const published = () =>
    broker.packets.flatMap((packet) =>
      packet.type === 'publish' ? [`${packet.dup ? 'again ' : ''}${packet.topic} ${packet.id}`] : [],
    )
  return { broker, start, published, written }
}

describe('close()', () => {
  it('resolves when all is in the store', async () => {
    const { promise, resolve } = withResolver()
    const kept = memoryStore()
    const { start } = processes(
      defineStore({ ...kept, delete: (key) => promise.then(() => kept.delete(key)) }),
    )
    const { client } = start()
    await client.mqtt.publish('a', 'x', { qos: 1 })
    let isClosed = false
    const closed = client.close().then(() => {
      isClosed = true
    })
    await settled()
    expect(isClosed).toBe(false)
    resolve()
    await closed
    expect((await sorted(kept)).map(([key]) => key)).toEqual(['s'])
  })
})

describe.each([
  ['memory', () => memoryStore()],
  ['file', () => fileStore(temporaryFile())],
] as const)('a session kept in %s', (_name, create) => {
  it('goes on in the next process: same client, same ids, same order, DUP, and what had waited after it', async () => {
    const { broker, start, published, written } = processes(create())
    const first = start()
    await first.client.connect()
    const properties = { correlationData: Uint8Array.of(1, 2), contentType: 'x' }
    broker.withhold()
    first.client.mqtt.publish('a', 'x', { qos: 1, properties })
    first.client.mqtt.publish('b', 'y', { qos: 2, retain: true })
    await settled()
    broker.dropAll()
    await settled()
    first.client.mqtt.publish('c', 'z', { qos: 1 })
    await written()
    await first.die()
    broker.release()
    const before = published().length
    const second = start()
    await second.client.connect()
    await settled()
    expect(second.client.mqtt.session.get()).toMatchObject({
      isResumed: true,
      clientId: first.client.mqtt.session.get()?.clientId,
    })
    expect(published().slice(before)).toEqual(['again a 1', 'again b 2', 'c 3'])
    const again = broker.packets.filter((packet) => packet.type === 'publish').slice(before)
    expect(again).toMatchObject([
      { properties, payload: new TextEncoder().encode('x') },
      { retain: true, qos: 2 },
      { payload: new TextEncoder().encode('z'), qos: 1 },
    ])
    await second.client.close()
    const third = start()
    await third.client.connect()
    await settled()
    expect(published().slice(before)).toHaveLength(3)
    expect([first, second, third].flatMap(({ errors }) => errors)).toEqual([])
    await third.client.close()
    await first.client.close()
  })

  it('sends what was released again as PUBREL alone', async () => {
    const { broker, start, published, written } = processes(create())
    const first = start()
    await first.client.connect()
    broker.withhold('pubcomp')
    first.client.mqtt.publish('a', 'x', { qos: 2 })
    await settled()
    await written()
    await first.die()
    broker.release()
    const second = start()
    await second.client.connect()
    await settled()
    expect(published()).toEqual(['a 1'])
    expect(broker.packets.filter(({ type }) => type === 'pubrel')).toHaveLength(2)
    await second.client.close()
    await first.client.close()
  })

  it('publishes again as new what a lost session left in doubt, as the policy says', async () => {
    const { broker, start, published, written } = processes(create())
    const first = start()
    await first.client.connect()
    broker.withhold()
    first.client.mqtt.publish('a', 'x', { qos: 1 })
    first.client.mqtt.publish('b', 'x', { qos: 2 })
    await settled()
    await written()
    await first.die()
    broker.release()
    broker.forgetSessions()
    const second = start()
    await second.client.connect()
    await settled()
    expect(published().slice(2)).toEqual([expect.stringMatching(/^a /)])
    await second.client.close()
    await first.client.close()
  })

  it('knows in the next process what of QoS 2 it has had', async () => {
    const store = create()
    const { broker, start, written } = processes(store)
    const listen = async ({ client }: ReturnType<typeof start>): Promise<unknown[]> => {
      const log: unknown[] = []
      client.untyped('a', { qos: 2 }).on('message', (payload) => log.push(payload))
      await client.connect()
      await settled()
      return log
    }
    broker.instead = ({ type }) => type === 'pubrec'
    const message = {
      type: 'publish',
      topic: 'a',
      payload: new TextEncoder().encode('1'),
      qos: 2,
      retain: false,
      dup: false,
      id: 5,
    } as const
    const first = start()
    const before = await listen(first)
    broker.send(message)
    await settled()
    await written()
    await first.die()
    const second = start()
    const after = await listen(second)
    broker.send({ ...message, dup: true })
    await settled()
    expect([before, after]).toEqual([[1], []])
    await second.client.close()
    await first.client.close()
  })
})

describe('a store that fails', () => {
  it('is told once for each failure, and the client works without it', async () => {
    const broken = defineStore({
      load: () => Promise.reject(new Error('no disk')),
      put: () => Promise.reject(new Error('full')),
      delete: async () => {},
    })
    const { start } = processes(broken)
    const { client, errors } = start()
    await client.connect()
    await expect(client.mqtt.publish('a', 'x', { qos: 1 })).resolves.toMatchObject({
      outcome: 'acknowledged',
    })
    expect(errors[0]).toMatchObject({
      code: 'store.failed',
      details: { action: 'load' },
      cause: new Error('no disk'),
    })
    expect(errors[1]).toMatchObject({
      code: 'store.failed',
      details: { action: 'write' },
      cause: new Error('full'),
    })
    await client.close()
  })

  it('is refused for a session that is new every time', () => {
    expect(() => createMqtt({ url: 'ws://broker', store: memoryStore() })).toThrow('[option.invalid]')
  })
})
