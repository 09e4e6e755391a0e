import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildInspector, target } from './build-inspector.mjs'

it('has made the page of the inspector anew after its last change', async () => {
  const [made, there] = [await buildInspector(), readFileSync(target, 'utf8')]
  expect(there === made, 'run: node scripts/run.mjs node scripts/build-inspector.mjs').toBe(true)
})
