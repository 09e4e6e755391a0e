import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildOptionTable, target } from './build-option-table.mjs'

it('has written every option of the command into its page, as it is now', async () => {
  const [made, there] = [await buildOptionTable(), readFileSync(target, 'utf8')]
  expect(there === made, 'run: node scripts/run.mjs node scripts/build-option-table.mjs').toBe(true)
})
