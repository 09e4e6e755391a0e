import type { ComponentType, ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { type Mounted, rest } from './strategy.ts'

/** Mounts that many rows, all at once, and waits until they are there and listen. */
export async function mountRows(
  root: HTMLElement,
  rows: number,
  Row: ComponentType<{ readonly row: number }>,
  wrap: (children: ReactNode) => ReactNode = (children) => children,
): Promise<Pick<Mounted, 'unmount'>> {
  const react = createRoot(root)
  react.render(wrap(Array.from({ length: rows }, (_, row) => <Row key={row} row={row} />)))
  await rest()
  return {
    async unmount() {
      react.unmount()
      await rest()
    },
  }
}
