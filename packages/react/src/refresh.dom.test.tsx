import { expect, it } from 'vitest'

interface Refresh {
  injectIntoGlobalHook(target: object): void
  register(type: unknown, id: string): void
  createSignatureFunctionForTransform(): (type?: unknown, key?: string) => unknown
  performReactRefresh(): void
}

// The runtime has to be there before React, as bundlers put it.
const { default: refresh } = (await import('react-refresh/runtime' as string)) as {
  readonly default: Refresh
}
refresh.injectIntoGlobalHook(globalThis)
const { act } = await import('@testing-library/react')
const { useChannelReducer, useEvent } = await import('./index.ts')
const { frame, hooks, setup } = await import('./render-test-setup.tsx')

/** What a bundler makes of a component file each time it is saved. */
function saved(log: unknown[], word: string) {
  function Page() {
    const news = hooks.useChannel('news')
    useEvent(news, 'Told', ({ n }) => log.push(`${word} ${n}`))
    return `${word} ${useChannelReducer(news, 0, { Told: (sum, { n }) => sum + n })}`
  }
  const sign = refresh.createSignatureFunctionForTransform()
  sign(Page, 'useChannel useEvent useChannelReducer')
  refresh.register(Page, 'Page')
  return Page
}

it('Fast Refresh keeps the state, takes the new listener, and costs no frame on the wire', async () => {
  const fake = setup()
  const log: unknown[] = []
  const First = saved(log, 'old')
  const page = await fake.show(<First />)
  await fake.emit('news', 'Told', { n: 1 })
  await frame()
  const sent = fake.frames().length
  saved(log, 'new')
  await act(async () => refresh.performReactRefresh())
  expect(page.text()).toBe('new 1')
  await fake.emit('news', 'Told', { n: 2 })
  await frame()
  expect(page.text()).toBe('new 3')
  expect(log).toEqual(['old 1', 'new 2'])
  await fake.advance(5000)
  expect(fake.frames()).toHaveLength(sent)
})
