import { describe, expect, it } from 'vitest'
import { createHooks, RealtimeProvider, useEvent, useGap, useLatest } from './index.ts'
import { type AnyBackend, Ear, frame, hooks, type News, setup } from './render-test-setup.tsx'

const { useChannel, useClient } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function sharing(): void {
  describe('complaints about other libraries: shared sockets and channels', () => {
    it('3: many components share one socket and one subscription, also after a reconnect', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(Array.from({ length: 100 }, (_, key) => <Ear key={key} log={log} />))
      expect(fake.transport.sessions).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"sub"'))).toHaveLength(1)
      await fake.drop()
      await fake.advance(2000)
      await fake.emit('news', 'Told', { n: 1 })
      expect(log).toHaveLength(100)
      expect(fake.transport.open).toHaveLength(1)
      expect(fake.frames().filter((text) => text.includes('"sub"'))).toHaveLength(2)
    })

    it('3: rows that select from the last values by one key share them, and the one listener', async () => {
      const fake = setup()
      const heard: number[] = []
      const byNumber = ({ n }: { readonly n: number }): string => {
        heard.push(n)
        return `${n % 3}`
      }
      function Row({ row, news }: { readonly row: string; readonly news: News }) {
        return `${useLatest(news, 'Told', { key: byNumber, select: (rows) => rows.get(row)?.n })};`
      }
      function Table({ rows }: { readonly rows: readonly string[] }) {
        const news = useChannel('news')
        return rows.map((row) => <Row key={row} row={row} news={news} />)
      }
      const page = await fake.show(<Table rows={['0', '1']} />)
      await fake.emit('news', 'Told', { n: 0 }, { n: 1 }, { n: 2 }, { n: 3 })
      await frame()
      expect(page.text()).toBe('3;1;')
      expect(heard).toEqual([0, 1, 2, 3])
      // Who comes later sees what was there.
      await page.change(<Table rows={['2', '1']} />)
      expect(page.text()).toBe('2;1;')
      await page.change(<Table rows={[]} />)
      await page.change(<Table rows={['1']} />)
      expect(page.text()).toBe('undefined;')
    })

    it('4: StrictMode neither breaks nor doubles a subscription', async () => {
      const fake = setup()
      const log: unknown[] = []
      const page = await fake.show(<Ear log={log} />)
      await fake.emit('news', 'Told', { n: 1 })
      expect(log).toEqual([1])
      await page.unmount()
      await fake.advance(1000)
      expect(fake.frames().map((text) => JSON.parse(text).t)).toEqual(['hello', 'sub', 'unsub'])
    })

    it('5: a new callback, new options and new parameters objects cost nothing, and the newest callback is called', async () => {
      const fake = setup()
      const log: string[] = []
      function Room({ round }: { readonly round: number }) {
        const room = useChannel('room-{id}', { id: 1 }, { priority: 1 })
        useEvent(room, 'Said', ({ text }) => log.push(`${text} in ${round}`), {
          rate: { everyMs: 100, keep: 'latest' },
        })
        useGap(room, () => {})
        return null
      }
      const page = await fake.show(<Room round={0} />)
      const sent = fake.frames().length
      for (let round = 1; round <= 10; round++) await page.change(<Room round={round} />)
      await fake.emit('room-1', 'Said', { text: 'heard' })
      await fake.advance(2000)
      expect(log).toEqual(['heard in 10'])
      expect(fake.frames()).toHaveLength(sent)
    })

    it('6: what is unmounted leaves its channel, and the last of all the connection', async () => {
      const fake = setup()
      const page = await fake.show(<Ear log={[]} />)
      expect(fake.server.joined('news')).toBe(1)
      await page.change(null)
      await fake.advance(999)
      expect(fake.server.joined('news')).toBe(1)
      await fake.advance(1)
      expect(fake.server.joined('news')).toBe(0)
      await fake.advance(5000)
      expect(fake.transport.open).toEqual([])
      expect(fake.clock.pending).toEqual([])
    })

    it('9: one provider serves all channels, and another client is one more provider', async () => {
      const fake = setup()
      const other = setup()
      const named = createHooks<AnyBackend>('other')
      const bound = createHooks(fake.client)
      const found: unknown[] = []
      function Inner() {
        found.push(useClient(), named.useClient(), bound.useClient())
        return null
      }
      await fake.show(
        <RealtimeProvider client={other.client} name="other">
          <RealtimeProvider client={other.client}>
            <RealtimeProvider client={fake.client}>
              <Inner />
            </RealtimeProvider>
          </RealtimeProvider>
        </RealtimeProvider>,
      )
      expect(found.slice(0, 3)).toEqual([fake.client, other.client, fake.client])
    })

    it('10: two components may use one channel with options of their own', async () => {
      const fake = setup()
      const log: string[] = []
      function Room({ priority, everyMs }: { readonly priority: number; readonly everyMs: number }) {
        const room = useChannel('room-{id}', { id: 1 }, { priority })
        useEvent(room, 'Said', ({ text }) => log.push(`${everyMs} ${text}`), {
          rate: { everyMs, keep: 'latest' },
        })
        return null
      }
      await fake.show([
        <Room key={1} priority={1} everyMs={100} />,
        <Room key={2} priority={2} everyMs={300} />,
      ])
      await fake.emit('room-1', 'Said', { text: 'a' }, { text: 'b' })
      await fake.advance(100)
      await fake.emit('room-1', 'Said', { text: 'c' })
      await fake.advance(300)
      expect(log).toEqual(['100 a', '300 a', '100 b', '100 c', '300 c'])
    })
  })
}
