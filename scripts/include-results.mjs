/**
 * Copies tables of `bench/RESULTS.md` to where a page asks for them, so that no figure is typed twice:
 * `node scripts/run.mjs node scripts/include-results.mjs`. A test compares them with what is there.
 * A page asks by `<!-- results: Herd -->`, with the number of the table where a section has several (`Size 2`).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { isMain } from './is-main.mjs'

const RESULTS = 'bench/RESULTS.md'
/** The pages that ask. */
export const pages = ['README.md', 'docs/comparison.md']

const PLACE = /(<!-- results: (.+?)(?: (\d+))? -->\n)[\s\S]*?(<!-- end of results -->)/g

/** A page as it should be. @param {string} page */
export function includeResults(page) {
  const sections = readFileSync(join(root, RESULTS), 'utf8').split(/^## /m)
  return readFileSync(join(root, page), 'utf8').replaceAll(PLACE, (_all, start, title, number = '1', end) => {
    const section = sections.find((text) => text.split('\n')[0] === title)
    const table = section?.match(/(^\|.*\n)+/gm)?.[number - 1]
    if (table === undefined)
      throw new Error(`${RESULTS} has no table ${number} in ${title}, which ${page} shows`)
    return `${start}\n${table}\n${end}`
  })
}

if (isMain(import.meta.url)) for (const page of pages) writeFileSync(join(root, page), includeResults(page))
