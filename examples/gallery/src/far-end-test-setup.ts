import { fileURLToPath } from 'node:url'
import type { Address } from '@org/example-backend'
import type { RunnableDevEnvironment } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly gallery: Address
  }
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Run by vitest once, in Node, before the tests in a browser: starts the server of the gallery. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { runner } = project.vite.environments.ssr as RunnableDevEnvironment
  const { startBackend } = await runner.import<typeof import('@org/example-backend')>(
    here('../../backend/src/index.ts'),
  )
  const { createBackend } = await runner.import<typeof import('./backend.ts')>(here('./backend.ts'))
  const { fastClock } = await runner.import<typeof import('./fast-clock-test-setup.ts')>(
    here('./fast-clock-test-setup.ts'),
  )
  const { close, ...address } = await startBackend({
    backends: [createBackend],
    origins: ['http://localhost:*', 'http://127.0.0.1:*'],
    clock: fastClock,
  })
  project.provide('gallery', address)
  return close
}
