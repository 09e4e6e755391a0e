import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildStateDiagram, page, picture } from './build-state-diagram.mjs'

it('has drawn the statuses as real clients go through them', async () => {
  const made = await buildStateDiagram()
  const isSame = readFileSync(picture, 'utf8') === made.picture && readFileSync(page, 'utf8') === made.page
  expect(isSame, 'run: node scripts/run.mjs node scripts/build-state-diagram.mjs').toBe(true)
})
