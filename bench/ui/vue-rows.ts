import { type Component, createApp, defineComponent, h } from 'vue'
import { type Mounted, rest } from './strategy.ts'

/** Mounts that many rows, all at once, below a parent with a setup of its own. */
export async function mountRows(
  root: HTMLElement,
  rows: number,
  Row: Component<{ readonly row: number }>,
  setup: () => void = () => {},
): Promise<Pick<Mounted, 'unmount'>> {
  const app = createApp(
    defineComponent(() => {
      setup()
      return () => Array.from({ length: rows }, (_, row) => h(Row, { key: row, row }))
    }),
  )
  app.mount(root)
  await rest()
  return {
    async unmount() {
      app.unmount()
      await rest()
    },
  }
}
