import { fileURLToPath } from 'node:url'
import type { RunnableDevEnvironment } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly mqttBroker: { readonly url: string; readonly control: string; readonly token: string }
  }
}

const token = 'control-token-of-tests'
const reference = fileURLToPath(new URL('./reference-test-setup.ts', import.meta.url))

/** Run by vitest once, in Node, before the tests in a browser: starts a broker whose faults pages may cause. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The runner of this file itself knows nothing of the condition that leads to the sources of our packages.
  const { runner } = project.vite.environments.ssr as RunnableDevEnvironment
  const { startReference } = await runner.import<typeof import('./reference-test-setup.ts')>(reference)
  const { ws, stop } = await startReference({
    control: { token, origins: ['http://localhost:*', 'http://127.0.0.1:*'] },
  })
  const control = `${ws.replace('ws:', 'http:')}/_control`
  project.provide('mqttBroker', { url: `${ws}/mqtt`, control, token })
  return stop
}
