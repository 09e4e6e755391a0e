import { settled } from '@org/realtime-testing'
import { createPinia, defineStore, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { h, ref } from 'vue'
import { useStorePatch } from './pinia.ts'
import { changed, component, frame, hooks, setup } from './render-test-setup.ts'

const useNews = defineStore('news', { state: () => ({ told: [] as number[], closed: '' }) })

async function shown(flush: number | 'raf' = 'raf') {
  const fake = setup()
  setActivePinia(createPinia())
  const store = useNews()
  const patches: unknown[] = []
  store.$subscribe(({ type }) => patches.push(type), { flush: 'sync' })
  const gaps: string[] = []
  const isSkipped = ref(false)
  const page = await fake.show(
    component(() => {
      useStorePatch(
        store,
        hooks.useChannel('news', () => (isSkipped.value ? 'skip' : {})),
        {
          Told(state, { n }) {
            if (n < 0) throw new Error('mine')
            state.told.push(n)
          },
          Closed(state, why) {
            state.closed = why
          },
        },
        { flush, onGap: ({ cause }) => gaps.push(cause) },
      )
      return () => h('i', `${store.told} ${store.closed}`)
    }),
  )
  return { ...fake, page, patches, gaps, isSkipped }
}

/** In whatever DOM this runs. */
export function stores(): void {
  describe('useStorePatch', () => {
    it('brings every message of a frame into the store as one patch, in order', async () => {
      const { server, page, patches } = await shown()
      for (const n of [1, 2]) server.publish('news', 'Told', { n })
      server.publish('news', 'Closed', 'for today')
      await settled()
      await frame()
      expect(page.text()).toBe('1,2 for today')
      expect(patches).toEqual(['patch function'])
    })

    it('runs onGap after an interruption', async () => {
      const { drop, advance, gaps, server } = await shown()
      server.publish('news', 'Told', { n: 1 })
      server.evict('news')
      await drop()
      server.resetEpoch('news')
      await advance(2000)
      expect(gaps).toEqual(['reconnect'])
    })

    it('tells of a mutation that throws, and goes on with the next', async () => {
      const { emit, page, expectError } = await shown()
      expectError('listener.failed')
      await emit('news', 'Told', { n: 1 }, { n: -1 }, { n: 2 })
      await frame()
      expect(page.text()).toBe('1,2')
    })

    it('applies what came before its page was gone or its channel skipped, and tells of what throws then', async () => {
      for (const end of ['unmount', 'skip'] as const) {
        const { emit, page, expectError, isSkipped, advance } = await shown(50)
        expectError('listener.failed')
        await emit('news', 'Told', { n: -1 }, { n: 2 })
        isSkipped.value = end === 'skip'
        await (end === 'skip' ? changed() : page.unmount())
        expect(useNews().told).toEqual([])
        await advance(50)
        expect(useNews().told).toEqual([2])
      }
    })
  })
}
