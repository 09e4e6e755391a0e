import { fileURLToPath } from 'node:url'
import type { RunnableDevEnvironment } from 'vite'
import type { TestProject } from 'vitest/node'

const control = fileURLToPath(new URL('./pages-control-test-setup.ts', import.meta.url))

/** Run by vitest once, in Node, before the tests in a browser: serves far ends and the script of plain pages. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The runner of this file itself knows nothing of the condition that leads to the sources of our packages.
  const { runner } = project.vite.environments.ssr as RunnableDevEnvironment
  const { startPages } = await runner.import<typeof import('./pages-control-test-setup.ts')>(control)
  const { url, stop } = await startPages()
  project.provide('pusherPages', url)
  return stop
}
