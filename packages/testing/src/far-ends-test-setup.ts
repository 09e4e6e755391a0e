import { fileURLToPath } from 'node:url'
import type { RunnableDevEnvironment } from 'vite'
import type { TestProject } from 'vitest/node'

const control = fileURLToPath(new URL('./far-end-control-test-setup.ts', import.meta.url))

/** Run by vitest once, in Node, before the tests in a browser: starts the process's far ends for them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The runner of this file itself knows nothing of the condition that leads to the sources of our packages.
  const { runner } = project.vite.environments.ssr as RunnableDevEnvironment
  const { startControl } = await runner.import<typeof import('./far-end-control-test-setup.ts')>(control)
  const { url, stop } = await startControl()
  project.provide('farEnds', url)
  return stop
}
