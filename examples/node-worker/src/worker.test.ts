import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createPusher } from '@org/realtime-pusher'
import { expect, it, onTestFinished } from 'vitest'
import { startDemo, startProgram } from '../../../scripts/demo-server.mjs'

it('works off jobs, tells pages of them, and ends in good order when asked to', async () => {
  const demo = await startDemo({ port: 0, serverPort: 0 })
  const [host = '', port = ''] = demo.backend.host.split(':')
  const page = createPusher({ key: 'worker-key', host, port })
  const worker = await startProgram('node-worker', demo.backend)
  onTestFinished(async () => {
    worker.kill('SIGKILL')
    await page.close()
    await demo.close()
  })
  const done: unknown[] = []
  page.untyped('jobs').on('JobDone', (job) => done.push(job))
  const lines = createInterface({ input: worker.stdout })
  const printed: string[] = []
  for await (const line of lines) {
    printed.push(line)
    if (line.startsWith('Job 2')) break
  }
  worker.kill('SIGTERM')
  const [code] = await once(worker, 'exit')
  expect(code).toBe(0)
  expect(printed.filter((line) => line.startsWith('Job'))).toEqual([
    'Job 1: photo-1.jpg is done',
    'Job 2: photo-2.jpg is done',
  ])
  await expect.poll(() => done.length).toBeGreaterThanOrEqual(1)
  expect(done.at(-1)).toEqual({ id: 2, image: 'photo-2.jpg' })
})
