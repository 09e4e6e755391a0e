import { createPinia, defineStore, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import { useStorePatch } from './pinia.ts'
import { component, frame, hooks, setup } from './render-test-setup.ts'

const useNews = defineStore('news', { state: () => ({ told: [] as number[], closed: '' }) })

async function shown() {
  const fake = setup()
  setActivePinia(createPinia())
  const store = useNews()
  const patches: unknown[] = []
  store.$subscribe(({ type }) => patches.push(type), { flush: 'sync' })
  const gaps: string[] = []
  const page = await fake.show(
    component(() => {
      useStorePatch(
        store,
        hooks.useChannel('news'),
        {
          Told(state, { n }) {
            if (n < 0) throw new Error('mine')
            state.told.push(n)
          },
          Closed(state, why) {
            state.closed = why
          },
        },
        { onGap: ({ cause }) => gaps.push(cause) },
      )
      return () => h('i', `${store.told} ${store.closed}`)
    }),
  )
  return { ...fake, page, patches, gaps }
}

/** In whatever DOM this runs. */
export function stores(): void {
  describe('useStorePatch', () => {
    it('brings every message of a frame into the store as one patch, in order', async () => {
      const { emit, page, patches } = await shown()
      await emit('news', 'Told', { n: 1 }, { n: 2 })
      await emit('news', 'Closed', 'for today')
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
  })
}
