import { cleanup, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Room } from './backends-test-setup.tsx'
import { RealtimeProvider } from './index.ts'
import { type LiveFarEnd, liveClients } from './live-far-end-test-setup.ts'

const patience = { timeout: 25_000, interval: 20 }

/** One component over every protocol, on real sockets. */
export function testLive(startFarEnd: (kind: string) => Promise<LiveFarEnd>): void {
  describe.each(liveClients)('the same component over %s, on a real socket', (kind, createClient) => {
    it('hears, publishes, survives a cut, and leaves', { timeout: 30_000 }, async () => {
      const far = await startFarEnd(kind)
      const client = createClient(far.url)
      const log: unknown[] = []
      onTestFinished(async () => {
        cleanup()
        await client.close()
      })
      const { container, unmount } = render(
        <StrictMode>
          <RealtimeProvider client={client}>
            <Room id={1} log={log} />
          </RealtimeProvider>
        </StrictMode>,
      )
      const shows = (text: RegExp) => vi.waitFor(() => expect(container.textContent).toMatch(text), patience)
      await shows(/^joined/)
      // Some protocols say that they have joined before the server knows.
      await vi.waitFor(async () => expect(await far.joined('room-1')).toBe(1), patience)
      await far.publish('room-1', 'a')
      await shows(/^joined; last a; a and 0; 1 said/)
      await far.dropAll()
      await shows(/^joining/)
      await shows(/^joined/)
      await vi.waitFor(async () => expect(await far.joined('room-1')).toBe(1), patience)
      await far.publish('room-1', 'b')
      await shows(/^joined; last b; a,b and 0; 2 said/)
      expect(log).toEqual(['a', expect.stringMatching(/^gap/), 'b'])
      container.querySelector('button')?.click()
      await vi.waitFor(async () => {
        const [published] = (await far.received()).filter(({ channel }) => channel === 'room-1')
        expect(published?.payload).toEqual({ text: 'mine' })
      }, patience)
      unmount()
      await vi.waitFor(() => expect(client.status.get().status).toBe('idle'), patience)
      await vi.waitFor(async () => expect(await far.joined('room-1')).toBe(0), patience)
    })
  })
}
