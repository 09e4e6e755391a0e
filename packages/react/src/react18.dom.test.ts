import { mkdir, rm } from 'node:fs/promises'
import { build } from 'esbuild'
import { afterAll, expect, it } from 'vitest'

const here = import.meta.dirname
const outfile = `${here}/../node_modules/.cache/react18-${process.pid}.mjs`

// The same suites, bundled with React 18 in place of ours.
await mkdir(`${here}/../node_modules/.cache`, { recursive: true })
await build({
  stdin: {
    contents: `
      export { behaviour } from './backends-test-setup.tsx'
      export { changes } from './changes-test-setup.tsx'
      export { whichChannels } from './channels-test-setup.tsx'
      export { faults } from './faults-test-setup.tsx'
      export { hydration } from './hydrate-test-setup.tsx'
      export { hygiene } from './hygiene-test-setup.tsx'
      export { initialData } from './initial-test-setup.tsx'
      export { messages } from './messages-test-setup.tsx'
      export { page } from './page-test-setup.tsx'
      export { sharing } from './sharing-test-setup.tsx'
      export { suspense } from './suspense-test-setup.tsx'
      export { throwing } from './throwing-test-setup.tsx'
      export { version } from 'react'
    `,
    resolveDir: here,
  },
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  jsx: 'automatic',
  conditions: ['@org/source'],
  alias: { react: 'react18', 'react-dom': 'react-dom18' },
  external: ['vitest', 'ws'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
  },
  logLevel: 'error',
})
const suites = await import(/* @vite-ignore */ outfile)
afterAll(() => rm(outfile))

it('runs with React 18', () => {
  expect(suites.version).toMatch(/^18\./)
})

suites.behaviour()
suites.messages()
suites.sharing()
suites.whichChannels()
suites.page()
suites.faults()
suites.suspense()
suites.hydration()
suites.hygiene()
suites.initialData()
suites.changes()
suites.throwing()
