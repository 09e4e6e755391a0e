import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './bootstrap.mjs'
import { pages, programs } from './example-names.mjs'

const MOST_LINES = 200
/** The page that lists them all is no example to copy from. */
const examples = [...pages, ...programs].filter((name) => name !== 'home')

/**
 * Lines that are neither empty nor a comment, of what runs on the page or is the program, without styles and tests:
 * its server is another matter.
 */
function countLines(/** @type {string} */ name) {
  const folder = join(root, 'examples', name)
  return ['.', 'src']
    .flatMap((part) => readdirSync(join(folder, part)).map((file) => join(folder, part, file)))
    .filter((file) => /\.(html|m?js|tsx?|vue)$/.test(file))
    .filter((file) => !/test|\.d\.ts$|\bbackend\.ts$/.test(file.slice(folder.length)))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length
}

describe.each(examples)('the example %s', (name) => {
  it('is short enough to be read', () => {
    expect(countLines(name)).toBeLessThan(MOST_LINES)
  })

  it('has one page of words with the one command that starts it', () => {
    const text = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')
    expect([...text.matchAll(/^# /gm)]).toHaveLength(1)
    expect([...text.matchAll(/^```sh\n([^`]*)```$/gm)].map(([, commands]) => commands)).toEqual([
      `npm run demo -- ${name}\n`,
    ])
  })
})
