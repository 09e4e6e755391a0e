import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { startBackend } from '@org/example-backend'
import { createPusher } from '@org/realtime-pusher'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startProgram } from '../../../scripts/demo-server.mjs'
import { createBackend } from './backend.ts'

async function start() {
  const backend = await startBackend({ backends: [createBackend], origins: [] })
  onTestFinished(() => backend.close())
  return {
    ...backend,
    /** `host`: where it tells pages. */
    async startWorker(host = backend.host) {
      const child = await startProgram('node-worker', { ...backend, host })
      onTestFinished(() => void child.kill('SIGKILL'))
      const exit = once(child, 'exit')
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      return {
        child,
        /** The next line that starts so; nothing when it ends before that. */
        async line(first: string): Promise<string | undefined> {
          for (;;) {
            const { value, done } = await lines.next()
            if (done) return undefined
            if (value.startsWith(first)) return value
          }
        },
        code: async (): Promise<unknown> => (await exit)[0],
      }
    },
  }
}

/** What pages are told by, in our hands: each request waits until it is answered. */
async function startPages() {
  const asked: ServerResponse[] = []
  const waiting: ((response: ServerResponse) => void)[] = []
  const server = createServer((_request, response) => {
    const next = waiting.shift()
    if (next) next(response)
    else asked.push(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async next(): Promise<(status: number) => void> {
      const response = asked.shift() ?? (await new Promise<ServerResponse>((done) => waiting.push(done)))
      return (status) => void response.writeHead(status).end('{}')
    },
  }
}

describe('the worker', () => {
  it('works off jobs and tells pages of them', async () => {
    const { host, startWorker } = await start()
    const [hostname = '', port = ''] = host.split(':')
    const page = createPusher({ key: 'worker-key', host: hostname, port })
    onTestFinished(() => page.close())
    const done: unknown[] = []
    page.untyped('jobs').on('JobDone', (job) => done.push(job))
    const worker = await startWorker()
    expect(await worker.line('Job')).toBe('Job 1: photo-1.jpg is done')
    expect(await worker.line('Job')).toBe('Job 2: photo-2.jpg is done')
    await expect.poll(() => done.at(-1)).toEqual({ id: 2, image: 'photo-2.jpg' })
  })

  it('finishes the job in hand when it is asked to end, and ends with 0', async () => {
    const { startWorker } = await start()
    const pages = await startPages()
    const worker = await startWorker(pages.host)
    const answer = await pages.next()
    worker.child.kill('SIGTERM')
    await worker.line('Worker ends')
    answer(200)
    expect(await worker.line('Job')).toBe('Job 1: photo-1.jpg is done')
    expect(await worker.code()).toBe(0)
    // It was acknowledged: the next one goes on behind it.
    expect(await (await startWorker()).line('Job')).toBe('Job 2: photo-2.jpg is done')
  })

  it('gets a job again in the middle of which it was killed', async () => {
    const { startWorker } = await start()
    const pages = await startPages()
    const worker = await startWorker(pages.host)
    await pages.next()
    worker.child.kill('SIGKILL')
    await worker.code()
    expect(await (await startWorker()).line('Job')).toBe('Job 1: photo-1.jpg is done')
  })

  it('does a job again while pages cannot be told of it, and leaves it to the next one when it ends', async () => {
    const { startWorker } = await start()
    const pages = await startPages()
    const worker = await startWorker(pages.host)
    for (let tries = 0; tries < 2; tries++) (await pages.next())(503)
    const answer = await pages.next()
    worker.child.kill('SIGTERM')
    await worker.line('Worker ends')
    answer(503)
    expect(await worker.code()).toBe(0)
    expect(await (await startWorker()).line('Job')).toBe('Job 1: photo-1.jpg is done')
  })
})
