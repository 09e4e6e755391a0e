import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './bootstrap.mjs'
import { bundleProgram } from './bundle-program.mjs'
import { codesBelow, readPage, toCode } from './docs-page.mjs'

const recipes = readFileSync(join(root, 'docs/recipes.md'), 'utf8')

/** Where code of the docs becomes programs: below the repository, so that packages are found from there. */
export function createPrograms() {
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'docs-'))
  return {
    /**
     * Makes one file of these, of which the first is the entry; returns where it is.
     * @param {Readonly<Record<string, string>>} files @param {'node' | 'browser'} [platform]
     */
    async make(files, platform) {
      const place = mkdtempSync(join(folder, 'program-'))
      for (const [name, code] of Object.entries(files)) {
        mkdirSync(dirname(join(place, name)), { recursive: true })
        writeFileSync(join(place, name), code)
      }
      const outfile = join(place, 'out.mjs')
      await bundleProgram(join(place, Object.keys(files)[0] ?? ''), outfile, platform)
      return outfile
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The client that all recipes share. */
export function readRecipeClient() {
  const [block] = readPage(recipes).blocks
  return block ? toCode(block) : ''
}

/** @param {string} heading @param {number} [index] which of its blocks */
export const readRecipe = (heading, index = 0) => codesBelow(recipes, heading)[index] ?? ''

/** For a client of Pusher, the reference server instead of a cluster of Pusher. @param {number} port */
export const pusherAt = (port) => `key: 'app-key', host: '127.0.0.1', port: ${port}, forceTLS: false`
export const pusherInDocs = "key: 'app-key', cluster: 'eu'"
