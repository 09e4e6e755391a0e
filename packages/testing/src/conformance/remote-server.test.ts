import { describe, expect, it } from 'vitest'
import { createMemoryTransport } from '../memory-transport.ts'
import { createAckedServer } from '../protocols/acked-server.ts'
import { createSendOnlyServer } from '../protocols/send-only-server.ts'
import { type LiveServer, toLiveServer } from './live-server.ts'
import { answerRemotely, remoteServer } from './remote-server.ts'

const remote = (server: LiveServer): Promise<LiveServer> => remoteServer(answerRemotely(server))

describe('remoteServer', () => {
  it('has the verbs of the far end, and no others', async () => {
    const acked = toLiveServer(createAckedServer(), createMemoryTransport())
    expect(Object.keys(await remote(acked))).toEqual(Object.keys(acked))
    const sendOnly = toLiveServer(createSendOnlyServer(), createMemoryTransport())
    expect((await remote(sendOnly)).drain).toBeUndefined()
  })

  it('brings values there and results back', async () => {
    const log: unknown[] = []
    const server = toLiveServer(createAckedServer(), createMemoryTransport())
    const { publish, joined } = await remote({
      ...server,
      publish: async (...message) => void log.push(message),
      joined: async () => 3,
    })
    await publish('a', 'Said', { deep: [null, 'ä'] })
    expect(log).toEqual([['a', 'Said', { deep: [null, 'ä'] }]])
    expect(await joined('a')).toBe(3)
  })

  it('brings frames of text and of bytes as they are', async () => {
    const frames: unknown[] = []
    const server = toLiveServer(createAckedServer(), createMemoryTransport())
    const { send } = await remote({ ...server, send: async (frame) => void frames.push(frame) })
    await send('{"bytes":[1]}')
    await send(Uint8Array.of(0, 255))
    expect(frames).toEqual(['{"bytes":[1]}', Uint8Array.of(0, 255)])
  })

  it('rejects with what went wrong at the far end', async () => {
    const server = toLiveServer(createAckedServer(), createMemoryTransport())
    const { release } = await remote({ ...server, release: () => Promise.reject(new Error('not now')) })
    await expect(release()).rejects.toThrow('not now')
    await expect(answerRemotely(server)('["toString"]')).resolves.toMatch('no verb toString')
  })
})
