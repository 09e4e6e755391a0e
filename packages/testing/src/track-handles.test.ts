import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { trackHandles } from './track-handles.ts'

describe('trackHandles', () => {
  it('finds a server that is still listening, and waits for it to go', async () => {
    const expectNoNewHandles = trackHandles()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await expect(expectNoNewHandles({ withinMs: 0 })).rejects.toThrow('Still alive: TCPServerWrap (1)')
    server.close()
    await expectNoNewHandles()
  })

  it('does not count timers that let the process end', async () => {
    const expectNoNewHandles = trackHandles()
    const timer = setTimeout(() => {}, 60_000).unref()
    await expectNoNewHandles({ withinMs: 0 })
    clearTimeout(timer)
  })
})
