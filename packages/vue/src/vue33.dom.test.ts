import { mkdir, rm } from 'node:fs/promises'
import { build } from 'esbuild'
import { afterAll, expect, it } from 'vitest'

const here = import.meta.dirname
const outfile = `${here}/../node_modules/.cache/vue33-${process.pid}.mjs`

// The same suites, bundled with Vue 3.3 in place of ours.
await mkdir(`${here}/../node_modules/.cache`, { recursive: true })
await build({
  stdin: {
    contents: `
      export { behaviour } from './backends-test-setup.ts'
      export { changes } from './changes-test-setup.ts'
      export { whichChannels } from './channels-test-setup.ts'
      export { faults } from './faults-test-setup.ts'
      export { hydration } from './hydrate-test-setup.ts'
      export { hygiene } from './hygiene-test-setup.ts'
      export { initialData } from './initial-test-setup.ts'
      export { messages } from './messages-test-setup.ts'
      export { page } from './page-test-setup.ts'
      export { sharing } from './sharing-test-setup.ts'
      export { throwing } from './throwing-test-setup.ts'
      export { version } from 'vue'
    `,
    resolveDir: here,
  },
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@org/source'],
  alias: { vue: 'vue33', '@vue/server-renderer': 'vue-server33' },
  external: ['vitest', 'ws'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
  },
  logLevel: 'error',
})
const suites = await import(/* @vite-ignore */ outfile)
afterAll(() => rm(outfile))

it('runs with Vue 3.3', () => {
  expect(suites.version).toMatch(/^3\.3\./)
})

suites.behaviour()
suites.whichChannels()
suites.messages()
suites.sharing()
suites.page()
suites.faults()
suites.hydration()
suites.hygiene()
suites.initialData()
suites.changes()
suites.throwing()
