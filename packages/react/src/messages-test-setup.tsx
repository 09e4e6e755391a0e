import { injectFaults } from '@org/realtime-testing'
import { useEffect } from 'react'
import { describe, expect, it } from 'vitest'
import { useChannelReducer, useEvent, useHistory, useLatest } from './index.ts'
import { Ear, frame, hooks, type News, setup } from './render-test-setup.tsx'

const { useChannel, useStatus } = hooks

/** What users of other libraries complain about (numbers of reference/ui.md, section 2), as it is here. */
export function messages(): void {
  describe('complaints about other libraries: messages', () => {
    it('1: no message is lost to batching, however many come in one tick', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(<Ear log={log} />)
      const told = Array.from({ length: 500 }, (_, n) => ({ n }))
      await fake.emit('news', 'Told', ...told)
      expect(log).toEqual(told.map(({ n }) => n))
    })

    it('11: an event name that nearly fits is told in the trace instead of being silent', async () => {
      const fake = setup()
      await fake.show(<Ear log={[]} />)
      await fake.emit('news', 'App.Events.Told', { n: 1 })
      const hints = fake.client.trace.entries().filter(({ type }) => type === 'hint')
      expect(hints).toEqual([expect.objectContaining({ message: expect.stringContaining('did you mean') })])
    })

    it('12: a listener of several events is told which one it was', async () => {
      const fake = setup()
      const log: unknown[] = []
      function Both() {
        useEvent(useChannel('news'), ['Told', 'Closed'], (message) =>
          log.push(message.event === 'Told' ? message.payload.n : message.payload),
        )
        return null
      }
      await fake.show(<Both />)
      await fake.emit('news', 'Told', { n: 1 })
      await fake.emit('news', 'Closed', 'for today')
      expect(log).toEqual([1, 'for today'])
    })

    it('18: events of a channel that was left touch nothing new', async () => {
      const fake = setup()
      function Room({ id }: { readonly id: number }) {
        const room = useChannel('room-{id}', { id })
        return useHistory(room, 'Said')
          .items.map(({ text }) => text)
          .join()
      }
      const page = await fake.show(<Room id={1} />)
      await fake.emit('room-1', 'Said', { text: 'old' })
      await frame()
      expect(page.text()).toBe('old')
      await page.change(<Room id={2} />)
      expect(page.text()).toBe('')
      await fake.emit('room-1', 'Said', { text: 'late' })
      await fake.emit('room-2', 'Said', { text: 'new' })
      await frame()
      expect(page.text()).toBe('new')
    })

    it('18: a line that falls silent is replaced, and so is the next one', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(<Ear log={log} />)
      for (let silence = 1; silence <= 2; silence++) {
        const faults = injectFaults(fake.transport.last)
        faults.mute()
        await fake.advance(60_000)
        faults.stop()
        expect(fake.transport.open).toHaveLength(1)
        await fake.emit('news', 'Told', { n: silence })
      }
      expect(log).toEqual([1, 2])
    })

    it('19: equal messages are two messages', async () => {
      const fake = setup()
      const log: unknown[] = []
      await fake.show(<Ear log={log} />)
      await fake.emit('news', 'Told', { n: 1 }, { n: 1 })
      expect(log).toEqual([1, 1])
    })

    it('21: a history is bounded, and says what it let go of', async () => {
      const fake = setup()
      function List() {
        const { items, dropped, clear } = useHistory(useChannel('news'), 'Told', {
          max: 3,
          initial: [{ n: 0 }],
        })
        return <button type="button" onClick={clear}>{`${items.map(({ n }) => n)} and ${dropped}`}</button>
      }
      const page = await fake.show(<List />)
      expect(page.text()).toBe('0 and 0')
      await fake.emit('news', 'Told', ...[1, 2, 3, 4].map((n) => ({ n })))
      await frame()
      expect(page.text()).toBe('2,3,4 and 2')
      await page.click()
      expect(page.text()).toBe(' and 0')
    })

    it('23: what does not fit its schema reaches no component', async () => {
      const fake = setup('acked', { validate: 'always' })
      fake.expectError('message.malformed')
      const log: unknown[] = []
      await fake.show(<Ear log={log} />)
      await fake.emit('news', 'Told', { n: 'one' }, { n: 1 })
      expect(log).toEqual([1])
    })

    it('2: only those render whose part has changed, once per frame, and nobody for a heartbeat', async () => {
      const fake = setup()
      const renders = new Map<string, number>()
      const count = (name: string): void => void renders.set(name, (renders.get(name) ?? 0) + 1)
      function Row({ n, news }: { readonly n: number; readonly news: News }) {
        const last = useLatest(news, 'Told', { filter: (told) => told.n === n })
        useEffect(() => count(`row ${n}`))
        return <i>{last?.n}</i>
      }
      function Total({ news }: { readonly news: News }) {
        const even = useChannelReducer(
          news,
          0,
          { Told: (sum, { n }) => sum + n },
          { select: (sum) => sum % 2 === 0 },
        )
        useEffect(() => count('total'))
        return even ? 'even' : 'odd'
      }
      function Status() {
        useStatus()
        useEffect(() => count('status'))
        return null
      }
      function List() {
        const news = useChannel('news')
        useEffect(() => count('list'))
        return (
          <>
            {[0, 1, 2].map((n) => (
              <Row key={n} n={n} news={news} />
            ))}
            <Total news={news} />
            <Status />
          </>
        )
      }
      const page = await fake.show(<List />)
      renders.clear()
      await fake.emit('news', 'Told', { n: 2 }, { n: 0 }, { n: 2 })
      await frame()
      expect(page.text()).toBe('02even')
      expect(renders).toEqual(
        new Map([
          ['row 2', 1],
          ['row 0', 1],
        ]),
      )
      renders.clear()
      fake.transport.latencyMs = 10
      await fake.advance(60_000)
      expect(fake.client.status.get().rttMs).toBeGreaterThan(0)
      expect(renders).toEqual(new Map())
      fake.transport.latencyMs = 0
      await fake.advance(10)
    })
  })
}
