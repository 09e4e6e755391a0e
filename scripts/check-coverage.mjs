import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = 'docs/coverage.md'
/** How many things each document names that the product was built from. */
const ITEMS = { A1: 35, A2: 16, A3: 37, A4: 23, A5: 33, E: 20 }
const REASON = /Not (?:needed|covered), because \S/
const LINK = /\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)/g
const IS_TEST = /(?:\.test\.tsx?|\.test-d\.tsx?|\.test\.mjs|-test-setup\.tsx?)$/

/**
 * Holds the page of what is covered to what is there: it has every item once, each with a test, an example, a page
 * or a reason, and every test has the name that the page gives it.
 * @param {string} root @param {import('./docs-page.mjs').Page | undefined} page
 */
export function checkCoverage(root, page) {
  const rows = (page?.rows ?? []).flatMap(({ line, cells: [item = '', , where = ''] }) =>
    /^(A\d\.|E)\d+$/.test(item) ? [{ line, item, where }] : [],
  )
  const known = new Set(
    Object.entries(ITEMS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}${section === 'E' ? '' : '.'}${index + 1}`),
    ),
  )
  /** @type {Set<string>} */
  const seen = new Set()
  const breaches = rows.flatMap(({ line, item, where }) => {
    const found = [
      ...(known.has(item) ? [] : [`has ${item}, which is no item`]),
      ...(seen.has(item) ? [`has ${item} twice`] : []),
      ...checkRow(root, item, where),
    ]
    seen.add(item)
    return found.map((message) => `${PAGE}:${line} ${message}`)
  })
  const missing = page ? [...known].filter((item) => !seen.has(item)) : []
  return [...breaches, ...missing.map((item) => `${PAGE}:1 says nothing of ${item}`)]
}

/** @param {string} root @param {string} item @param {string} where */
function checkRow(root, item, where) {
  const links = [...where.matchAll(LINK)].map(([, text = '', target = '']) => ({
    name: text.replace(/\\(.)/g, '$1'),
    target,
  }))
  if (links.length === 0 && !REASON.test(where)) return [`says neither where ${item} is nor why it is not`]
  return links.flatMap(({ name, target }) => {
    const file = join(root, 'docs', target)
    // That of a file which is not there is told as that of any link.
    if (!IS_TEST.test(target) || !existsSync(file) || namesOf(file).has(name)) return []
    return [`names the test “${name}” for ${item}, which ${target} does not have`]
  })
}

/** What stands in quotes behind `it`, `describe` and what is made of them. @param {string} file */
function namesOf(file) {
  const text = readFileSync(file, 'utf8')
  const calls = text.matchAll(
    /(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)\s*,/g,
  )
  return new Set(
    [...calls].map(([, single, double, back]) => (single ?? double ?? back ?? '').replace(/\\(.)/g, '$1')),
  )
}
