import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root } from './bootstrap.mjs'
import { checkCoverage } from './check-coverage.mjs'
import { readPage } from './docs-page.mjs'

const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8')

/** The page with every row that names E5 put in other words. @param {(row: string) => string} change */
const changed = (change) => readPage(page.replace(/^\| E5 \|.*$/m, change))

/** @param {string} where */
const withE5 = (where) =>
  checkCoverage(
    root,
    changed(() => `| E5 | Hooks | ${where} |`),
  )

describe('checkCoverage()', () => {
  it('is content with the page as it is', () => {
    expect(checkCoverage(root, readPage(page))).toEqual([])
  })

  it('misses an item, and knows one twice and one that is none', () => {
    expect(
      checkCoverage(
        root,
        changed(() => ''),
      ),
    ).toEqual(['docs/coverage.md:1 says nothing of E5'])
    expect(
      checkCoverage(
        root,
        changed((row) => `${row}\n${row}`),
      )[0],
    ).toMatch(/has E5 twice$/)
    expect(
      checkCoverage(
        root,
        changed((row) => `${row}\n| E21 | More | [here](index.md) |`),
      )[0],
    ).toMatch(/has E21, which is no item$/)
  })

  it('wants a link or a reason', () => {
    expect(withE5('somewhere')[0]).toMatch(/says neither where E5 is nor why it is not$/)
    expect(withE5('Not covered, because nobody asked')).toEqual([])
    expect(withE5('[a guide](guides/react.md)')).toEqual([])
  })

  it('wants tests by the names that they have', () => {
    const folder = mkdtempSync(join(tmpdir(), 'coverage-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'docs'))
    writeFileSync(
      join(folder, 'a.test.ts'),
      `describe('a', () => { it("says [%s]", f); it.each([1])('isn\\'t | that', f); log('no test', f) })`,
    )
    const breaches = (/** @type {string} */ name) =>
      checkCoverage(
        folder,
        changed(() => `| E5 | Hooks | [${name}](../a.test.ts) |`),
      ).filter((breach) => breach.includes(' for E5'))
    for (const name of ['a', 'says \\[%s\\]', "isn't \\| that"]) expect(breaches(name)).toEqual([])
    for (const name of ['says', 'no test', 'b'])
      expect(breaches(name)[0]).toContain(`names the test “${name}” for E5, which ../a.test.ts does not have`)
  })
})
