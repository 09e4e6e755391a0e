import { QueryClient, useQuery, VUE_QUERY_CLIENT } from '@tanstack/vue-query'
import { describe, expect, it, onTestFinished } from 'vitest'
import { h, provide } from 'vue'
import { useInvalidate } from './query.ts'
import { boundary, changed, component, frame, hooks, setup } from './render-test-setup.ts'

async function shown() {
  const fake = setup()
  const queries = new QueryClient()
  onTestFinished(() => queries.clear())
  const fetched: string[] = []
  const child = component(() => {
    const news = hooks.useChannel('news')
    const fetch = (key: string) => ({ queryKey: ['news', key], queryFn: () => fetched.push(key) })
    const [one, two] = [useQuery(fetch('1')), useQuery(fetch('2'))]
    useInvalidate(news, {
      events: ['Told'],
      queryKey: ({ payload }) => ['news', `${payload.n}`],
      gapKey: ['news'],
    })
    return () => h('i', `${one.data.value} ${two.data.value}`)
  })
  await fake.show(
    component(() => {
      provide(VUE_QUERY_CLIENT, queries)
      return () => h(child)
    }),
  )
  await changed()
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
      await changed()
      expect(fetched).toEqual(['2'])
    })

    it('throws a typed error where there is no query client', async () => {
      const fake = setup()
      fake.expectPrints()
      const child = component(() => {
        useInvalidate(hooks.useChannel('news'), { events: ['Told'], queryKey: ['news'] })
        return () => null
      })
      const page = await fake.show(boundary(child))
      await changed()
      expect(page.text()).toBe('caught binding.no-provider')
    })

    it('22: fetches everything after a gap', async () => {
      const { server, drop, advance, fetched } = await shown()
      server.publish('news', 'Told', { n: 3 })
      await drop()
      server.resetEpoch('news')
      await advance(2000)
      await changed()
      expect(fetched.sort()).toEqual(['1', '2'])
    })
  })
}
