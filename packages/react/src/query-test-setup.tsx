import { settled } from '@org/realtime-testing'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act } from '@testing-library/react'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useInvalidate } from './query.ts'
import { frame, hooks, setup } from './render-test-setup.tsx'

async function shown() {
  const fake = setup()
  const queries = new QueryClient()
  onTestFinished(() => queries.clear())
  const fetched: string[] = []
  function News() {
    const news = hooks.useChannel('news')
    const fetch = (key: string) => ({ queryKey: ['news', key], queryFn: () => fetched.push(key) })
    useQuery(fetch('1'))
    useQuery(fetch('2'))
    useInvalidate(news, {
      events: ['Told'],
      queryKey: ({ payload }) => ['news', `${payload.n}`],
      gapKey: ['news'],
    })
    return null
  }
  await fake.show(
    <QueryClientProvider client={queries}>
      <News />
    </QueryClientProvider>,
  )
  await act(settled)
  expect(fetched.splice(0)).toEqual(['1', '2'])
  return { ...fake, fetched }
}

/** In whatever DOM this runs. */
export function queries(): void {
  describe('useInvalidate', () => {
    it('22: fetches what an event has made stale, once however many come', async () => {
      const { emit, fetched } = await shown()
      await emit('news', 'Told', { n: 2 }, { n: 2 }, { n: 2 })
      await frame()
      await act(settled)
      expect(fetched).toEqual(['2'])
    })

    it('22: fetches everything after a gap', async () => {
      const { server, drop, advance, fetched } = await shown()
      server.publish('news', 'Told', { n: 3 })
      await drop()
      server.resetEpoch('news')
      await advance(2000)
      await act(settled)
      expect(fetched.sort()).toEqual(['1', '2'])
    })
  })
}
