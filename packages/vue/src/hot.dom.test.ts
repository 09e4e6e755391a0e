import { expect, it } from 'vitest'
import { type Component, defineComponent, h, type VNodeChild } from 'vue'
import { useChannelReducer, useEvent } from './index.ts'
import { changed, component, frame, hooks, setup } from './render-test-setup.ts'

/** What Vue keeps for development servers. */
declare const __VUE_HMR_RUNTIME__: {
  createRecord(id: string, component: Component): boolean
  rerender(id: string, render: (_: object, __: unknown, ___: object, state: State) => VNodeChild): void
  reload(id: string, component: Component): void
}

interface State {
  readonly sum: number
}

const ID = 'page'

/** What a bundler makes of a component file each time it is saved. */
function saved(log: unknown[], word: string): Component {
  return Object.assign(
    defineComponent({
      setup() {
        const news = hooks.useChannel('news')
        useEvent(news, 'Told', ({ n }) => log.push(`${word} ${n}`))
        return { sum: useChannelReducer(news, 0, { Told: (sum, { n }) => sum + n }) }
      },
      render: ({ sum }: State) => `${word} ${sum}`,
    }),
    { __hmrId: ID },
  )
}

it('hot updates keep the state with a new template, take new listeners with a new script, and cost no frame on the wire', async () => {
  const fake = setup()
  const log: unknown[] = []
  const first = saved(log, 'old')
  __VUE_HMR_RUNTIME__.createRecord(ID, first)
  const page = await fake.show(component(() => () => h(first)))
  await fake.emit('news', 'Told', { n: 1 })
  await frame()
  const sent = fake.frames().length

  __VUE_HMR_RUNTIME__.rerender(ID, (_, __, ___, { sum }) => `template ${sum}`)
  await changed()
  expect(page.text()).toBe('template 1')
  await fake.emit('news', 'Told', { n: 2 })
  await frame()
  expect(page.text()).toBe('template 3')

  __VUE_HMR_RUNTIME__.reload(ID, saved(log, 'script'))
  await changed()
  await fake.emit('news', 'Told', { n: 4 })
  await frame()
  expect(page.text()).toBe('script 4')
  expect(log).toEqual(['old 1', 'old 2', 'script 4'])
  await fake.advance(5000)
  expect(fake.frames()).toHaveLength(sent)
})
