import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './bootstrap.mjs'
import { readPage } from './docs-page.mjs'

/** Options of the programs that this one takes the place of, by program. @type {Record<string, string[]>} */
const listed = JSON.parse(readFileSync(join(root, 'scripts/source-options.json'), 'utf8'))
const read = (/** @type {string} */ page) => readFileSync(join(root, 'docs', page), 'utf8')
const sections = read('reference/source-options.md')
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.split('\n')[0] ?? '', rows: readPage(text).rows.map(({ cells }) => cells) }))
const namesIn = (/** @type {string | undefined} */ cell) =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

it('has a row for every option of those programs, and for no other', () => {
  const named = sections.map(({ title, rows }) => [title, rows.flatMap(([there]) => namesIn(there)).sort()])
  expect(Object.fromEntries(named)).toEqual(listed)
})

it('says of each what there is here, or why there is nothing', () => {
  for (const { rows } of sections)
    for (const cells of rows) expect(cells[1], `what stands beside ${cells[0]}`).not.toBe('')
})

it('names only options of ours that there are', () => {
  const pages = ['reference/options.md', 'reference/server.md', 'guides/server-cli.md']
  const ours = new Set(
    pages.flatMap((page) => readPage(read(page)).rows.flatMap(({ cells }) => namesIn(cells[0]))),
  )
  const groups = new Set([...ours].filter((name) => name.includes('.')).map((name) => name.split('.')[0]))
  const answers = sections.flatMap(({ rows }) => rows.flatMap(([, here]) => namesIn(here)))
  const doubtful = answers.filter((name) => /^\w+(\.\w+)+$/.test(name) && groups.has(name.split('.')[0]))
  expect(doubtful.length).toBeGreaterThan(20)
  expect(doubtful.filter((name) => !ours.has(name))).toEqual([])
})
