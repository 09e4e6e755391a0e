import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './bootstrap.mjs'
import { includeResults, pages } from './include-results.mjs'

it.each(pages)('%s shows the figures of bench/RESULTS.md', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  expect(text).toMatch(/<!-- results: /)
  expect(text === includeResults(page), 'run: node scripts/run.mjs node scripts/include-results.mjs').toBe(
    true,
  )
})
